import { v1 } from '../../../../proto/generated/emoney.js';
import { examine, restate, restateReversal } from '../examined.js';
import { type Paid } from '../stated.js';
import { StatedSystem } from '../statedSystem.js';

const { Kind, Outcome, ShareKind } = v1;
const { KIND_PURCHASE: PURCHASE, KIND_DEPOSIT: DEPOSIT, KIND_REFUND: REFUND, KIND_VOID: VOID } = Kind;

function system(terms: Parameters<StatedSystem['issue']>[1] = {}): StatedSystem {
  const made = new StatedSystem(1);
  made.register('T1');
  made.register('T2', 'PURCHASE', false);
  made.register('D1', 'DEPOSIT');
  made.issue('C1', terms);
  return made;
}

const RATIO = { kind: ShareKind.SHARE_KIND_RATIO, accountWeight: 60, loanWeight: 40 };

function refund(made: StatedSystem, paid: Paid, parts: Paid['parts'] | object, loan: number): Paid {
  return made.state('T1', 'C1', REFUND, { parts, after: { loan }, content: { original: paid.id } });
}

/** A10: 1,001 as 601 + 400, given back as 300/200, 180/120 and 121/80. */
function shared(): StatedSystem {
  const made = system({ storedValue: 0, shareRule: RATIO });
  const paid = made.state('T1', 'C1', PURCHASE, { parts: { account: 601, loan: 400 }, after: { loan: 400 } });
  refund(made, paid, { account: 300, loan: 200 }, 200);
  refund(made, paid, { account: 180, loan: 120 }, 80);
  refund(made, paid, { account: 121, loan: 80 }, 0);
  const content = { original: paid.id };
  const refused = { outcome: Outcome.OUTCOME_REFUND_EXCEEDS_ORIGINAL, asked: 1, content };
  made.state('T1', 'C1', REFUND, refused);
  return made;
}

