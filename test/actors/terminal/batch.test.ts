import { expect } from 'chai';
import { BATCH_PATIENCE_MS, KEPT_SETTLEMENTS } from '../../../actors/bounds.js';
import { bareAnswer } from '../../../actors/money/answer.js';
import { countApproved, type BatchTotals } from '../../../actors/money/totals.js';
import { type CloseBatch, resumeBatches } from '../../../actors/terminal/closeBatch.js';
import type { TerminalContext, TerminalDecision } from '../../../actors/terminal/decision.js';
import { idOf, NOON, partsOf, TODAY } from '../money/samples.js';
import {
  approval,
  cardSays,
  openTerminal,
  purchase,
  reversal,
  reversedAnswer,
  type Terminal,
} from './terminals.js';

function close(change: Partial<CloseBatch> = {}): CloseBatch {
  return {
    type: 'CloseBatch',
    terminal: 'T1',
    session: 1,
    batch: 0,
    totals: undefined,
    transactions: [],
    more: false,
    ...change,
  };
}

/** 2,000 as 1,200 and 800, as the center has it. */
function compiled(batch = 1): BatchTotals {
  const parts = partsOf({ value: 1_200, loan: 800 });
  return countApproved([], { batch, businessDate: TODAY }, 'PURCHASE', parts)[0]!;
}

function wake(terminal: Terminal, elapsed = 0): TerminalDecision {
  const context: Partial<TerminalContext> = { partitions: 2, elapsedSince: () => elapsed };
  return terminal.do({ type: 'WakeTerminal', terminal: 'T1' }, context);
}

function tell(terminal: Terminal, partition: number, totals: BatchTotals | undefined): TerminalDecision {
  return terminal.do({ type: 'BatchCompiled', terminal: 'T1', batch: 1, partition, totals });
}

function typesOf({ events }: TerminalDecision): readonly string[] {
  return events.map(({ type }) => type);
}

/** Batches that are final from now on. */
function finalIn({ events }: TerminalDecision): readonly number[] {
  return events.flatMap((event) => (event.type === 'BatchFinal' ? [event.batch] : []));
}

/** With one approved purchase of 2,000. */
function sold(): Terminal {
  const terminal = openTerminal();
  terminal.do(purchase(1));
  terminal.do(cardSays(idOf(1), approval));
  return terminal;
}

