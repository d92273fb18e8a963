import { v1 } from '../../../../proto/generated/emoney.js';
import { examine } from '../examined.js';
import { dateOf } from '../stated.js';
import { StatedSystem } from '../statedSystem.js';

const { KIND_PURCHASE: PURCHASE, KIND_DEPOSIT: DEPOSIT } = v1.Kind;
const UNIT = 365_000_000;

/** 18 % a year, from the first day. Issued on 2026-03-01. */
function system(terms: Parameters<StatedSystem['issue']>[1]): StatedSystem {
  const made = new StatedSystem(1);
  made.parameters({ ratePpm: 180_000 });
  made.register('T1');
  made.register('D1', 'DEPOSIT');
  made.issue('C1', terms);
  return made;
}

/** Runs for the day before today. */
function run(made: StatedSystem, amount: number, carry: number): void {
  const yesterday = dateOf(made.now - 86_400_000);
  made.runInterest(yesterday);
  made.postInterest('C1', yesterday, amount, carry);
}

describe('auditor: interest', () => {
  examine(
    'B2: 100,000 over 27 days',
    () => {
      const made = system({ limit: 200_000, loan: 100_000 });
      made.days(28);
      run(made, 1_331, 100_000 * 180_000 * 27 - 1_331 * UNIT);
      return made;
    },
    [
      {
        finds: 'a yen too much',
        when: ({ journal }) => {
          for (const posted of [
            journal.find('cardInterestPosted')[0]!,
            journal.find('recordInterestPosted')[0]!,
          ]) {
            posted.amount = 1_332;
            posted.balances!.interest = 1_332;
          }
        },
        code: 'I7',
        message: /interest up to 20260328: expected 1331, found 1332/,
      },
      {
        finds: 'a fraction that was lost',
        when: ({ journal }) => {
          journal.find('recordInterestPosted')[0]!.carry = 0;
        },
        code: 'I7',
        message: /fraction left after 20260328: expected 185000000, found 0/,
      },
      {
        finds: 'a card that was not told',
        when: ({ journal }) => {
          journal.frameOf('recordInterestPosted').turns[0]!.events.splice(1, 1);
        },
        code: 'I3',
        message: /the record has interest 1331 up to 20260328, and its twin has no such event/,
      },
      {
        finds: 'the same dates charged twice',
        when: (made) => {
          made.postInterest('C1', 20260328, 1_331, 0);
        },
        code: 'I7',
        message: /20260328 is charged although 20260328 was charged before/,
      },
      {
        finds: 'a date that is not over',
        when: (made) => {
          made.runInterest(made.today);
        },
        code: 'I7',
        message: /a run up to 20260329, which is not over on 20260329 and was begun by nobody/,
      },
      {
        finds: 'a card that a run left out',
        when: (made) => {
          made.days(1);
          made.begin(20260329);
          made.runInterest(20260329);
          made.end(20260329, 0);
        },
        code: 'I7',
        message: /left out by a run up to 20260329/,
      },
      {
        finds: 'interest without a run',
        when: (made) => {
          made.days(1);
          made.postInterest('C1', 20260329, 49, 0);
        },
        code: 'I7',
        message: /charged up to 20260329 by no run: the last was 20260328/,
      },
    ],
  );

  examine(
    'B2b: 3,000 posted daily for 30 days, the fraction carried',
    () => {
      const made = system({ loan: 3_000 });
      let carry = 0;
      for (let day = 0; day < 30; day += 1) {
        made.days(1);
        // The first chargeable date is the one after the issue.
        if (day === 0) continue;
        const due = 3_000 * 180_000 + carry;
        carry = due % UNIT;
        run(made, Math.floor(due / UNIT), carry);
      }
      return made;
    },
    [],
  );

  examine(
    'B2e: only the principal at the end of a day counts',
    () => {
      const made = system({ storedValue: 0 });
      made.days(1);
      made.state('T1', 'C1', PURCHASE, { parts: { loan: 3_000 }, after: { loan: 3_000 } });
      made.state('D1', 'C1', DEPOSIT, { parts: { loan: 1_000 }, after: { loan: 2_000 } });
      made.state('T1', 'C1', PURCHASE, { parts: { loan: 500 }, after: { loan: 2_500 } });
      made.days(2);
      run(made, 1, 2_500 * 180_000 - UNIT);
      return made;
    },
    [],
  );

  examine(
    'B2f: another rate after ten days',
    () => {
      const made = system({ limit: 200_000, loan: 100_000 });
      made.setParameters({ number: 1, effectiveFrom: 20260312, ratePpm: 150_000 });
      made.days(28);
      run(made, 1_191, 100_000 * (180_000 * 10 + 150_000 * 17) - 1_191 * UNIT);
      return made;
    },
    [
      {
        finds: 'the old rate charged on',
        when: ({ journal }) => {
          journal.find('parametersSet')[0]!.parameters!.ratePpm = 180_000;
        },
        code: 'I7',
        message: /interest up to 20260328: expected 1331, found 1191/,
      },
      {
        finds: 'parameters out of turn',
        when: ({ journal }) => {
          journal.find('parametersSet')[0]!.parameters!.number = 2;
        },
        code: 'RULE',
        message: /number of the parameters: expected 1, found 2/,
      },
    ],
  );

  examine(
    'a change that arrives for a charged date counts on the first one that is not',
    () => {
      const made = system({ storedValue: 0 });
      made.days(3);
      made.state('T1', 'C1', PURCHASE, { parts: { loan: 1_000 }, after: { loan: 1_000 } });
      made.days(3);
      // Three dates after that of the purchase are over, of which two are charged with it.
      run(made, 0, 2 * 1_000 * 180_000);
      const content = { businessDate: 20260304, terminalTimeMs: made.now - 3 * 86_400_000 };
      made.state('D1', 'C1', DEPOSIT, { parts: { loan: 400 }, after: { loan: 600 }, content });
      made.days(1);
      run(made, 1, 2 * 1_000 * 180_000 + 600 * 180_000 - UNIT);
      return made;
    },
    [
      {
        finds: 'one that counts elsewhere',
        when: ({ journal }) => {
          journal.find('recordMoved')[1]!.accrualDate = 20260307;
        },
        code: 'I7',
        message: /accrual date: expected 20260306, found 20260307/,
      },
    ],
  );

  // Found in a virtual world: its journal is away, and what it is asked meanwhile is decided in the frame that waits.
  examine(
    'a partition charges a date that is over for the office and not yet by its own time',
    () => {
      const made = new StatedSystem(2);
      made.parameters({ ratePpm: 180_000 });
      const waiting = 1 - made.place('center');
      made.days(2);
      made.begin(20260302);
      made.runInterest(20260302);
      made.journal.partitions[waiting]!.at(-1)!.time -= 86_400_000;
      made.end(20260302, 0);
      return made;
    },
    [
      {
        finds: 'a run that the office never began',
        when: ({ journal }) => {
          journal.frameOf('runBegun').turns.length = 0;
          journal.frameOf('runEnded').turns.length = 0;
        },
        code: 'I7',
        message: /a run up to 20260302, which is not over on 20260302 and was begun by nobody/,
      },
    ],
  );
});
