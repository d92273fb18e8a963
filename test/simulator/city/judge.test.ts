import { expect } from 'chai';
import type { OutcomeName, Reply } from '../../../client/index.js';
import { judge, type Asked } from '../../../simulator/city/judge.js';
import { holderOf, replyOf } from './replies.js';

function asked(change: Partial<Asked> = {}): Asked {
  return {
    ...{ kind: 'purchase', holder: holderOf(), amount: 2_000, pin: 'none', partial: false },
    ...{ mayDefer: true, must: undefined },
    ...change,
  };
}

function declined(outcome: OutcomeName, change: Parameters<typeof replyOf>[0] = {}): Reply {
  return replyOf({ outcome, parts: {}, balances: { storedValue: 1_200 }, ...change });
}

const RATIO = { shareRule: { kind: 'RATIO', accountWeight: 60, loanWeight: 40 } } as const;
const WATERFALL = { shareRule: { kind: 'WATERFALL', capTransaction: 300 } } as const;

describe('what a city expects of an answer', () => {
  const right: readonly (readonly [what: string, asked: Asked, reply: Reply])[] = [
    ['value first, then loan', asked(), replyOf()],
    ['the right PIN above the limit', asked({ amount: 3_500, pin: 'right' }), dear({ pinVerified: true })],
    [
      'a ratio, by the largest remainder',
      asked({ holder: holderOf(RATIO) }),
      replyOf({ parts: { value: 1_200, account: 480, loan: 320 }, balances: { loan: 320 } }),
    ],
    [
      'a part, where the rest cannot be deferred',
      asked({ partial: true, mayDefer: false }),
      replyOf({ amount: 1_200, remainder: 800, parts: { value: 1_200 }, balances: {} }),
    ],
    ['a prohibited card', asked(), declined('CARD_PROHIBITED', { balances: { loan: 10_001 } })],
    ["a terminal's own list", asked(), declined('CARD_PROHIBITED', { position: 0 })],
    ['no PIN, and one is needed', asked({ amount: 3_001 }), declined('PIN_REQUIRED')],
    ['a wrong PIN', asked({ pin: 'wrong' }), declined('PIN_WRONG', { triesLeft: 2 })],
    ['the third wrong PIN', asked({ pin: 'wrong' }), declined('PIN_BLOCKED', { triesLeft: 0 })],
    ['beyond the limit', asked({ amount: 11_201, pin: 'right' }), declined('CREDIT_LIMIT')],
    ['no deferral here', asked({ mayDefer: false }), declined('DEFERRAL_NOT_PERMITTED')],
    ['a flag that is off', asked(), declined('INSUFFICIENT_FUNDS', { creditFlag: false })],
    ['a clock that is ahead', asked(), declined('CLOCK_AHEAD', { terminalTimeMs: 600_001 })],
    ['a reversed one', asked({ must: ['APPROVED'] }), declined('REVERSED')],
    [
      'an uncollected fare',
      asked({ kind: 'exit', amount: 0 }),
      replyOf({ kind: 'FARE', amount: 320, parts: { value: 50, fare: 270 }, balances: { fareOwed: 270 } }),
    ],
    [
      'a deposit that pays fare, interest, loan, in this order',
      asked({ kind: 'deposit', amount: 500 }),
      replyOf({ amount: 500, parts: { fare: 320, interest: 22, loan: 158 }, balances: { loan: 1_000 } }),
    ],
  ];
  for (const [what, command, reply] of right) {
    it(`is met by: ${what}`, () => {
      expect(judge(command, reply)).to.equal(undefined);
    });
  }

  const wrong: readonly (readonly [what: string, asked: Asked, reply: Reply, problem: RegExp])[] = [
    ['another card', asked(), replyOf({ card: 'C2' }), /about card C2/],
    ['another amount', asked(), replyOf({ amount: 1_999 }), /approved 1999 of 2000/],
    ['parts that do not add up', asked(), replyOf({ parts: { value: 1_200, loan: 799 } }), /add up to 1999/],
    ['a negative balance', asked(), replyOf({ balances: { interest: -1 } }), /negative/],
    ['a loan beside value', asked(), replyOf({ balances: { storedValue: 1 } }), /beside stored value/],
    ['a loan beyond the limit', asked(), replyOf({ balances: { loan: 10_001 } }), /exceeds the limit/],
    ['a deferral where there is none', asked({ mayDefer: false }), replyOf(), /although it may not be/],
    ['a deferral with the flag off', asked(), replyOf({ creditFlag: false }), /although it may not be/],
    ['a wrong PIN that is approved', asked({ pin: 'wrong' }), replyOf(), /wrong PIN/],
    ['no PIN above the limit', asked({ amount: 3_500 }), dear({ pinVerified: false }), /without the PIN/],
    ['a part, for which nobody asked', asked(), replyOf({ amount: 1_200, remainder: 800 }), /nobody asked/],
    [
      'another ratio',
      asked({ holder: holderOf(RATIO) }),
      replyOf({ parts: { value: 1_200, account: 482, loan: 318 } }),
      /the account's share of 800 is 482/,
    ],
    [
      'an account beyond its cap',
      asked({ holder: holderOf(WATERFALL) }),
      replyOf({ parts: { value: 1_200, account: 301, loan: 499 } }),
      /beyond its cap/,
    ],
    [
      'an account where all is loan',
      asked(),
      replyOf({ parts: { value: 1_200, account: 1, loan: 799 } }),
      /where all is loan/,
    ],
    ['a free card that is prohibited', asked(), declined('CARD_PROHIBITED'), /has no reason/],
    [
      'a deposit that is withheld',
      asked({ kind: 'deposit' }),
      declined('CARD_PROHIBITED', { position: 0 }),
      /has no reason/,
    ],
    ['a PIN that is not needed', asked(), declined('PIN_REQUIRED'), /none is needed/],
    [
      'a right PIN that is wrong',
      asked({ pin: 'right' }),
      declined('PIN_WRONG', { triesLeft: 2 }),
      /right PIN/,
    ],
    ['a PIN that is blocked', asked(), declined('PIN_BLOCKED', { triesLeft: 0 }), /tries left/],
    ['a limit that allows it', asked(), declined('CREDIT_LIMIT'), /the limit allows it/],
    ['funds that suffice', asked({ amount: 1_200 }), declined('INSUFFICIENT_FUNDS'), /can be paid/],
    ['a clock that is right', asked(), declined('CLOCK_AHEAD'), /that is not/],
    [
      'an exit that a clock has shut',
      asked({ kind: 'exit' }),
      declined('CLOCK_AHEAD', { terminalTimeMs: 600_001 }),
      /that is not/,
    ],
    ['a conflict', asked(), declined('IDEMPOTENCY_CONFLICT'), /answered IDEMPOTENCY_CONFLICT/],
    ['a device that is the present one', asked(), declined('DEVICE_SUPERSEDED'), /not to be expected/],
    [
      'what the activity excludes',
      asked({ must: ['DEVICE_SUPERSEDED'] }),
      replyOf(),
      /APPROVED where only DEVICE_SUPERSEDED/,
    ],
    [
      'a fare that is owed beside value',
      asked({ kind: 'exit', amount: 0 }),
      replyOf({ amount: 320, parts: { fare: 320 }, balances: { storedValue: 1, fareOwed: 320 } }),
      /owed beside stored value/,
    ],
    [
      'a deposit that pays the loan before the interest',
      asked({ kind: 'deposit', amount: 500 }),
      replyOf({ amount: 500, parts: { loan: 500 }, balances: { interest: 22 } }),
      /before what comes first/,
    ],
    [
      'a cap under which it fits',
      asked({ kind: 'deposit', amount: 500 }),
      declined('CAP_EXCEEDED', { fits: 500 }),
      /although it fits/,
    ],
  ];
  for (const [what, command, reply, problem] of wrong) {
    it(`is not met by: ${what}`, () => {
      expect(judge(command, reply)).to.match(problem);
    });
  }
});

/** A purchase of 3,500. */
function dear({ pinVerified }: Pick<Reply, 'pinVerified'>): Reply {
  return replyOf({
    amount: 3_500,
    pinVerified,
    parts: { value: 1_200, loan: 2_300 },
    balances: { loan: 2_300 },
  });
}
