import { v1 } from '../../../../proto/generated/emoney.js';
import { examine, restate } from '../examined.js';
import { StatedSystem } from '../statedSystem.js';

const { Kind, Outcome } = v1;
const { KIND_ENTRY: ENTRY, KIND_FARE: FARE, KIND_DEPOSIT: DEPOSIT } = Kind;

const FARES = [
  { fromZone: 'A', toZone: 'B', amount: 320 },
  { fromZone: 'B', toZone: 'A', amount: 300 },
];

function system(terms: Parameters<StatedSystem['issue']>[1] = {}): StatedSystem {
  const made = new StatedSystem(2);
  made.parameters({ fares: FARES });
  // One of them is read after the partition of the card, the other before.
  made.register('G1', 'GATE', true, { zone: 'A' });
  made.register('G2', 'GATE', true, { zone: 'B' });
  made.register('D1', 'DEPOSIT');
  made.issue('C1', { storedValue: 200, ...terms });
  return made;
}

function enter(made: StatedSystem, gate = 'G1', zone = 'A'): void {
  made.state(gate, 'C1', ENTRY, { inside: { zone, gate, timeMs: made.now } });
}

function leave(
  made: StatedSystem,
  parts: object,
  after: object,
  gate = 'G2',
): ReturnType<StatedSystem['state']> {
  const { inside } = made.cards.get('C1')!;
  return made.state(gate, 'C1', FARE, { parts, after, inside: undefined, answer: { entered: inside! } });
}

/** A18. */
function city(): StatedSystem {
  const made = system();
  enter(made);
  made.state('G1', 'C1', ENTRY, { outcome: Outcome.OUTCOME_ALREADY_INSIDE });
  leave(made, { value: 200, loan: 120 }, { storedValue: 0, loan: 120 });
  made.state('G2', 'C1', FARE, { outcome: Outcome.OUTCOME_NOT_INSIDE });
  enter(made);
  made.prohibit('C1');
  leave(made, { fare: 320 }, { fareOwed: 320 });
  made.state('G1', 'C1', ENTRY, { outcome: Outcome.OUTCOME_CARD_PROHIBITED });
  const parts = { fare: 320, loan: 120, value: 60 };
  made.state('D1', 'C1', DEPOSIT, { parts, after: { fareOwed: 0, loan: 0, storedValue: 60 } });
  return made;
}

