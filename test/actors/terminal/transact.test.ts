import { expect } from 'chai';
import { MAX_CLOCK_AHEAD_MS, MAX_REMEMBERED_IDS } from '../../../actors/bounds.js';
import { bareAnswer } from '../../../actors/money/answer.js';
import { idEntries } from '../../../actors/money/idTable.js';
import type { TerminalContext } from '../../../actors/terminal/decision.js';
import { resumeTerminal } from '../../../actors/terminal/ask.js';
import type { TerminalRole } from '../../../actors/terminal/terminal.js';
import type { Transact } from '../../../actors/terminal/transact.js';
import { askedOf, idOf, NOON, TODAY } from '../money/samples.js';
import {
  approval,
  cardSays,
  hello,
  LIST,
  openTerminal,
  outcomeOf,
  purchase,
  reversal,
  type Terminal,
} from './terminals.js';

const earlier = { incarnation: 1, sequence: 4 };
const later = { incarnation: 1, sequence: 6 };

function numbersOf(terminal: Terminal): readonly number[] {
  const [incarnation] = terminal.state?.incarnations ?? [];
  return idEntries(incarnation?.entries ?? []).map(({ number }) => number);
}

describe('a transaction at its terminal', () => {
  it('is opened with everything that finishing it needs, and asked of the card, before anybody is answered', () => {
    const terminal = openTerminal();
    const decision = terminal.do(purchase(1, { mark: 1 }));
    expect(decision.events).to.deep.equal([
      {
        type: 'TransactionOpened',
        opened: {
          id: idOf(1),
          card: 'C1',
          kind: 'PURCHASE',
          amount: 2_000,
          digest: 4711,
          batch: 1,
          businessDate: TODAY,
          terminalTime: NOON,
          time: NOON,
          mark: 1,
          list: LIST,
          towards: 3,
          device: 1,
          partial: false,
          original: undefined,
        },
      },
    ]);
    expect(decision.asks).to.deep.equal([
      { mode: 'EXECUTE', asked: askedOf(), mayDefer: true, zone: '', pinHash: '', towards: 3 },
    ]);
    expect(decision.response).to.deep.equal({ kind: 'wait', id: idOf(1) });
  });

  it('is closed by the card’s answer, which is passed on', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    const decision = terminal.do(cardSays(idOf(1), approval));
    expect(decision.events).to.deep.equal([{ type: 'TransactionClosed', id: idOf(1), answer: approval }]);
    expect(decision.releases).to.have.nested.property('[0].answered.answer', approval);
    expect(decision.settles).to.deep.equal([idOf(1)]);
  });

  it('is an exit: a time that is ahead is kept and not believed, the date of receipt counts', () => {
    const gate = openTerminal('GATE');
    const tomorrow = NOON + 86_400_000;
    const { events, asks } = gate.do(purchase(1, { kind: 'FARE', amount: 0, terminalTime: tomorrow }));
    expect(events).to.have.nested.property('[0].opened').that.includes({
      terminalTime: tomorrow,
      businessDate: TODAY,
    });
    expect(asks).to.have.nested.property('[0].asked').that.includes({
      terminalTime: tomorrow,
      businessDate: TODAY,
    });
  });

  describe('is refused in the order of rule 17; the first that fails is the answer', () => {
    const ahead = NOON + MAX_CLOCK_AHEAD_MS + 1;
    const all = { amount: 0, currency: 'USD', terminalTime: ahead };
    const refusals: readonly [
      string,
      Partial<Transact>,
      { role?: TerminalRole; list?: boolean; context?: Partial<TerminalContext> },
    ][] = [
      ['INVALID_AMOUNT', all, { role: 'DEPOSIT', list: false }],
      ['WRONG_CURRENCY', { ...all, amount: 5 }, { role: 'DEPOSIT', list: false }],
      ['NOT_PERMITTED', { terminalTime: ahead }, { role: 'DEPOSIT', list: false }],
      ['LIST_NOT_HELD', { terminalTime: ahead }, { list: false, context: { prohibitedSince: earlier } }],
      ['CARD_PROHIBITED', { terminalTime: ahead }, { context: { prohibitedSince: LIST } }],
      ['CLOCK_AHEAD', { terminalTime: ahead }, { context: { prohibitedSince: later } }],
      ['wait', { terminalTime: ahead - 1, currency: 'JPY' }, {}],
      ['NOT_PERMITTED', { kind: 'DEPOSIT' }, {}],
      ['wait', { kind: 'DEPOSIT' }, { role: 'DEPOSIT', list: false, context: { prohibitedSince: earlier } }],
      ['CLOCK_AHEAD', { kind: 'DEPOSIT', terminalTime: ahead }, { role: 'DEPOSIT', list: false }],
      ['wait', { kind: 'ENQUIRY', amount: 0 }, { list: false, context: { prohibitedSince: earlier } }],
      ['WRONG_CURRENCY', { kind: 'ENQUIRY', amount: 0, currency: 'EUR' }, { list: false }],
    ];
    for (const [outcome, change, { role = 'PURCHASE', list = true, context = {} }] of refusals) {
      it(`${outcome}: ${JSON.stringify(change)} at a ${role.toLowerCase()} terminal`, () => {
        const terminal = openTerminal(role);
        if (!list) terminal.do(hello({ incarnation: 1, nextNumber: 1 }));
        const session = list ? 1 : 2;
        const decision = terminal.do(purchase(1, { session, ...change }), context);
        expect(outcomeOf(decision)).to.equal(outcome);
        const type = outcome === 'wait' ? 'TransactionOpened' : 'TransactionRefused';
        expect(decision.events.map((event) => event.type)).to.deep.equal([type]);
        const { amount } = type === 'TransactionOpened' ? { amount: 0n } : ownRefusals(terminal);
        expect(amount).to.equal(
          outcome === 'INVALID_AMOUNT' || type === 'TransactionOpened' ? 0n : BigInt(change.amount ?? 2_000),
        );
      });
    }

    function ownRefusals(terminal: Terminal) {
      const [row] = terminal.state?.totals ?? [];
      if (row === undefined) throw new Error('nothing was counted');
      expect(row.ownRefusals.count).to.equal(1);
      expect(row.declines.count, 'never reaches the center').to.equal(0);
      return row.ownRefusals;
    }

    it('refuses every amount that is not allowed, also those that no number holds', () => {
      const terminal = openTerminal();
      [0, -5, 1_000_000_000_000, 2n ** 62n, -(2n ** 63n)].forEach((amount, index) => {
        expect(terminal.outcome(purchase(index + 1, { amount }))).to.equal('INVALID_AMOUNT');
      });
    });

    it('answers a refused id with its refusal, also when the reason is gone', () => {
      const terminal = openTerminal();
      terminal.do(purchase(1), { prohibitedSince: LIST });
      expect(terminal.outcome(purchase(1))).to.equal('CARD_PROHIBITED');
    });

    it('rejects, and records nothing, while this process knows less of the list than the terminal', () => {
      const terminal = openTerminal();
      const decision = terminal.do(purchase(1), { knownList: earlier });
      expect(outcomeOf(decision)).to.equal('UNAVAILABLE');
      expect(decision.events).to.deep.equal([]);
      expect(terminal.outcome(purchase(1))).to.equal('wait');
    });

    it('books on the date of the terminal’s time (A19), and on that of receipt when its clock is ahead', () => {
      const terminal = openTerminal();
      const time = Date.parse('2024-02-28T23:59:58+09:00');
      terminal.do(purchase(1, { terminalTime: time }));
      terminal.do(purchase(2, { terminalTime: NOON + 86_400_000 }));
      terminal.do(purchase(3, { terminalTime: undefined }));
      const [incarnation] = terminal.state?.incarnations ?? [];
      const dates = idEntries(incarnation?.entries ?? []).map(({ opened }) => opened?.businessDate);
      expect(dates).to.deep.equal([2024_02_28, TODAY, TODAY]);
    });
  });

  describe('sent again', () => {
    it('A3: waits for the same answer while it is open, and is asked again', () => {
      const terminal = openTerminal();
      terminal.do(purchase(1));
      const decision = terminal.do(purchase(1));
      expect(decision.events).to.deep.equal([]);
      expect(decision.response).to.deep.equal({ kind: 'wait', id: idOf(1) });
      expect(decision.asks).to.have.nested.property('[0].mode', 'EXECUTE');
    });

    it('gets the recorded answer when it is closed, also when the terminal would refuse it now', () => {
      const terminal = openTerminal();
      terminal.do(purchase(1));
      terminal.do(cardSays(idOf(1), approval));
      terminal.do(hello({ incarnation: 1, nextNumber: 2 }));
      const decision = terminal.do(purchase(1, { session: 2 }), { prohibitedSince: LIST });
      expect(decision.response).to.have.nested.property('answered.answer', approval);
    });

    it('is a conflict with another content, and that is recorded nowhere', () => {
      const terminal = openTerminal();
      terminal.do(purchase(1));
      const decision = terminal.do(purchase(1, { amount: 3_000, digest: 1 }));
      expect(outcomeOf(decision)).to.equal('IDEMPOTENCY_CONFLICT');
      expect(decision.events).to.deep.equal([]);
    });

    it('gets REVERSED once it was reversed, and waits while it is', () => {
      const terminal = openTerminal();
      terminal.do(purchase(1));
      terminal.do(cardSays(idOf(1), approval));
      terminal.do(reversal(1));
      expect(terminal.outcome(purchase(1))).to.equal('wait');
      terminal.do(cardSays(idOf(1), bareAnswer('REVERSED', 2_000, NOON), 'REVERSE'));
      expect(terminal.outcome(purchase(1))).to.equal('REVERSED');
    });

    it('asks the card again for an approved enquiry: balance and log are in no record', () => {
      const terminal = openTerminal();
      const enquiry = purchase(1, { kind: 'ENQUIRY', amount: 0 });
      terminal.do(enquiry);
      const shown = { ...approval, amount: 0 };
      terminal.do(cardSays(idOf(1), shown, 'EXECUTE', { kind: 'ENQUIRY' }));
      const again = terminal.do(enquiry);
      expect(again.asks).to.have.nested.property('[0].mode', 'EXECUTE');
      const log = [{ id: idOf(7), reversal: false }] as never;
      const decision = terminal.do(cardSays(idOf(1), shown, 'EXECUTE', { kind: 'ENQUIRY', log }));
      expect(decision.events).to.deep.equal([]);
      expect(decision.releases).to.have.nested.property('[0].answered.log', log);
    });
  });

  describe('and marks (D7)', () => {
    it('forgets below the device’s mark, and rejects what it has forgotten', () => {
      const terminal = openTerminal();
      for (const number of [1, 2, 3]) {
        terminal.do(purchase(number));
        terminal.do(cardSays(idOf(number), approval));
      }
      terminal.do(purchase(4, { mark: 3 }));
      expect(numbersOf(terminal)).to.deep.equal([3, 4]);
      for (const command of [purchase(2), reversal(1)]) {
        expect(terminal.outcome(command)).to.equal('TOO_OLD');
      }
    });

    it('asks a device that never says its mark to say one, before it remembers for ever', () => {
      const terminal = openTerminal();
      for (let number = 1; number <= MAX_REMEMBERED_IDS; number += 1)
        terminal.do(purchase(number, { amount: 0 }));
      const next = MAX_REMEMBERED_IDS + 1;
      expect(terminal.outcome(purchase(next))).to.equal('OUT_OF_WINDOW');
      expect(terminal.outcome(purchase(next, { mark: next }))).to.equal('wait');
    });

    it('has as much room again for reversals of numbers that it never saw (D8), and no more', () => {
      const terminal = openTerminal();
      for (let number = 1; number <= MAX_REMEMBERED_IDS; number += 1)
        terminal.do(purchase(number, { amount: 0 }));
      const most = 2 * MAX_REMEMBERED_IDS;
      for (let number = MAX_REMEMBERED_IDS + 1; number <= most; number += 1) {
        terminal.do(reversal(number));
        terminal.do(cardSays(idOf(number), bareAnswer('REVERSED', 0, NOON), 'REVERSE'));
      }
      const next = most + 1;
      expect(terminal.outcome(reversal(next))).to.equal('OUT_OF_WINDOW');
      expect(terminal.outcome(reversal(1)), 'a number that it knows').to.equal('wait');
      expect(terminal.outcome(reversal(next, { mark: next }))).to.equal('wait');
    });

    it('never forgets an open id, and passes no mark beyond it to its card’s partition', () => {
      const terminal = openTerminal();
      terminal.do(purchase(1), { towards: 0 });
      terminal.do(purchase(2), { towards: 1 });
      const towards0 = terminal.do(purchase(5, { mark: 5 }), { towards: 0 });
      expect(towards0.asks[0]?.asked.mark).to.equal(1);
      const towards2 = terminal.do(purchase(6, { mark: 5 }), { towards: 2 });
      expect(towards2.asks[0]?.asked.mark).to.equal(5);
      expect(numbersOf(terminal)).to.deep.equal([1, 2, 5, 6]);
      terminal.do(cardSays(idOf(1), approval));
      expect(numbersOf(terminal), 'closed below the mark: forgotten at once').to.deep.equal([2, 5, 6]);
    });

    it('takes no mark above the id that it comes with', () => {
      const terminal = openTerminal();
      const { asks } = terminal.do(purchase(2, { mark: 99 }));
      expect(asks[0]?.asked.mark).to.equal(2);
      expect(terminal.outcome(purchase(3))).to.equal('wait');
    });

    it('tells the lowest incarnation that can still ask', () => {
      const terminal = openTerminal();
      terminal.do(purchase(1));
      terminal.do(hello({ list: LIST }));
      const open = terminal.do(purchase(1, { session: 2, id: idOf(1, 2) }));
      expect(open.asks[0]?.asked.oldestIncarnation).to.equal(1);
      terminal.do(cardSays(idOf(1), approval, 'OUTCOME'));
      const done = terminal.do(purchase(2, { session: 2, id: idOf(2, 2) }));
      expect(done.asks[0]?.asked.oldestIncarnation).to.equal(2);
    });
  });

  it('is asked about after a takeover; what the device must repeat stays open', () => {
    const terminal = openTerminal();
    for (const number of [1, 2]) terminal.do(purchase(number));
    terminal.do(reversal(2));
    const asks = resumeTerminal(terminal.state!);
    expect(asks.map(({ mode, asked }) => [mode, asked.id.number])).to.deep.equal([
      ['OUTCOME', 1],
      ['REVERSE', 2],
    ]);
    const unknown = terminal.do(cardSays(idOf(1), bareAnswer('ID_UNKNOWN', 0, NOON), 'OUTCOME'));
    expect(unknown).to.deep.include({ events: [], settles: [idOf(1)] });
    expect(terminal.outcome(purchase(1))).to.equal('wait');
  });

  it('tells the outcome of its ids: pending, reversing, recorded, never seen', () => {
    const terminal = openTerminal();
    const query = (number: number) =>
      terminal.outcome({ type: 'QueryOutcome', id: idOf(number), session: 1 });
    terminal.do(purchase(1));
    expect(query(1)).to.equal('PENDING');
    terminal.do(cardSays(idOf(1), approval));
    expect(query(1)).to.equal('APPROVED');
    terminal.do(reversal(1));
    expect(query(1)).to.equal('REVERSING');
    terminal.do(cardSays(idOf(1), bareAnswer('REVERSED', 2_000, NOON), 'REVERSE'));
    expect(query(1)).to.equal('REVERSED');
    expect(query(2)).to.equal('ID_UNKNOWN');
    terminal.do(purchase(3, { mark: 3 }));
    expect(query(2)).to.equal('TOO_OLD');
  });
});