describe('auditor: payments and what is given back of them', () => {
  examine('A10: a ratio, and refunds in its proportion', shared, [
    {
      finds: 'a due that is not shared by the rule',
      when: (made) => {
        restate(made, 0, ({ parts, balances }) => {
          Object.assign(parts, { account: 600, loan: 401 });
          balances.loan = 401;
        });
      },
      code: 'I2',
      message: /split: expected account 601 \+ loan 400, found account 600 \+ loan 401/,
    },
    {
      finds: 'a refund in another proportion',
      when: (made) => {
        restate(made, 1, ({ parts, balances }) => {
          Object.assign(parts, { account: 301, loan: 199 });
          balances.loan = 201;
        });
      },
      code: 'I2',
      message: /split: expected account 300 \+ loan 200, found account 301 \+ loan 199/,
    },
    {
      finds: 'more given back than was paid',
      when: (made) => {
        const [, first] = made.journal.find('cardMoved');
        const content = { original: first!.asked!.original! };
        made.state('T1', 'C1', REFUND, { parts: { value: 1 }, after: { storedValue: 1 }, content });
      },
      code: 'RULE',
      message: /approved although only 0 of the purchase is left/,
    },
    {
      finds: 'a refund of what is no purchase of the card',
      when: (made) => {
        const original = { terminal: 'T1', incarnation: 1, number: 77 };
        const parts = { value: 5 };
        made.state('T1', 'C1', REFUND, { parts, after: { storedValue: 5 }, content: { original } });
      },
      code: 'RULE',
      message: /approved although there is no such purchase of this card/,
    },
    {
      finds: 'a refusal without its reason',
      when: (made) => {
        made.journal.find('cardDeclined')[0]!.answer!.outcome = Outcome.OUTCOME_ORIGINAL_NOT_FOUND;
      },
      code: 'RULE',
      message: /declined with ORIGINAL_NOT_FOUND, but the purchase may be refunded/,
    },
    {
      finds: 'an account share that the center did not lower',
      when: (made) => {
        made.journal.find('recordMoved')[1]!.asked!.original = null;
      },
      code: 'I3',
      message: /asked differently: original/,
    },
  ]);

  examine(
    'a refund on the last day for it',
    () => {
      const made = system();
      const paid = made.state('T1', 'C1', PURCHASE, { parts: { value: 5 }, after: { storedValue: 1_195 } });
      made.days(180);
      const content = { original: paid.id };
      made.state('T1', 'C1', REFUND, { parts: { value: 5 }, after: { storedValue: 1_200 }, content });
      return made;
    },
    [
      {
        finds: 'that it is too late',
        when: (made) => {
          made.parameters({ refundDays: 179 });
        },
        code: 'RULE',
        message: /or it is too long ago/,
      },
    ],
  );

  examine(
    'A10c: value, account and loan together',
    () => {
      const made = system({ storedValue: 301, shareRule: RATIO });
      const parts = { value: 301, account: 419, loan: 280 };
      const paid = made.state('T1', 'C1', PURCHASE, { parts, after: { storedValue: 0, loan: 280 } });
      const back = (part: [number, number, number], storedValue: number, loan: number): void => {
        const [value, account, lowered] = part;
        const after = { storedValue, loan };
        const content = { original: paid.id };
        made.state('T2', 'C1', REFUND, { parts: { value, account, loan: lowered }, after, content });
      };
      back([30, 42, 28], 30, 252);
      back([100, 140, 93], 130, 159);
      back([171, 237, 159], 301, 0);
      return made;
    },
    [
      {
        finds: 'a rest that went to the wrong part',
        when: (made) => {
          restate(made, 2, ({ parts, balances }) => {
            Object.assign(parts, { value: 101, account: 139 });
            balances.storedValue = 131;
          });
        },
        code: 'I2',
        message: /expected value 100 \+ account 140 \+ loan 93/,
      },
    ],
  );

  examine(
    'A10b: a waterfall, with a cap a day that reversals make room under, and refunds do not',
    () => {
      const shareRule = { kind: ShareKind.SHARE_KIND_WATERFALL, capTransaction: 500, capDay: 700 };
      const made = system({ storedValue: 0, shareRule });
      const pay = (account: number, loan: number, after: number): Paid =>
        made.state('T1', 'C1', PURCHASE, { parts: { account, loan }, after: { loan: after } });
      const first = pay(500, 501, 501);
      pay(200, 300, 801);
      const second = pay(0, 100, 901);
      refund(made, second, { loan: 100 }, 801);
      made.undo(first, { parts: { account: 500, loan: 501 }, after: { loan: 300 } });
      pay(500, 10, 310);
      // Another day.
      made.days(1);
      pay(500, 1, 311);
      return made;
    },
    [
      {
        finds: 'a cap of a day that was not used',
        when: (made) => {
          restate(made, 4, ({ parts, balances }) => {
            Object.assign(parts, { account: 490, loan: 20 });
            balances.loan = 320;
          });
        },
        code: 'I2',
        message: /expected account 500 \+ loan 10, found account 490 \+ loan 20/,
      },
    ],
  );

  examine(
    'A12: all account, refused above its cap, before the limit is looked at',
    () => {
      const shareRule = { kind: ShareKind.SHARE_KIND_ALL_ACCOUNT, capTransaction: 900 };
      const made = system({ shareRule });
      const parts = { value: 1_200, account: 800 };
      made.state('T1', 'C1', PURCHASE, { parts, after: { storedValue: 0 } });
      const refused = { asked: 901, outcome: Outcome.OUTCOME_ACCOUNT_NOT_AVAILABLE };
      made.state('T1', 'C1', PURCHASE, refused);
      return made;
    },
    [
      {
        finds: 'an approval above the cap',
        when: (made) => {
          made.state('T1', 'C1', PURCHASE, { parts: { account: 901 } });
        },
        code: 'RULE',
        message: /approved although the account's part 901 is above its cap/,
      },
      {
        finds: 'a refusal for the limit, which the account does not draw on',
        when: (made) => {
          made.journal.find('cardDeclined')[0]!.answer!.outcome = Outcome.OUTCOME_CREDIT_LIMIT;
        },
        code: 'RULE',
        message: /ACCOUNT_NOT_AVAILABLE comes first/,
      },
      {
        finds: 'a deferral at a terminal that may not',
        when: (made) => {
          made.state('T2', 'C1', PURCHASE, { parts: { account: 5 } });
        },
        code: 'RULE',
        message: /deferred although the terminal may not defer/,
      },
    ],
  );

  examine(
    'A6: the stored value alone where the rest cannot be deferred',
    () => {
      const made = system({ creditFlag: false });
      made.state('T1', 'C1', PURCHASE, { asked: 2_000, outcome: Outcome.OUTCOME_INSUFFICIENT_FUNDS });
      const answer = { remainder: 800 };
      const partial = { asked: 2_000, parts: { value: 1_200 }, after: { storedValue: 0 }, answer };
      made.state('T1', 'C1', PURCHASE, { ...partial, content: { partial: true } });
      const content = { partial: true };
      made.state('T1', 'C1', PURCHASE, { asked: 1, outcome: Outcome.OUTCOME_INSUFFICIENT_FUNDS, content });
      return made;
    },
    [
      {
        finds: 'a part that nobody asked for',
        when: ({ journal }) => {
          for (const { asked } of [journal.find('cardMoved')[0]!, journal.find('recordMoved')[0]!]) {
            asked!.partial = false;
          }
          journal.find('transactionOpened')[1]!.partial = false;
        },
        code: 'RULE',
        message: /approved although the credit flag is off/,
      },
      {
        finds: 'a wrong remainder',
        when: ({ journal }) => {
          journal.find('cardMoved')[0]!.answer!.remainder = 8;
        },
        code: 'I2',
        message: /remainder: expected 800, found 8/,
      },
      {
        finds: 'a refusal where the stored value was to be approved',
        when: (made) => {
          made.state('D1', 'C1', DEPOSIT, { parts: { value: 5 }, after: { storedValue: 5 } });
          const refused = { asked: 50, outcome: Outcome.OUTCOME_INSUFFICIENT_FUNDS };
          made.state('T1', 'C1', PURCHASE, { ...refused, content: { partial: true } });
        },
        code: 'RULE',
        message: /the stored value alone was to be approved/,
      },
      {
        finds: 'a part where all could have been deferred',
        when: (made) => {
          made.changePolicy('C1', { creditFlag: true });
          made.state('D1', 'C1', DEPOSIT, { parts: { value: 5 }, after: { storedValue: 5 } });
          const partial = { asked: 20, parts: { value: 5 }, after: { storedValue: 0 } };
          const content = { partial: true };
          made.state('T1', 'C1', PURCHASE, { ...partial, answer: { remainder: 15 }, content });
        },
        code: 'RULE',
        message: /not deferred, although card and terminal permit it/,
      },
    ],
  );

  examine(
    'R9: a loan that was repaid goes to the stored value; the refund is reversed',
    () => {
      const made = system();
      const all = { value: 1_200, loan: 800 };
      const paid = made.state('T1', 'C1', PURCHASE, { parts: all, after: { storedValue: 0, loan: 800 } });
      made.state('D1', 'C1', DEPOSIT, { parts: { loan: 500 }, after: { loan: 300 } });
      const parts = { value: 600, loan: 400, excess: 100 };
      const after = { storedValue: 700, loan: 0 };
      const content = { original: paid.id };
      const refunded = made.state('T1', 'C1', REFUND, { parts, after, content });
      made.state('T1', 'C1', VOID, { outcome: Outcome.OUTCOME_VOID_NOT_POSSIBLE });
      made.state('T1', 'C1', PURCHASE, { parts: { value: 300 }, after: { storedValue: 400 } });
      // 700 is taken again, of which 300 is gone.
      const taken = { ...parts, restoredLoan: 300 };
      made.undo(refunded, { parts: taken, after: { storedValue: 0, loan: 600 } });
      return made;
    },
    [
      {
        finds: 'an excess that vanished',
        when: (made) => {
          restate(made, 2, ({ parts, balances }) => {
            parts.excess = 0;
            balances.storedValue = 600;
          });
        },
        code: 'I2',
        message: /expected value 600 \+ loan 400 \+ excess 100, found value 600 \+ loan 400/,
      },
      {
        finds: 'value that the reversal of a refund left on the card',
        when: (made) => {
          restateReversal(made, 0, ({ parts, balances }) => {
            parts.restoredLoan = 0;
            Object.assign(balances, { storedValue: 0, loan: 300 });
          });
        },
        code: 'I2',
        message: /excess 100 \+ restoredLoan 300|restoredLoan 300 \+ excess 100/,
      },
      {
        finds: 'a void of what was refunded already',
        when: (made) => {
          made.journal.find('cardDeclined')[0]!.answer!.outcome = Outcome.OUTCOME_ORIGINAL_NOT_FOUND;
        },
        code: 'RULE',
        message: /declined with ORIGINAL_NOT_FOUND/,
      },
    ],
  );

  examine(
    'the reversal of a payment gives back what refunds have left of it, and none of these is taken again',
    () => {
      const made = system();
      const paid = made.state('T1', 'C1', PURCHASE, { parts: { value: 1_000 }, after: { storedValue: 200 } });
      const content = { original: paid.id };
      const parts = { value: 300 };
      const refunded = made.state('T2', 'C1', REFUND, { parts, after: { storedValue: 500 }, content });
      made.undo(paid, { parts: { value: 700 }, after: { storedValue: 1_200 } });
      made.undo(refunded);
      return made;
    },
    [
      {
        finds: 'a reversal that gives back all of it once more',
        when: (made) => {
          restateReversal(made, 0, (said) => {
            said.amount = 1_000;
            said.parts.value = 1_000;
            said.balances.storedValue = 1_500;
          });
        },
        code: 'I5',
        message: /1300 of a payment of 1000 is undone/,
      },
      {
        finds: 'a part of a reversed payment that is taken again',
        when: (made) => {
          restateReversal(made, 1, (said) => {
            said.amount = 300;
            said.parts.value = 300;
            said.balances.storedValue = 900;
          });
        },
        code: 'I2',
        message: /amount undone: expected 0, found 300/,
      },
    ],
  );

  examine(
    'a void at the same terminal, of the last payment, and its reversal',
    () => {
      const made = system();
      const parts = { value: 1_200, loan: 800 };
      made.state('T1', 'C1', PURCHASE, { parts, after: { storedValue: 0, loan: 800 } });
      const voided = made.state('T1', 'C1', VOID, { parts, after: { storedValue: 1_200, loan: 0 } });
      made.undo(voided, { parts, after: { storedValue: 0, loan: 800 } });
      return made;
    },
    [
      {
        finds: 'a second void',
        when: (made) => {
          const parts = { value: 1_200, loan: 800 };
          made.state('T1', 'C1', VOID, { parts, after: { storedValue: 1_200, loan: 0 } });
          made.state('T1', 'C1', VOID, { parts, after: { storedValue: 2_400 } });
        },
        code: 'RULE',
        message: /approved although it is not the card's last payment, untouched/,
      },
      {
        finds: 'a void elsewhere',
        when: (made) => {
          const parts = { value: 1_200, loan: 800 };
          made.state('T2', 'C1', VOID, { parts, after: { storedValue: 1_200, loan: 0 } });
        },
        code: 'RULE',
        message: /approved although it is not the card's last payment, untouched, at this terminal/,
      },
      {
        finds: 'a line of the batch that the terminal counts elsewhere',
        when: ({ journal }) => {
          journal.find('transactionOpened')[1]!.kind = REFUND;
        },
        code: 'I8',
        message: /refunds count: 1 and 0|differ: kind 4 and 5/,
      },
    ],
  );
});
