import { expect } from 'chai';
import type { Reply } from '../../client/index.js';
import { implausible, repeatDiffers } from '../../simulator/expectations.js';
import { Purse } from '../../simulator/purse.js';
import type { Order } from '../../simulator/workload.js';

const order: Order = {
  kind: 'purchase',
  purse: new Purse('C1', 1_200, 0, 10_000),
  amount: 2_000,
  follow: 'none',
  overdrawing: false,
};

const reply: Reply = {
  id: { terminal: 'T1', incarnation: 1, number: 1 },
  kind: 'PURCHASE',
  card: 'C1',
  outcome: 'APPROVED',
  amount: 2_000,
  parts: {
    ...{ value: 1_200, account: 0, loan: 800, interest: 0, fare: 0 },
    ...{ restoredLoan: 0, excess: 0, accountAsLoan: 0 },
  },
  balances: { storedValue: 0, loan: 800, interest: 0, fareOwed: 0, limit: 10_000 },
  available: 9_200,
  creditFlag: true,
  fits: undefined,
  terminalTimeMs: 0,
  receiveTimeMs: 0,
  position: 7,
  retryable: false,
  text: '',
  log: [],
  remainder: 0,
  pinVerified: false,
  triesLeft: undefined,
  obstacle: undefined,
  pending: 0,
  inside: undefined,
};

describe('what the driver expects of an answer', () => {
  it('is met by a split that adds up', () => {
    expect(implausible(order, reply)).to.be.undefined;
  });

  for (const [what, wrong, problem] of [
    ['another card', { card: 'C2' }, 'answers about card C2'],
    ['another amount', { amount: 1_999 }, 'approved 1999 instead of 2000'],
    [
      'parts that do not add up',
      { parts: { ...reply.parts, loan: 799 } },
      'parts add up to 1999 instead of 2000',
    ],
    [
      'a loan beyond the limit',
      { balances: { ...reply.balances, loan: 10_001 } },
      'the loan exceeds the limit',
    ],
    [
      'a loan beside stored value',
      { balances: { ...reply.balances, storedValue: 1 } },
      'a loan beside stored value',
    ],
    ['a conflict with itself', { outcome: 'IDEMPOTENCY_CONFLICT' }, 'answered IDEMPOTENCY_CONFLICT'],
  ] as const) {
    it(`is not met by ${what}`, () => {
      expect(implausible(order, { ...reply, ...wrong })).to.equal(problem);
    });
  }

  it('of a repeat is the same answer, or that it was reversed since', () => {
    expect(repeatDiffers(reply, { ...reply }, false)).to.be.undefined;
    expect(repeatDiffers(reply, { ...reply, outcome: 'REVERSED' }, true)).to.be.undefined;
    expect(repeatDiffers(reply, { ...reply, outcome: 'REVERSED' }, false)).to.include(
      'REVERSED after APPROVED',
    );
    expect(repeatDiffers(reply, { ...reply, position: 8 }, false)).to.include('decided again');
  });
});
