import { v1 } from '../../../../proto/generated/emoney.js';
import { examine, restate } from '../examined.js';
import { StatedSystem } from '../statedSystem.js';

const { Kind, Obstacle, Outcome, ProhibitionReason } = v1;
const { KIND_PURCHASE: PURCHASE, KIND_DEPOSIT: DEPOSIT, KIND_ENQUIRY: ENQUIRY, KIND_UNLOAD: UNLOAD } = Kind;
const { PROHIBITION_REASON_LOST: LOST } = ProhibitionReason;

function system(terms: Parameters<StatedSystem['issue']>[1] = {}): StatedSystem {
  const made = new StatedSystem(1);
  made.register('T1');
  made.register('D1', 'DEPOSIT');
  made.issue('C1', terms);
  return made;
}

describe('auditor: what a card may do', () => {
  examine(
    'A7: three wrong PINs block it, value goes on, the center unblocks',
    () => {
      const made = system({ cvmLimit: 3_000, pinHash: new Uint8Array(16).fill(7) });
      const wrong = (triesLeft: number, outcome: v1.Outcome): void => {
        made.state('T1', 'C1', PURCHASE, { asked: 3_500, outcome, answer: { triesLeft } });
      };
      made.state('T1', 'C1', PURCHASE, { asked: 3_500, outcome: Outcome.OUTCOME_PIN_REQUIRED });
      wrong(2, Outcome.OUTCOME_PIN_WRONG);
      const answer = { pinVerified: true, triesLeft: 3 };
      const parts = { value: 1_200, loan: 2_300 };
      made.state('T1', 'C1', PURCHASE, { parts, after: { storedValue: 0, loan: 2_300 }, answer });
      wrong(2, Outcome.OUTCOME_PIN_WRONG);
      wrong(1, Outcome.OUTCOME_PIN_WRONG);
      wrong(0, Outcome.OUTCOME_PIN_BLOCKED);
      made.state('D1', 'C1', DEPOSIT, {
        parts: { loan: 2_300, value: 700 },
        after: { storedValue: 700, loan: 0 },
      });
      made.state('T1', 'C1', PURCHASE, { parts: { value: 500 }, after: { storedValue: 200 } });
      made.state('T1', 'C1', PURCHASE, { asked: 700, outcome: Outcome.OUTCOME_PIN_BLOCKED });
      made.unblockPin('C1');
      made.state('T1', 'C1', PURCHASE, {
        parts: { value: 200, loan: 500 },
        after: { storedValue: 0, loan: 500 },
      });
      made.changePolicy('C1', { creditFlag: true, pinForDeferral: true });
      made.state('T1', 'C1', PURCHASE, { asked: 1, outcome: Outcome.OUTCOME_PIN_REQUIRED });
      made.setPin('C1', 8);
      return made;
    },
    [
      {
        finds: 'an approval that needed it and did not verify it',
        when: ({ journal }) => {
          const { answer } = journal.find('cardMoved')[0]!;
          answer!.pinVerified = false;
          delete answer!.triesLeft;
        },
        code: 'RULE',
        message: /approved although a PIN is needed and none was looked at/,
      },
      {
        finds: 'an approval while it is blocked',
        when: ({ journal }) => {
          journal.frameOf('cardPinUnblocked').turns = [];
        },
        code: 'RULE',
        message: /approved although the PIN is blocked/,
      },
      {
        finds: 'a try that was not counted',
        when: ({ journal }) => {
          journal.find('cardDeclined')[1]!.answer!.triesLeft = 3;
        },
        code: 'RULE',
        message: /PIN tries left: expected 2, found 3/,
      },
      {
        finds: 'a PIN that was right on a card without one',
        when: ({ journal }) => {
          for (const { terms } of [journal.find('cardIssued')[0]!, journal.find('recordOpened')[0]!]) {
            terms!.pinHash = new Uint8Array(0);
          }
        },
        code: 'RULE',
        message: /a PIN was right although the card has none/,
      },
      {
        finds: 'a deferral without it, where the policy wants it',
        when: (made) => {
          made.state('T1', 'C1', PURCHASE, { parts: { loan: 1 }, after: { loan: 501 } });
        },
        code: 'RULE',
        message: /approved although a PIN is needed/,
      },
    ],
  );

  examine(
    'R13: replaced: the older device is refused, the reason lost is lifted',
    () => {
      const made = system();
      const paid = made.state('T1', 'C1', PURCHASE, { parts: { value: 500 }, after: { storedValue: 700 } });
      made.prohibit('C1', true, LOST);
      made.replace('C1');
      made.state('T1', 'C1', PURCHASE, { asked: 5, outcome: Outcome.OUTCOME_DEVICE_SUPERSEDED });
      const content = { device: 2 };
      made.state('T1', 'C1', PURCHASE, { parts: { value: 5 }, after: { storedValue: 695 }, content });
      made.undo(paid, { parts: { value: 500 }, after: { storedValue: 1_195 } });
      return made;
    },
    [
      {
        finds: 'an approval for the older device',
        when: (made) => {
          made.state('D1', 'C1', DEPOSIT, { parts: { value: 5 }, after: { storedValue: 1_200 } });
        },
        code: 'RULE',
        message: /approved although device 1 was presented, and 2 counts/,
      },
      {
        finds: 'a number that was left out',
        when: ({ journal }) => {
          for (const each of [journal.find('cardReplaced')[0]!, journal.find('recordReplaced')[0]!])
            each.device = 3;
        },
        code: 'RULE',
        message: /number of the new device: expected 2, found 3/,
      },
      {
        finds: 'a card that stays prohibited as lost',
        when: ({ journal }) => {
          journal.frameOf('cardReplaced').turns[0]!.events.splice(2);
        },
        code: 'RULE',
        message: /replaced, and still prohibited as lost/,
      },
      {
        finds: 'a device that the record does not know',
        when: ({ journal }) => {
          journal.frameOf('cardReplaced').turns[0]!.events.shift();
        },
        code: 'I3',
        message: /device: expected 2, found 1/,
      },
    ],
  );

  examine(
    'closed by an unload, opened again by its reversal',
    () => {
      const made = system();
      made.parameters({ ratePpm: 180_000 });
      made.days(1);
      made.state('T1', 'C1', PURCHASE, {
        parts: { value: 1_200, loan: 10 },
        after: { storedValue: 0, loan: 10 },
      });
      made.days(1);
      made.state('D1', 'C1', DEPOSIT, {
        parts: { loan: 10, value: 90 },
        after: { storedValue: 90, loan: 0 },
      });
      const unloaded = made.state('D1', 'C1', UNLOAD, { parts: { value: 90 }, after: { storedValue: 0 } });
      made.dropped('C1', 10 * 180_000);
      made.state('D1', 'C1', ENQUIRY, { outcome: Outcome.OUTCOME_CARD_CLOSED });
      made.undo(unloaded, { parts: { value: 90 }, after: { storedValue: 90 } });
      made.state('T1', 'C1', PURCHASE, { parts: { value: 90, loan: 5 }, after: { storedValue: 0, loan: 5 } });
      const refused = { outcome: Outcome.OUTCOME_CLOSE_NOT_POSSIBLE };
      made.state('D1', 'C1', UNLOAD, { ...refused, answer: { obstacle: Obstacle.OBSTACLE_OWED } });
      return made;
    },
    [
      {
        finds: 'an approval after it was closed',
        when: ({ journal }) => {
          journal.frameOf('cardReversed').turns[0]!.events = [];
        },
        code: 'RULE',
        message: /approved although the card is closed/,
      },
      {
        finds: 'a card that is closed although it owes',
        when: (made) => {
          made.state('D1', 'C1', UNLOAD, {});
        },
        code: 'RULE',
        message: /approved although obstacle 1 is in the way/,
      },
      {
        finds: 'a fraction that was not dropped',
        when: ({ journal }) => {
          journal.frameOf('cardMoved', 2).turns[0]!.events.pop();
        },
        code: 'I7',
        message: /closed with 0 and 1800000\/365000000 of interest not charged/,
      },
      {
        finds: 'a fraction that is dropped of an open card',
        when: (made) => {
          const balances = { ...made.cards.get('C1')!.balances };
          const dropped = { card: 'C1', through: 20260304, balances, dropped: 5 * 180_000 };
          made.days(1);
          made.center('C1', [{ recordInterestPosted: dropped }]);
        },
        code: 'I7',
        message: /dropped of a card that stays open/,
      },
      {
        finds: 'less paid out than the card held',
        when: (made) => {
          restate(made, 2, (said) => {
            said.amount = 80;
            said.parts.value = 80;
            said.balances.storedValue = 10;
          });
        },
        code: 'I2',
        message: /approved amount: expected 90, found 80/,
      },
      {
        finds: 'a wrong obstacle',
        when: ({ journal }) => {
          journal.find('cardDeclined')[1]!.answer!.obstacle = Obstacle.OBSTACLE_INSIDE;
        },
        code: 'RULE',
        message: /obstacle: expected 1, found 4/,
      },
    ],
  );

  examine(
    'A2: an expired card may do what a prohibited one may',
    () => {
      const made = system({ expiryDate: 20260301 });
      made.days(1);
      made.state('T1', 'C1', PURCHASE, { asked: 100, outcome: Outcome.OUTCOME_CARD_EXPIRED });
      made.state('D1', 'C1', DEPOSIT, { parts: { value: 5 }, after: { storedValue: 1_205 } });
      return made;
    },
    [
      {
        finds: 'a purchase after it',
        when: (made) => {
          made.state('T1', 'C1', PURCHASE, { parts: { value: 5 }, after: { storedValue: 1_200 } });
        },
        code: 'RULE',
        message: /approved although it is 20260302, after the expiry 20260301/,
      },
      {
        finds: 'that the policy was changed on one side only',
        when: (made) => {
          made.changePolicy('C1', { creditFlag: true });
          made.journal.frames.at(-1)!.turns[0]!.events.pop();
        },
        code: 'I3',
        message: /card and record have different policies/,
      },
    ],
  );
});
