import { v1 } from '../../../../proto/generated/emoney.js';
import { examine } from '../examined.js';
import { StatedSystem } from '../statedSystem.js';

const { Kind, Outcome, ShareKind } = v1;
const { KIND_PURCHASE: PURCHASE, KIND_REFUND: REFUND, KIND_ENQUIRY: ENQUIRY } = Kind;

function system(terms: Parameters<StatedSystem['issue']>[1] = {}): StatedSystem {
  const made = new StatedSystem(1);
  made.register('T1');
  made.issue('C1', terms);
  return made;
}

describe('auditor: what the center does', () => {
  examine(
    'adjustments',
    () => {
      const made = system({ loan: 50, interest: 7 });
      const change = { storedValue: -200, loan: 10, interest: -7, fareOwed: 3 };
      made.adjust('C1', 'W1', change, { storedValue: 1_000, loan: 60, interest: 0, fareOwed: 3 });
      return made;
    },
    [
      {
        finds: 'one that did something else',
        when: ({ journal }) => {
          for (const each of [journal.find('cardAdjusted')[0]!, journal.find('recordAdjusted')[0]!]) {
            each.balances!.storedValue = 1_001;
          }
        },
        code: 'I1',
        message: /stored value after: expected 1000, found 1001/,
      },
      {
        finds: 'money in the sums over all cards',
        when: ({ journal }) => {
          journal.find('cardAdjusted')[0]!.adjustment!.loan = 11;
        },
        code: 'I10',
        message: /all principal = /,
      },
      {
        finds: 'one that was made twice',
        when: (made) => {
          const after = { storedValue: 800 };
          made.adjust('C1', 'W1', { storedValue: -200 }, after);
        },
        code: 'I5',
        message: /reference W1 is used a second time/,
      },
      {
        finds: 'a balance below 0',
        when: (made) => {
          made.adjust('C1', 'W2', { interest: -5 }, { interest: -5 });
        },
        code: 'I10',
        message: /a balance is below 0/,
      },
      {
        finds: 'one that only the card has',
        when: ({ journal }) => {
          journal.frameOf('cardAdjusted').turns[0]!.events.shift();
        },
        code: 'I3',
        message: /the card has adjustment W1 .*, and its twin has no such event/,
      },
    ],
  );

  examine(
    'R11: a collection comes back and is loan; a refund lowers that',
    () => {
      const shareRule = { kind: ShareKind.SHARE_KIND_ALL_ACCOUNT };
      const made = system({ limit: 500, shareRule });
      const all = { value: 1_200, account: 800 };
      const paid = made.state('T1', 'C1', PURCHASE, { parts: all, after: { storedValue: 0 } });
      made.order('C1', paid, 'O1', 800);
      made.returnCollection('C1', paid, 'O1', 800, { loan: 800 });
      made.state('T1', 'C1', PURCHASE, { asked: 1, outcome: Outcome.OUTCOME_CARD_PROHIBITED });
      const parts = { value: 600, account: 400, accountAsLoan: 400 };
      const after = { storedValue: 600, loan: 400 };
      const content = { original: paid.id };
      made.state('T1', 'C1', REFUND, { parts, after, content });
      return made;
    },
    [
      {
        finds: 'that it came back a second time',
        when: (made) => {
          const { id } = made.journal.find('cardMoved')[0]!.asked!;
          made.returnCollection('C1', { id } as never, 'O1', 800, { loan: 1_200 });
        },
        code: 'I5',
        message: /the collection of this payment came back a second time/,
      },
      {
        finds: 'more than the share was',
        when: (made) => {
          const { journal } = made;
          journal.find('cardCollectionReturned')[0]!.amount = 900;
          journal.find('recordCollectionReturned')[0]!.amount = 900;
        },
        code: 'I10',
        message: /what came back: expected 800, found 900/,
      },
      {
        finds: 'a refund that leaves the loan as it is',
        when: ({ journal }) => {
          for (const { parts, balances } of [
            journal.find('cardMoved')[1]!.answer!,
            journal.find('recordMoved')[1]!,
          ]) {
            parts!.accountAsLoan = 0;
            balances!.loan = 800;
          }
        },
        code: 'I2',
        message: /expected value 600 \+ account 400 \+ accountAsLoan 400/,
      },
    ],
  );

  examine(
    'collections: a debit, a credit for what was given back after it, paid for good',
    () => {
      const shareRule = { kind: ShareKind.SHARE_KIND_ALL_ACCOUNT };
      const made = system({ storedValue: 0, shareRule });
      const paid = made.state('T1', 'C1', PURCHASE, { parts: { account: 800 } });
      made.order('C1', paid, 'O1', 800);
      made.state('T1', 'C1', REFUND, { parts: { account: 300 }, content: { original: paid.id } });
      made.order('C1', paid, 'O2', -300, 2);
      made.confirm('C1', 'O1');
      const turn = (settlement: number, amount: number): void => {
        made.begin(made.today, { settlement, byOperator: true });
        made.end(made.today, amount, { settlement });
      };
      turn(1, 800);
      turn(2, -300);
      return made;
    },
    [
      {
        finds: 'an order of another amount',
        when: ({ journal }) => {
          journal.find('recordCollectionOrdered')[0]!.amount = 700;
        },
        code: 'I10',
        message: /ordered of the account share: expected 800, found 700/,
      },
      {
        finds: 'an order of another account than the share was deferred to',
        when: ({ journal }) => {
          journal.find('recordMoved')[0]!.account = 'bank-1';
          journal.find('recordCollectionOrdered')[0]!.account = 'bank-2';
        },
        code: 'RULE',
        message: /account of the order: expected bank-1, found bank-2/,
      },
      {
        finds: 'a share of another account than the card names',
        when: ({ journal }) => {
          journal.find('recordMoved')[0]!.account = 'bank-2';
        },
        code: 'RULE',
        message: /account of the share: expected bank-1, found bank-2/,
      },
      {
        finds: 'a debit where a credit is due',
        when: ({ journal }) => {
          journal.find('recordCollectionOrdered')[1]!.credit = false;
        },
        code: 'I10',
        message: /ordered of the account share: expected -300, found 300/,
      },
      {
        finds: 'the same order once more',
        when: ({ journal }) => {
          journal.find('recordCollectionOrdered')[1]!.order = 'O1';
        },
        code: 'I5',
        message: /order O1 exists already/,
      },
      {
        finds: 'a collection that was paid for good and comes back',
        when: (made) => {
          const id = made.journal.find('cardMoved')[0]!.asked!.id as never;
          made.returnCollection('C1', { id }, 'O1', 800, { loan: 800 });
        },
        code: 'I5',
        message: /order O1 is returned, and is no open debit/,
      },
      {
        finds: 'a share that it left out',
        when: ({ journal }) => {
          journal.frameOf('recordCollectionOrdered', 1).turns = [];
          journal.find('runEnded')[1]!.amount = 0;
          for (const frame of journal.frames.slice(-6)) frame.time += 60_000;
        },
        code: 'I10',
        message: /settlement 2 left out -300 of an account share/,
      },
      {
        finds: 'a settlement out of turn',
        when: ({ journal }) => {
          journal.find('runBegun')[1]!.settlement = 3;
        },
        code: 'RULE',
        message: /number of the settlement: expected 2, found 3/,
      },
    ],
  );

  examine(
    'collections: what a reversed refund takes again is ordered, also when what was ordered has come back',
    () => {
      const shareRule = { kind: ShareKind.SHARE_KIND_ALL_ACCOUNT };
      const made = system({ storedValue: 0, limit: 5_000, shareRule });
      const paid = made.state('T1', 'C1', PURCHASE, { parts: { account: 800 } });
      const refund = made.state('T1', 'C1', REFUND, {
        parts: { account: 300 },
        content: { original: paid.id },
      });
      made.order('C1', paid, 'O1', 500);
      made.undo(refund, { parts: { account: 300 } });
      made.returnCollection('C1', paid, 'O1', 500, { loan: 500 });
      made.order('C1', paid, 'O2', 300, 2);
      return made;
    },
    [
      {
        finds: 'an order of what is a loan already',
        when: ({ journal }) => {
          journal.find('recordCollectionOrdered')[1]!.amount = 800;
        },
        code: 'I10',
        message: /ordered of the account share: expected 300, found 800/,
      },
    ],
  );

  examine(
    'parameters, decided once and adopted by all',
    () => {
      const made = new StatedSystem(2);
      const parameters = { number: 1, effectiveFrom: 20260302, ratePpm: 1 };
      const office = made.place('center');
      made.journal.turn(office, ['office/center'], [{ parametersDecided: { parameters, partitions: 2 } }]);
      made.setParameters(parameters);
      for (const partition of [0, 1]) {
        made.journal.turn(office, ['office/center'], [{ parametersAdopted: { partition, number: 1 } }]);
      }
      return made;
    },
    [
      {
        finds: 'a partition that has others',
        when: ({ journal }) => {
          journal.find('parametersSet')[1]!.parameters!.ratePpm = 2;
        },
        code: 'RULE',
        message: /parameters 1 are not the same for all/,
      },
      {
        finds: 'a partition that is only said to have adopted them',
        when: ({ journal }) => {
          journal.frameOf('parametersSet', 1).turns = [];
        },
        code: 'RULE',
        message: /partition 1 is said to have parameters 1, and has 0/,
      },
      {
        finds: 'parameters for a day that had begun',
        when: ({ journal }) => {
          journal.find('parametersDecided')[0]!.parameters!.effectiveFrom = 20260301;
        },
        code: 'RULE',
        message: /parameters from 20260301 on are decided on 20260301/,
      },
    ],
  );

  examine(
    'an interest run over all partitions',
    () => {
      const made = new StatedSystem(2);
      made.parameters({ ratePpm: 180_000, frequency: v1.Frequency.FREQUENCY_WEEKLY });
      made.issue('C1', { limit: 200_000, loan: 100_000 });
      made.days(8);
      const through = 20260308;
      made.begin(through);
      made.runInterest(through);
      made.postInterest('C1', through, 345, 100_000 * 180_000 * 7 - 345 * 365_000_000);
      made.end(through, 345);
      return made;
    },
    [
      {
        finds: 'a sum that is not what was posted',
        when: ({ journal }) => {
          journal.find('runEnded')[0]!.amount = 346;
        },
        code: 'I7',
        message: /sum of the interest run up to 20260308: expected 345, found 346/,
      },
      {
        finds: 'a statement that leaves something out',
        when: ({ journal }) => {
          journal.find('runProgressed')[0]!.progress!.amount = 0;
          journal.find('runEnded')[0]!.amount = 0;
        },
        code: 'I7',
        message: /sum of the interest run up to 20260308: expected 345, found 0/,
      },
      {
        finds: 'a partition that answers something else than what it did',
        when: ({ journal }) => {
          journal.find('cardsCharged')[0]!.charged!.cards = 2;
        },
        code: 'I7',
        message: /cards that partitions answered, interest run up to 20260308: expected 1, found 2/,
      },
      {
        finds: 'a run that the schedule does not know',
        when: ({ journal }) => {
          journal.rules.parameters!.frequency = v1.Frequency.FREQUENCY_MONTHLY;
        },
        code: 'RULE',
        message: /a run up to 20260308 by a schedule of frequency 3/,
      },
      {
        finds: 'the same run once more',
        when: (made) => {
          made.begin(20260308);
        },
        code: 'I7',
        message: /a run up to 20260308 after one up to 20260308/,
      },
    ],
  );

  examine(
    'a phone',
    () => {
      const made = system();
      made.register('P1', 'PHONE', false, { card: 'C1', device: 1 });
      made.state('P1', 'C1', ENQUIRY);
      return made;
    },
    [
      {
        finds: 'that it asks about another card',
        when: (made) => {
          made.issue('C2');
          made.state('P1', 'C2', ENQUIRY);
        },
        code: 'RULE',
        message: /a phone of C1 asks about C2/,
      },
      {
        finds: 'that it buys by itself',
        when: (made) => {
          made.state('P1', 'C1', PURCHASE, { parts: { value: 1 }, after: { storedValue: 1_199 } });
        },
        code: 'RULE',
        message: /role 4 does not offer a PURCHASE/,
      },
    ],
  );
});