describe('auditor: gates', () => {
  examine('A18: in, out and what stays uncollected', city, [
    {
      finds: 'a fare that is not the table’s',
      when: ({ journal }) => {
        // Both sides, and the sums, are alike.
        journal.rules.parameters = { fares: [{ fromZone: 'A', toZone: 'B', amount: 321 }] };
      },
      code: 'RULE',
      message: /fare from A to B: expected 321, found 320/,
    },
    {
      finds: 'that the highest of the table was not taken where there is no row',
      when: ({ journal }) => {
        journal.rules.parameters = { fares: [{ fromZone: 'X', toZone: 'Y', amount: 999 }] };
      },
      code: 'RULE',
      message: /fare from A to B: expected 999, found 320/,
    },
    {
      finds: 'a fare that was deferred although the card is prohibited',
      when: (made) => {
        restate(made, 3, ({ parts, balances }) => {
          Object.assign(parts, { fare: 0, loan: 320 });
          Object.assign(balances, { fareOwed: 0, loan: 440 });
        });
      },
      code: 'I2',
      message: /split: expected fare 320, found loan 320/,
    },
    {
      finds: 'a fare that was not deferred although it could have been',
      when: (made) => {
        restate(made, 1, ({ parts, balances }) => {
          Object.assign(parts, { fare: 120, loan: 0 });
          Object.assign(balances, { fareOwed: 120, loan: 0 });
        });
      },
      code: 'RULE',
      message: /not deferred, although card and terminal permit it/,
    },
    {
      finds: 'an entry by a card that is inside',
      when: (made) => {
        made.cards.get('C1')!.reasons = [];
        made.prohibit('C1', false);
        enter(made);
        enter(made);
      },
      code: 'RULE',
      message: /approved although the card is inside/,
    },
    {
      finds: 'that an exit was refused although the card is inside',
      when: (made) => {
        made.prohibit('C1', false);
        enter(made);
        made.state('G2', 'C1', FARE, { outcome: Outcome.OUTCOME_NOT_INSIDE });
      },
      code: 'RULE',
      message: /declined with NOT_INSIDE, but the card is inside/,
    },
    {
      finds: 'an entry into another zone than the gate’s',
      when: ({ journal }) => {
        journal.find('terminalRegistered')[0]!.zone = 'C';
      },
      code: 'RULE',
      message: /entered zone A through a gate of C/,
    },
    {
      finds: 'an entry by a prohibited card',
      when: (made) => {
        enter(made);
      },
      code: 'I6',
      message: /approved although the card holds reasons/,
    },
    {
      finds: 'an answer that tells another place',
      when: ({ journal }) => {
        journal.find('cardMoved')[0]!.answer!.inside!.gate = 'G9';
      },
      code: 'RULE',
      message: /place in the answer/,
    },
  ]);

  examine(
    'zones, times, and a fare that is owed',
    () => {
      // 2026-03-01, 09:00 in Tokyo, is a Sunday.
      const hours = [{ days: 64, fromMinute: 540, toMinute: 600 }];
      const made = system({ zones: ['A', 'B'], hours, creditFlag: false, storedValue: 50 });
      enter(made);
      leave(made, { value: 50, fare: 270 }, { storedValue: 0, fareOwed: 270 });
      made.state('G1', 'C1', ENTRY, { outcome: Outcome.OUTCOME_FARE_OWED });
      made.days(1);
      made.state('G1', 'C1', ENTRY, { outcome: Outcome.OUTCOME_TIME_NOT_PERMITTED });
      return made;
    },
    [
      {
        finds: 'an entry while a fare is owed',
        when: (made) => {
          made.days(6);
          enter(made);
        },
        code: 'RULE',
        message: /approved although a fare is owed/,
      },
      {
        finds: 'an entry at another time',
        when: (made) => {
          enter(made);
        },
        code: 'RULE',
        message: /approved although the card does not open gates at that time/,
      },
      {
        finds: 'an entry into a zone that the card does not open',
        when: (made) => {
          made.changePolicy('C1', { zones: ['B'] });
          enter(made);
        },
        code: 'RULE',
        message: /approved although the card does not open that zone/,
      },
      {
        finds: 'a refusal for the time while the gate is open',
        when: (made) => {
          made.days(6);
          made.state('G1', 'C1', ENTRY, { outcome: Outcome.OUTCOME_TIME_NOT_PERMITTED });
        },
        code: 'RULE',
        message: /declined with TIME_NOT_PERMITTED, but the card opens gates at that time/,
      },
    ],
  );

  const ahead = (made: StatedSystem): object => ({ terminalTimeMs: made.now + 86_400_000 });

  examine(
    'an exit through a gate whose clock is a day ahead: of the date of receipt',
    () => {
      const made = system();
      enter(made);
      const { inside } = made.cards.get('C1')!;
      const parts = { value: 200, loan: 120 };
      const after = { storedValue: 0, loan: 120 };
      const answer = { entered: inside! };
      made.state('G2', 'C1', FARE, { parts, after, inside: undefined, answer, content: ahead(made) });
      return made;
    },
    [
      {
        finds: 'an entry through such a gate',
        when: (made) => {
          const inside = { zone: 'A', gate: 'G1', timeMs: made.now };
          made.state('G1', 'C1', ENTRY, { inside, content: ahead(made) });
        },
        code: 'RULE',
        message: /opened although its clock is ahead/,
      },
      {
        finds: 'that such a gate stayed shut',
        when: (made) => {
          made.refuse('G2', 'C1', 0, Outcome.OUTCOME_CLOCK_AHEAD, FARE);
          Object.assign(made.journal.find('transactionRefused').at(-1)!.opened!, ahead(made));
        },
        code: 'RULE',
        message: /refused with CLOCK_AHEAD, for which there is no reason/,
      },
      {
        finds: 'a fare of the future',
        when: ({ journal }) => {
          journal.find('transactionOpened').at(-1)!.businessDate! += 1;
        },
        code: 'RULE',
        message: /business date of the terminal time/,
      },
    ],
  );

  examine(
    'reversals: of an entry, and of a fare',
    () => {
      const made = system();
      enter(made);
      const { inside } = made.cards.get('C1')!;
      const fare = leave(made, { value: 200, loan: 120 }, { storedValue: 0, loan: 120 });
      made.undo(fare, { parts: { value: 200, loan: 120 }, after: { storedValue: 200, loan: 0 }, inside });
      leave(made, { value: 200, loan: 120 }, { storedValue: 0, loan: 120 });
      const again = { zone: 'A', gate: 'G1', timeMs: made.now };
      const entry = made.state('G1', 'C1', ENTRY, { inside: again });
      made.undo(entry, { inside: undefined });
      return made;
    },
    [
      {
        finds: 'a card that stays outside',
        when: ({ journal }) => {
          journal.find('cardReversed')[0]!.answer!.inside = null;
        },
        code: 'RULE',
        message: /place in the answer: expected in A by G1 .*, found outside/,
      },
    ],
  );

  examine(
    'reversals: of an entry after its exit, and then of the fare: outside',
    () => {
      const made = system();
      const inside = { zone: 'A', gate: 'G1', timeMs: made.now };
      const entry = made.state('G1', 'C1', ENTRY, { inside });
      const fare = leave(made, { value: 200, loan: 120 }, { storedValue: 0, loan: 120 });
      made.undo(entry, { inside: undefined });
      made.undo(fare, {
        parts: { value: 200, loan: 120 },
        after: { storedValue: 200, loan: 0 },
        inside: undefined,
      });
      return made;
    },
    [
      {
        finds: 'a card that is inside by an entry that was reversed',
        when: ({ journal }) => {
          const inside = { zone: 'A', gate: 'G1', timeMs: 1 };
          journal.find('cardReversed')[1]!.answer!.inside = inside;
        },
        code: 'RULE',
        message: /place in the answer: expected outside, found in A by G1/,
      },
    ],
  );
});
