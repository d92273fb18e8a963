import { v1 } from '../../../../proto/generated/emoney.js';
import { examine } from '../examined.js';
import { StatedSystem } from '../statedSystem.js';

const { Kind, Outcome } = v1;
const { KIND_PURCHASE: PURCHASE, KIND_ENQUIRY: ENQUIRY } = Kind;

/** SV 0, L 1,500, I 22, and an instruction of 2,000. */
function instructed(): StatedSystem {
  const made = new StatedSystem(1);
  made.register('T1');
  made.issue('C1', { storedValue: 0, loan: 1_500, interest: 22 });
  made.instruct('C1', 'S1', 2_000);
  return made;
}

const APPLIED = { interest: 22, loan: 1_500, value: 478 };
const AFTER = { storedValue: 478, loan: 0, interest: 0 };

describe('auditor: store instructions', () => {
  examine(
    'B4: applied at the access, before the purchase of 400',
    () => {
      const made = instructed();
      const opened = made.open('T1', 'C1', PURCHASE, 400);
      const before = made.stored('C1', APPLIED, AFTER);
      made.close(made.decideAs(opened, { parts: { value: 400 }, after: { storedValue: 78 }, before }));
      return made;
    },
    [
      {
        finds: 'one that was applied in other parts',
        when: ({ journal }) => {
          for (const stored of [journal.find('cardStored')[0]!, journal.find('recordStored')[0]!]) {
            Object.assign(stored.parts!, { interest: 0, value: 500 });
            Object.assign(stored.balances!, { interest: 22, storedValue: 500 });
          }
        },
        code: 'I2',
        message: /split: expected value 478 \+ loan 1500 \+ interest 22, found value 500 \+ loan 1500/,
      },
      {
        finds: 'an access that applied nothing',
        when: ({ journal }) => {
          journal.frameOf('cardMoved').turns[0]!.events.splice(0, 2);
        },
        code: 'RULE',
        message: /an access left the pending S1 of 2000, which fits/,
      },
      {
        finds: 'one that only the record applied',
        when: ({ journal }) => {
          journal.frameOf('cardMoved').turns[0]!.events.splice(0, 1);
        },
        code: 'I3',
        message:
          /the record has instruction S1 of 2000 from \d+ applied at \d+ as .*, and its twin has no such event/,
      },
      {
        finds: 'one that was never recorded',
        when: ({ journal }) => {
          for (const stored of [journal.find('cardStored')[0]!, journal.find('recordStored')[0]!]) {
            stored.instruction = { ...stored.instruction, reference: 'S9' };
          }
        },
        code: 'I5',
        message: /instruction that is next: expected S1, found S9/,
      },
      {
        finds: 'one that is recorded twice',
        when: (made) => {
          made.instruct('C1', 'S1', 1);
        },
        code: 'I5',
        message: /reference S1 is used a second time/,
      },
    ],
  );

  examine(
    'B4c: what does not fit waits, and the sum of what waits is told',
    () => {
      const made = new StatedSystem(1);
      made.register('T1');
      made.issue('C1', { storedValue: 19_500, storedValueCap: 20_000 });
      const paid = made.state('T1', 'C1', PURCHASE, {
        parts: { value: 500 },
        after: { storedValue: 19_000 },
      });
      made.instruct('C1', 'S1', 900);
      made.undo(paid, { parts: { value: 500 }, after: { storedValue: 19_500 } });
      made.state('T1', 'C1', PURCHASE, { parts: { value: 400 }, after: { storedValue: 19_100 } });
      const opened = made.open('T1', 'C1', ENQUIRY, 0);
      const before = made.stored('C1', { value: 900 }, { storedValue: 20_000 });
      made.close(made.decideAs(opened, { before }));
      made.state('T1', 'C1', PURCHASE, { parts: { value: 1 }, after: { storedValue: 19_999 } });
      made.instruct('C1', 'S2', 1);
      made.cancel('C1', 'S2');
      return made;
    },
    [
      {
        finds: 'one that was recorded although it does not fit',
        when: (made) => {
          made.instruct('C1', 'S3', 2);
        },
        code: 'RULE',
        message: /recorded although only 1 fits under the cap/,
      },
      {
        finds: 'one that was applied although it does not fit',
        when: (made) => {
          made.changePolicy('C1', { creditFlag: true, storedValueCap: 30_000 });
          made.instruct('C1', 'S3', 5_000);
          made.changePolicy('C1', { creditFlag: true, storedValueCap: 20_000 });
          const opened = made.open('T1', 'C1', ENQUIRY, 0);
          const before = made.stored('C1', { value: 5_000 }, { storedValue: 24_999 });
          made.close(made.decideAs(opened, { before }));
        },
        code: 'RULE',
        message: /applied although only 1 fits under the cap/,
      },
      {
        finds: 'a sum that is not what waits',
        when: ({ journal }) => {
          journal.find('cardMoved')[1]!.answer!.pending = 0;
        },
        code: 'RULE',
        message: /pending sum in the answer: expected 900, found 0/,
      },
      {
        finds: 'a cancelling of what is not there',
        when: (made) => {
          made.cancel('C1', 'S2');
        },
        code: 'I5',
        message: /S2 was cancelled, and is not pending/,
      },
    ],
  );

  examine(
    'a card that is prohibited by its limit: applied at once',
    () => {
      const made = new StatedSystem(1);
      made.register('T1');
      made.issue('C1', { storedValue: 0, loan: 900, limit: 800 });
      made.state('T1', 'C1', PURCHASE, { asked: 5, outcome: Outcome.OUTCOME_CARD_PROHIBITED });
      made.instruct('C1', 'S1', 300, () => made.stored('C1', { loan: 300 }, { loan: 600 }));
      return made;
    },
    [
      {
        finds: 'that it was not applied',
        when: (made) => {
          made.journal.frames.at(-1)!.turns[0]!.events.splice(2);
        },
        code: 'RULE',
        message: /prohibited by its limit, and the pending S1 fits/,
      },
    ],
  );
});
