import { expect } from 'chai';
import {
  MAX_OPEN_IDS,
  MAX_REVERSAL_AGE_MS,
  MAX_REVERSING_IDS,
  REVERSAL_PATIENCE_MS,
} from '../../../actors/bounds.js';
import { bareAnswer } from '../../../actors/money/answer.js';
import { idOf, NOON } from '../money/samples.js';
import {
  approval,
  cardSays,
  openTerminal,
  outcomeOf,
  purchase,
  reversal,
  reversedAnswer,
  type Terminal,
} from './terminals.js';

function row(terminal: Terminal) {
  const [totals] = terminal.state?.totals ?? [];
  if (totals === undefined) throw new Error('nothing was counted');
  return totals;
}

describe('a reversal at its terminal (D9)', () => {
  it('A15: of an id never seen goes to the card all the same, and the late purchase waits for it', () => {
    const terminal = openTerminal();
    const decision = terminal.do(reversal(1));
    expect(decision.events[0]?.type).to.equal('ReversalOpened');
    expect(decision.asks[0]).to.deep.include({ mode: 'REVERSE', towards: 3 });
    expect(decision.asks[0]?.asked).to.deep.include({ kind: undefined, amount: 0, digest: 0 });
    expect(terminal.outcome(purchase(1)), 'the first message arrives late').to.equal('wait');
    terminal.do(cardSays(idOf(1), reversedAnswer(0, undefined), 'REVERSE'));
    expect(terminal.outcome(purchase(1))).to.equal('REVERSED');
    expect(terminal.state?.totals).to.deep.equal([]);
  });

  it('of an open id takes the place of the payment, whose approval no longer counts', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    expect(terminal.do(reversal(1)).asks[0]).to.deep.include({ mode: 'REVERSE' });
    expect(terminal.do(cardSays(idOf(1), approval))).to.deep.include({
      events: [],
      releases: [],
      settles: [],
    });
    const done = terminal.do(cardSays(idOf(1), reversedAnswer(2_000, 'APPROVED'), 'REVERSE'));
    expect(done.events[0]?.type).to.equal('ReversalClosed');
    expect(done.settles).to.deep.equal([idOf(1)]);
  });

  it('of an open id that the card had approved counts the payment and its undoing, as the center does (I8)', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    terminal.do(reversal(1));
    terminal.do(cardSays(idOf(1), reversedAnswer(2_000, 'APPROVED'), 'REVERSE'));
    expect(row(terminal).purchases).to.deep.include({ count: 1, amount: 2_000n });
    expect(row(terminal).purchases.parts).to.deep.include({ value: 1_200n, loan: 800n });
    expect(row(terminal).purchaseReversals).to.deep.include({ count: 1, amount: 2_000n });
  });

  it('of an open id that the card had refused counts the refusal', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    terminal.do(reversal(1));
    terminal.do(cardSays(idOf(1), reversedAnswer(0, 'CREDIT_LIMIT'), 'REVERSE'));
    expect(row(terminal).declines).to.deep.include({ count: 1, amount: 2_000n });
    expect(row(terminal).purchaseReversals.count).to.equal(0);
  });

  it('of an approved id counts the undoing alone: the payment was counted', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    terminal.do(cardSays(idOf(1), approval));
    terminal.do(reversal(1));
    terminal.do(cardSays(idOf(1), reversedAnswer(2_000, 'APPROVED'), 'REVERSE'));
    expect(row(terminal).purchases.count).to.equal(1);
    expect(row(terminal).purchaseReversals.count).to.equal(1);
  });

  it('of what was approved for 0 is counted too', () => {
    const gate = openTerminal('GATE');
    gate.do(purchase(1, { kind: 'FARE', amount: 0 }));
    gate.do(reversal(1));
    gate.do(cardSays(idOf(1), reversedAnswer(0, 'APPROVED'), 'REVERSE'));
    expect(row(gate).fares).to.deep.include({ count: 1, amount: 0n });
    expect(row(gate).fareReversals).to.deep.include({ count: 1, amount: 0n });
  });

  it('of a refused id goes to the card too, and its status is REVERSED from then on (D6)', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1, { amount: 0 }));
    terminal.do(purchase(2));
    terminal.do(cardSays(idOf(2), bareAnswer('CREDIT_LIMIT', 2_000, NOON)));
    const { declines, ownRefusals } = row(terminal);
    for (const [number, original] of [
      [1, undefined],
      [2, 'CREDIT_LIMIT'],
    ] as const) {
      const decision = terminal.do(reversal(number));
      expect(decision.events[0]?.type).to.equal('ReversalOpened');
      expect(decision.asks[0]).to.deep.include({ mode: 'REVERSE' });
      terminal.do(cardSays(idOf(number), reversedAnswer(0, original), 'REVERSE'));
      expect(terminal.outcome(reversal(number))).to.equal('REVERSED');
      expect(terminal.outcome(purchase(number))).to.equal('REVERSED');
    }
    expect(row(terminal), 'counted once').to.deep.include({ declines, ownRefusals });
  });

  it('that takes long is parked: REVERSING is final for the device, and the actor pursues it (D7)', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    terminal.do(reversal(1));
    const elapsed = (ms: number) => ({ elapsedSince: () => ms });
    expect(terminal.outcome(reversal(1), elapsed(REVERSAL_PATIENCE_MS))).to.equal('wait');
    for (const command of [reversal(1), purchase(1)]) {
      const decision = terminal.do(command, elapsed(REVERSAL_PATIENCE_MS + 1));
      expect(outcomeOf(decision)).to.equal('REVERSING');
      expect(decision).to.deep.include({ events: [], settles: [] });
    }
    const next = terminal.do(purchase(2, { mark: 2 }));
    expect(next.asks[0]?.asked.mark, 'the card must not forget what is to be reversed').to.equal(1);
    const done = terminal.do(cardSays(idOf(1), reversedAnswer(2_000, 'APPROVED'), 'REVERSE'));
    expect(done.events[0]?.type).to.equal('ReversalClosed');
  });

  it('leaves the window to others: what is being reversed does not count as open (D7)', () => {
    const terminal = openTerminal();
    for (let number = 1; number <= MAX_OPEN_IDS; number += 1) terminal.do(purchase(number));
    const next = MAX_OPEN_IDS + 1;
    expect(terminal.outcome(purchase(next, { card: 'C2' }), { towards: 1 })).to.equal('OUT_OF_WINDOW');
    for (let number = 1; number <= MAX_OPEN_IDS; number += 1) terminal.do(reversal(number));
    for (let number = next; number < next + MAX_OPEN_IDS; number += 1)
      expect(terminal.outcome(purchase(number, { card: 'C2' }), { towards: 1 })).to.equal('wait');
    expect(terminal.outcome(purchase(next + MAX_OPEN_IDS))).to.equal('OUT_OF_WINDOW');
  });

  it('of what is open is always taken; of others up to a bound, at which nothing more is opened', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    for (let number = 2; number <= MAX_REVERSING_IDS + 1; number += 1)
      expect(terminal.outcome(reversal(number))).to.equal('wait');
    const next = MAX_REVERSING_IDS + 2;
    expect(terminal.outcome(reversal(next))).to.equal('OUT_OF_WINDOW');
    expect(terminal.outcome(purchase(next))).to.equal('OUT_OF_WINDOW');
    expect(terminal.outcome(reversal(1))).to.equal('wait');
  });

  it('may be repeated as often as the device likes', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    terminal.do(reversal(1));
    expect(terminal.do(reversal(1))).to.deep.include({ events: [], response: { kind: 'wait', id: idOf(1) } });
    terminal.do(cardSays(idOf(1), reversedAnswer(2_000, 'APPROVED'), 'REVERSE'));
    const again = terminal.do(reversal(1));
    expect(again.response).to.have.nested.property('answered.answer.amount', 2_000);
    const late = terminal.do(cardSays(idOf(1), reversedAnswer(2_000, 'APPROVED'), 'REVERSE'));
    expect(late.events).to.deep.equal([]);
  });

  it('of another card than the recorded one is a conflict', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    expect(terminal.outcome(reversal(1, { card: 'C2' }))).to.equal('IDEMPOTENCY_CONFLICT');
    terminal.do(reversal(2));
    expect(terminal.outcome(purchase(2, { card: 'C2' }))).to.equal('IDEMPOTENCY_CONFLICT');
  });

  it('is ended by nothing but a confirmed reversal', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    terminal.do(reversal(1));
    for (const outcome of ['IDEMPOTENCY_CONFLICT', 'ID_UNKNOWN', 'APPROVED'] as const) {
      const decision = terminal.do(cardSays(idOf(1), bareAnswer(outcome, 0, NOON), 'REVERSE'));
      expect(decision).to.deep.include({ events: [], settles: [] });
    }
  });

  it('of a deposit, in all its parts, keeps what became loan apart', () => {
    const terminal = openTerminal('DEPOSIT');
    terminal.do(purchase(1, { kind: 'DEPOSIT' }));
    terminal.do(reversal(1));
    const answer = reversedAnswer(2_000, 'APPROVED');
    const taken = { ...answer, parts: { ...answer.parts, restoredLoan: 100 } };
    terminal.do(cardSays(idOf(1), taken, 'REVERSE'));
    expect(row(terminal).deposits.parts).to.deep.include({ restoredLoan: 0n });
    expect(row(terminal).depositReversals.parts).to.deep.include({ restoredLoan: 100n });
  });

  describe('as late as half a year after the answer', () => {
    const later = (ms: number) => ({ now: NOON + ms, elapsedSince: (time: number) => NOON + ms - time });

    it('and no later: what was given back is not remembered for ever', () => {
      const terminal = openTerminal();
      terminal.do(purchase(1));
      terminal.do(cardSays(idOf(1), approval));
      expect(terminal.outcome(reversal(1), later(MAX_REVERSAL_AGE_MS + 1))).to.equal('TOO_OLD');
      expect(terminal.outcome(reversal(1), later(MAX_REVERSAL_AGE_MS))).to.equal('wait');
      expect(terminal.outcome(reversal(1), later(2 * MAX_REVERSAL_AGE_MS)), 'it was opened in time').to.equal(
        'REVERSING',
      );
    });

    it('without end where nothing was answered, and where it was never seen', () => {
      const terminal = openTerminal();
      terminal.do(purchase(1));
      expect(terminal.outcome(reversal(1), later(2 * MAX_REVERSAL_AGE_MS))).to.equal('wait');
      expect(terminal.outcome(reversal(2), later(2 * MAX_REVERSAL_AGE_MS))).to.equal('wait');
    });
  });
});
