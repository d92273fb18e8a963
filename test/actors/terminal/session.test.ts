import { expect } from 'chai';
import { MAX_OPEN_IDS, MAX_SOURCES } from '../../../actors/bounds.js';
import { bareAnswer } from '../../../actors/money/answer.js';
import { idOf, NOON } from '../money/samples.js';
import {
  approval,
  cardSays,
  hello,
  LIST,
  openTerminal,
  purchase,
  registration,
  reversal,
  Terminal,
} from './terminals.js';

const older = { incarnation: 1, sequence: 4 };
const newer = { incarnation: 1, sequence: 6 };
/** This process has read the list beyond what any test names. */
const known = { knownList: { incarnation: 2, sequence: 1 } };

describe("a terminal's sessions", () => {
  it('is registered once; the same again changes nothing, other properties are refused', () => {
    const terminal = new Terminal();
    const command = registration();
    expect(terminal.do(command).events).to.have.length(1);
    expect(terminal.do(command)).to.deep.include({
      events: [],
      response: { kind: 'acknowledged', outcome: 'APPROVED' },
    });
    expect(terminal.outcome({ ...command, mayDefer: false })).to.equal('ALREADY_EXISTS');
    expect(terminal.outcome({ ...command, role: 'DEPOSIT' })).to.equal('ALREADY_EXISTS');
  });

  it('rejects everything of a terminal that is not registered', () => {
    const terminal = new Terminal();
    for (const command of [hello(), purchase(1), reversal(1)]) {
      expect(terminal.outcome(command)).to.equal('TERMINAL_UNKNOWN');
    }
  });

  it('gives a device without memory a new incarnation that begins at 1', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    expect(terminal.do(hello()).response).to.deep.equal({
      kind: 'welcomed',
      terminal: 'T1',
      incarnation: 2,
      nextNumber: 1,
      session: 2,
      openNumbers: [],
      batch: 1,
      card: '',
      device: 0,
    });
  });

  it('lets a phone in only with what its token proves, and changes nothing otherwise', () => {
    const terminal = new Terminal();
    terminal.do({ ...registration('PHONE'), card: 'C1', device: 2 });
    for (const said of [{}, { card: 'C1' }, { card: 'C1', device: 1 }, { card: 'C2', device: 2 }]) {
      const { response, events } = terminal.do(hello(said));
      expect(response).to.include({ kind: 'rejected', rejection: 'UNAUTHORIZED' });
      expect(events).to.deep.equal([]);
    }
    const { response } = terminal.do(hello({ card: 'C1', device: 2 }));
    expect(response).to.include({ kind: 'welcomed', session: 1, card: 'C1', device: 2 });
    expect(openTerminal().outcome(hello({ card: 'C1', device: 1 })), 'a till has no token').to.equal(
      'UNAUTHORIZED',
    );
  });

  it('continues a device that is not behind, with the ids that are still open', () => {
    const terminal = openTerminal();
    for (const number of [1, 2, 4]) terminal.do(purchase(number));
    terminal.do(cardSays(idOf(2), approval));
    const decision = terminal.do(hello({ incarnation: 1, nextNumber: 5 }));
    expect(decision.response).to.deep.include({
      incarnation: 1,
      nextNumber: 5,
      session: 2,
      openNumbers: [1, 4],
    });
    expect(decision.asks, 'the device finishes them itself').to.deep.equal([]);
  });

  it('does not give numbers again that a continuing device says it has used', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    const { response } = terminal.do(hello({ incarnation: 1, nextNumber: 9 }));
    expect(response).to.deep.include({ incarnation: 1, nextNumber: 9 });
  });

  it('gives a device that is behind, or that has another incarnation, a new one', () => {
    for (const memory of [
      { incarnation: 1, nextNumber: 2 },
      { incarnation: 1 },
      { incarnation: 7, nextNumber: 9 },
    ]) {
      const terminal = openTerminal();
      for (const number of [1, 2]) terminal.do(purchase(number));
      const { response } = terminal.do(hello({ nextNumber: undefined, ...memory }));
      expect(response, JSON.stringify(memory)).to.deep.include({ incarnation: 2, nextNumber: 1 });
    }
  });

  it('asks what became of the ids that an older incarnation left open, and reverses what no card has seen', () => {
    const terminal = openTerminal();
    for (const number of [1, 2, 3]) terminal.do(purchase(number));
    terminal.do(reversal(3));
    const { asks } = terminal.do(hello());
    expect(asks.map(({ mode, asked }) => [mode, asked.id.number])).to.deep.equal([
      ['OUTCOME', 1],
      ['OUTCOME', 2],
      ['REVERSE', 3],
    ]);
    expect(terminal.do(cardSays(idOf(1), approval, 'OUTCOME')).events[0]?.type).to.equal('TransactionClosed');
    const unknown = terminal.do(cardSays(idOf(2), bareAnswer('ID_UNKNOWN', 0, NOON), 'OUTCOME'));
    expect(unknown.events[0]?.type).to.equal('ReversalOpened');
    expect(unknown.asks).to.have.nested.property('[0].mode', 'REVERSE');
    for (const number of [2, 3]) {
      const { events } = terminal.do(cardSays(idOf(number), bareAnswer('REVERSED', 0, NOON), 'REVERSE'));
      expect(events[0]?.type).to.equal('ReversalClosed');
    }
    expect(
      terminal.state?.incarnations.map(({ incarnation }) => incarnation),
      'done with',
    ).to.deep.equal([2]);
  });

  it('never gives out an incarnation twice', () => {
    const terminal = openTerminal();
    const given = [1];
    for (let time = 0; time < 5; time += 1) {
      const { response } = terminal.do(hello(time === 2 ? { source: 'a.csv 77' } : {}));
      if (response.kind === 'welcomed') given.push(response.incarnation);
    }
    expect(given).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  it('supersedes older sessions, and messages of other incarnations', () => {
    const terminal = openTerminal();
    terminal.do(hello({ incarnation: 1, nextNumber: 1 }));
    const query = { type: 'QueryOutcome', id: idOf(1) } as const;
    const hold = { type: 'HoldList', terminal: 'T1', version: LIST } as const;
    for (const session of [1, 3]) {
      for (const command of [purchase(1), reversal(1), query, hold]) {
        expect(terminal.outcome({ ...command, session })).to.equal('SUPERSEDED');
      }
    }
    expect(terminal.outcome(purchase(1, { session: 2, id: idOf(1, 2) }))).to.equal('SUPERSEDED');
  });

  describe('of a source', () => {
    const source = 'taps.csv 5feceb66';

    it('always gets the same incarnation, also when it begins again, and keeps every answer', () => {
      const terminal = openTerminal();
      terminal.do(hello({ source, list: LIST }));
      const send = { session: 2, mark: 3 };
      for (const number of [1, 2, 3]) terminal.do(purchase(number, { ...send, id: idOf(number, 2) }));
      for (const number of [1, 2, 3]) terminal.do(cardSays(idOf(number, 2), approval));
      const { response } = terminal.do(hello({ source, list: LIST }));
      expect(response).to.deep.include({ incarnation: 2, session: 3, nextNumber: 4 });
      for (const number of [1, 2, 3]) {
        const again = purchase(number, { session: 3, mark: 3, id: idOf(number, 2) });
        expect(terminal.outcome(again)).to.equal('APPROVED');
      }
    });

    it('asks with a mark of 0, and does not push the device out of its incarnation', () => {
      const terminal = openTerminal();
      terminal.do(hello({ source, list: LIST }));
      const { asks } = terminal.do(purchase(9, { session: 2, mark: 9, id: idOf(9, 2) }));
      expect(asks[0]?.asked).to.include({ fromSource: true, mark: 0, oldestIncarnation: 1 });
      const { response } = terminal.do(hello({ incarnation: 1, nextNumber: 1 }));
      expect(response).to.deep.include({ incarnation: 1 });
    });

    it('is one of so many that a terminal remembers for ever; those that it knows may always begin again', () => {
      const terminal = openTerminal();
      for (let file = 1; file <= MAX_SOURCES; file += 1) {
        expect(terminal.outcome(hello({ source: `${file}.csv` }))).to.equal('welcomed');
      }
      expect(terminal.outcome(hello({ source: 'another.csv' }))).to.equal('MALFORMED');
      expect(terminal.outcome(hello({ source: '1.csv' }))).to.equal('welcomed');
      expect(terminal.outcome(hello())).to.equal('welcomed');
    });

    it('keeps what the card has not seen open: the source may begin again', () => {
      const terminal = openTerminal();
      terminal.do(hello({ source, list: LIST }));
      terminal.do(purchase(1, { session: 2, id: idOf(1, 2) }));
      terminal.do(hello());
      const unknown = terminal.do(cardSays(idOf(1, 2), bareAnswer('ID_UNKNOWN', 0, NOON), 'OUTCOME'));
      expect(unknown).to.deep.include({ events: [], asks: [], settles: [idOf(1, 2)] });
    });
  });

  describe('and the list', () => {
    function hold(version: typeof LIST, session = 1) {
      return { type: 'HoldList', terminal: 'T1', session, version } as const;
    }

    it('B6: may not sell before it holds the list, and a WELCOME clears what it held', () => {
      const terminal = openTerminal();
      terminal.do(hello({ incarnation: 1, nextNumber: 1 }));
      expect(terminal.outcome(purchase(1, { session: 2 }))).to.equal('LIST_NOT_HELD');
      expect(terminal.outcome(hold(LIST, 2))).to.equal('APPROVED');
      expect(terminal.outcome(purchase(2, { session: 2 }))).to.equal('wait');
    });

    it('keeps it when the device states the version that it still has', () => {
      const terminal = openTerminal();
      terminal.do(hello({ incarnation: 1, nextNumber: 1, list: LIST }));
      expect(terminal.outcome(purchase(1, { session: 2 }))).to.equal('wait');
    });

    it('takes a restored device, which has an older one, for one that has none', () => {
      const terminal = openTerminal();
      terminal.do(hello({ list: older }));
      expect(terminal.state).to.deep.include({ list: undefined, highestList: LIST });
      expect(terminal.outcome(hold(older, 2))).to.equal('LIST_STALE');
      expect(terminal.outcome(hold(newer, 2), known)).to.equal('APPROVED');
    });

    it('takes a version that is not known here for none, and does not hold the device to it', () => {
      const terminal = openTerminal();
      const foreign = { incarnation: 999, sequence: 1 };
      terminal.do(hello({ list: foreign }));
      expect(terminal.state).to.deep.include({ list: undefined, highestList: LIST });
      expect(terminal.outcome(hold(newer, 2), known)).to.equal('APPROVED');
    });

    it('records a newer version once', () => {
      const terminal = openTerminal();
      expect(terminal.do(hold(newer), known).events).to.have.length(1);
      expect(terminal.do(hold(newer), known)).to.deep.include({ events: [] });
      expect(terminal.outcome(hold(LIST), known)).to.equal('LIST_STALE');
      expect(terminal.outcome(hold({ incarnation: 2, sequence: 1 }), known)).to.equal('APPROVED');
    });

    it('does not take a version whose entries are not known in this process yet', () => {
      const terminal = openTerminal();
      expect(terminal.outcome(hold(newer))).to.equal('UNAVAILABLE');
      expect(terminal.outcome(purchase(1)), 'it goes on with the version before').to.equal('wait');
    });
  });

  it('bounds the ids that are open, and leaves room for reversals (D7, D8)', () => {
    const terminal = openTerminal();
    for (let number = 1; number <= MAX_OPEN_IDS; number += 1) {
      expect(terminal.outcome(purchase(number))).to.equal('wait');
    }
    expect(terminal.outcome(purchase(MAX_OPEN_IDS + 1))).to.equal('OUT_OF_WINDOW');
    expect(terminal.outcome(reversal(MAX_OPEN_IDS + 1)), 'an id never seen').to.equal('wait');
    expect(terminal.outcome(reversal(1))).to.equal('wait');
    terminal.do(cardSays(idOf(1), bareAnswer('REVERSED', 0, NOON), 'REVERSE'));
    terminal.do(cardSays(idOf(2), approval));
    expect(terminal.outcome(purchase(MAX_OPEN_IDS + 2))).to.equal('wait');
  });
});