describe('a terminal closes its batch (rule 10, D15)', () => {
  it('the next one opens at once: what is sold then belongs there', () => {
    const terminal = sold();
    const decision = terminal.do(close({ totals: compiled() }));
    expect(decision.events).to.deep.equal([
      { type: 'BatchClosing', terminal: 'T1', batch: 1, device: compiled(), time: NOON },
    ]);
    expect(decision.response).to.deep.equal({
      kind: 'batchClosed',
      terminal: 'T1',
      batch: 1,
      openBatch: 2,
    });
    expect(terminal.do(purchase(2)).asks[0]?.asked.batch).to.equal(2);
  });

  it('once: asked again by its number it is answered as done, and no number is skipped', () => {
    const terminal = sold();
    terminal.do(close({ batch: 1 }));
    expect(terminal.do(close({ batch: 1 }))).to.deep.include({
      events: [],
      response: { kind: 'batchClosed', terminal: 'T1', batch: 1, openBatch: 2 },
    });
    expect(terminal.outcome(close({ batch: 3 }))).to.equal('OUT_OF_WINDOW');
    expect(terminal.outcome(close({ batch: 2, session: 9 })), 'another session').to.equal('SUPERSEDED');
    expect(typesOf(terminal.do(close({ session: 0 }))), 'an operator').to.deep.equal(['BatchClosing']);
  });

  it('after the device has reported all that it holds, in several messages', () => {
    const terminal = sold();
    const transactions = [
      { incarnation: 1, number: 1, kind: 'PURCHASE' as const, reversal: false, amount: 2_000 },
    ];
    expect(typesOf(terminal.do(close({ transactions, more: true })))).to.deep.equal(['BatchReported']);
    expect(terminal.state?.batch).to.equal(1);
    expect(typesOf(terminal.do(close({ transactions })))).to.deep.equal(['BatchReported', 'BatchClosing']);
  });

  it('is final when every transaction of it is, and then asks every partition', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    terminal.do(close());
    expect(wake(terminal).events, 'one is open').to.deep.equal([]);
    terminal.do(cardSays(idOf(1), approval));
    const final = wake(terminal);
    expect(final.events).to.deep.equal([{ type: 'BatchFinal', terminal: 'T1', batch: 1, partitions: 2 }]);
    expect(final.compiles).to.deep.equal([
      { terminal: 'T1', batch: 1, partition: 0 },
      { terminal: 'T1', batch: 1, partition: 1 },
    ]);
    expect(wake(terminal).events, 'once').to.deep.equal([]);
  });

  it('waits for one that is of an older batch and is reversed in this one', () => {
    const terminal = sold();
    terminal.do(close());
    wake(terminal);
    terminal.do(reversal(1));
    terminal.do(close());
    expect(wake(terminal).events).to.deep.equal([]);
    terminal.do(cardSays(idOf(1), reversedAnswer(2_000, 'APPROVED'), 'REVERSE'));
    expect(wake(terminal).events).to.deep.include({
      type: 'BatchFinal',
      terminal: 'T1',
      batch: 2,
      partitions: 2,
    });
  });

  it('after 30 s it reverses what is open, in the batch that is open then', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    terminal.do(close());
    expect(wake(terminal, BATCH_PATIENCE_MS - 1).events).to.deep.equal([]);
    const gaveUp = wake(terminal, BATCH_PATIENCE_MS);
    expect(typesOf(gaveUp)).to.deep.equal(['ReversalOpened']);
    expect(gaveUp.asks[0]).to.deep.include({ mode: 'REVERSE' });
    expect(gaveUp.asks[0]?.asked).to.include({ batch: 2, amount: 2_000 });
    expect(wake(terminal, BATCH_PATIENCE_MS).events, 'once').to.deep.equal([]);
    terminal.do(cardSays(idOf(1), reversedAnswer(0, undefined), 'REVERSE'));
    expect(typesOf(wake(terminal, BATCH_PATIENCE_MS))).to.deep.equal(['BatchFinal']);
  });

  it('ends what a silent device left open, though the card has never seen it and nobody asks any more', () => {
    // given: after a takeover the card was asked, and did not know it
    const terminal = openTerminal();
    terminal.do(purchase(1));
    const unknown = terminal.do(cardSays(idOf(1), bareAnswer('ID_UNKNOWN', 0, NOON), 'OUTCOME'));
    expect(unknown).to.deep.include({ events: [], asks: [], settles: [idOf(1)] });
    // when an operator closes its batch, and another one after it
    terminal.do(close({ session: 0 }));
    terminal.do(close({ session: 0 }));
    const gaveUp = wake(terminal, BATCH_PATIENCE_MS);
    // then the first waits for the reversal, and so does the one in which it is booked
    expect(gaveUp.asks.map(({ mode, asked }) => [mode, asked.batch])).to.deep.equal([['REVERSE', 3]]);
    expect(finalIn(gaveUp), 'nothing of the second is open').to.deep.equal([2]);
    expect(finalIn(wake(terminal, BATCH_PATIENCE_MS))).to.deep.equal([]);
    terminal.do(cardSays(idOf(1), reversedAnswer(0, undefined), 'REVERSE'));
    expect(finalIn(wake(terminal))).to.deep.equal([1]);
  });

  it('is settled when every partition has told, with three columns', () => {
    const terminal = sold();
    terminal.do(close({ totals: compiled() }));
    wake(terminal);
    expect(typesOf(tell(terminal, 1, undefined))).to.deep.equal(['BatchCompiled']);
    expect(resumeBatches(terminal.state!)).to.deep.equal([{ terminal: 'T1', batch: 1, partition: 0 }]);
    const settled = tell(terminal, 0, compiled());
    expect(settled.events[1]).to.deep.equal({
      type: 'BatchSettled',
      terminal: 'T1',
      batch: 1,
      time: NOON,
      device: compiled(),
      own: compiled(),
      center: compiled(),
    });
    expect(settled.compiled).to.deep.equal([{ terminal: 'T1', batch: 1, partition: 0 }]);
    expect(resumeBatches(terminal.state!)).to.deep.equal([]);
    expect(tell(terminal, 0, compiled()).events, 'told again').to.deep.equal([]);
  });

  it('adds up what the partitions tell', () => {
    const terminal = sold();
    terminal.do(close());
    wake(terminal);
    tell(terminal, 0, compiled());
    tell(terminal, 1, compiled());
    expect(terminal.state?.closedBatches[0]?.center?.purchases).to.deep.include({ count: 2, amount: 4_000n });
  });

  it('keeps its newest settlements', () => {
    const terminal = openTerminal();
    for (let batch = 1; batch <= KEPT_SETTLEMENTS + 2; batch += 1) {
      terminal.do(close());
      wake(terminal);
      for (const partition of [0, 1]) {
        terminal.do({ type: 'BatchCompiled', terminal: 'T1', batch, partition, totals: undefined });
      }
    }
    const kept = terminal.state?.closedBatches.map(({ batch }) => batch);
    expect(kept).to.have.length(KEPT_SETTLEMENTS);
    expect(kept?.at(-1)).to.equal(KEPT_SETTLEMENTS + 2);
  });

  it('what the card has approved and the terminal never learned is counted as it was, though it was given back', () => {
    const terminal = openTerminal();
    terminal.do(purchase(1));
    terminal.do(reversal(1));
    const given = { ...reversedAnswer(500, 'APPROVED'), parts: partsOf({ loan: 500, excess: 100 }) };
    const originalParts = partsOf({ value: 1_200, loan: 800 });
    terminal.do(cardSays(idOf(1), { ...given, originalParts }, 'REVERSE'));
    const [row] = terminal.state!.totals;
    expect(row?.purchases).to.deep.equal(compiled().purchases);
    expect(row?.purchaseReversals).to.deep.include({ count: 1, amount: 500n });
    expect(row?.purchaseReversals.parts).to.deep.include({ loan: 500n, excess: 100n, value: 0n });
  });
});
