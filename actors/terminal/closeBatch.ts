/**
 * Closing a batch (rule 10, D15): the next one opens at once; when every transaction of the closed one is final, after
 * some patience by reversal, each partition is asked what the center compiled, and the three columns are stored.
 */
import { BATCH_PATIENCE_MS } from '../bounds.js';
import { type BatchTotals, sumOfBatch } from '../money/totals.js';
import { askReversal } from './ask.js';
import {
  type BatchEvent,
  type ClosedBatch,
  evolveBatches,
  isSettled,
  type OpenEntry,
  openEntriesOf,
  type ReportedTransaction,
} from './batch.js';
import {
  NO_DECISION,
  rejected,
  type TerminalAsk,
  type TerminalContext,
  type TerminalDecision,
} from './decision.js';
import { openReversal } from './reversal.js';
import { superseded } from './session.js';
import { subjectOf, type TerminalEvent, type TerminalState } from './terminal.js';

export interface CloseBatch {
  readonly type: 'CloseBatch';
  readonly terminal: string;
  /** 0: by an operator. */
  readonly session: number;
  /** 0: the open one. */
  readonly batch: number;
  readonly totals: BatchTotals | undefined;
  readonly transactions: readonly ReportedTransaction[];
  /** There is more to report before it is closed. */
  readonly more: boolean;
}

/** A partition has told what the center compiled there. */
export interface BatchCompiled {
  readonly type: 'BatchCompiled';
  readonly terminal: string;
  readonly batch: number;
  readonly partition: number;
  readonly totals: BatchTotals | undefined;
}

/** Asked of each partition, until it has told. */
export interface CompileAsk {
  readonly terminal: string;
  readonly batch: number;
  readonly partition: number;
}

/** Its natural key is terminal and batch: asked again, it is answered as done. */
export function closeBatch(
  state: TerminalState,
  command: CloseBatch,
  { now }: TerminalContext,
): TerminalDecision {
  const { terminal, session, transactions, more, totals } = command;
  if (session !== 0 && session !== state.session) return superseded(state, session);
  const batch = command.batch === 0 ? state.batch : command.batch;
  if (batch > state.batch) return rejected('OUT_OF_WINDOW', `batch ${batch} is not open: ${state.batch} is`);
  if (batch < state.batch) return batchClosed(state, batch, []);
  const events: TerminalEvent[] = [];
  if (transactions.length > 0) events.push({ type: 'BatchReported', terminal, batch, transactions });
  if (!more) events.push({ type: 'BatchClosing', terminal, batch, device: totals, time: now });
  return batchClosed(state, batch, events);
}

function batchClosed(
  state: TerminalState,
  batch: number,
  events: readonly TerminalEvent[],
): TerminalDecision {
  const closes = events.some(({ type }) => type === 'BatchClosing');
  const openBatch = closes ? batch + 1 : state.batch;
  const { terminal } = state;
  return { ...NO_DECISION, events, response: { kind: 'batchClosed', terminal, batch, openBatch } };
}

/** Whether a closed batch can go on by itself now. */
export function batchIsDue(state: TerminalState, context: Pick<TerminalContext, 'elapsedSince'>): boolean {
  return state.closedBatches.some((each) => {
    if (each.final) return false;
    const open = openEntriesOf(state, each.batch);
    return open.length === 0 || (isImpatient(each, context) && open.some(isUnreversed));
  });
}

function isImpatient({ time }: ClosedBatch, context: Pick<TerminalContext, 'elapsedSince'>): boolean {
  return context.elapsedSince(time) >= BATCH_PATIENCE_MS;
}

/** A source's ids are finished by playing it again; nobody gives them up (D6). */
function isUnreversed({ incarnation, entry }: OpenEntry): boolean {
  return entry.reversal === undefined && incarnation.source === '';
}

/** By the clock: what is final is compiled, what is open for too long is reversed. */
export function wakeBatches(state: TerminalState, context: TerminalContext): TerminalDecision {
  const events: TerminalEvent[] = [];
  const asks: TerminalAsk[] = [];
  const compiles: CompileAsk[] = [];
  for (const closed of state.closedBatches) {
    if (closed.final) continue;
    const open = openEntriesOf(state, closed.batch);
    if (open.length === 0) {
      const { terminal } = state;
      const { partitions } = context;
      events.push({ type: 'BatchFinal', terminal, batch: closed.batch, partitions });
      compiles.push(...compileAsks(terminal, closed.batch, partitions));
    } else if (isImpatient(closed, context)) {
      for (const each of open.filter(isUnreversed)) giveUp(state, each, context, events, asks);
    }
  }
  return { ...NO_DECISION, events, asks, compiles };
}

function compileAsks(terminal: string, batch: number, partitions: number): readonly CompileAsk[] {
  return Array.from({ length: partitions }, (_, partition) => ({ terminal, batch, partition }));
}

function giveUp(
  state: TerminalState,
  { incarnation, entry }: OpenEntry,
  context: TerminalContext,
  events: TerminalEvent[],
  asks: TerminalAsk[],
): void {
  const { id, card, towards } = subjectOf(entry);
  const reversal = openReversal(state, id, card, towards, 0, undefined, context);
  events.push({ type: 'ReversalOpened', reversal });
  asks.push(askReversal(state, incarnation, entry.opened, reversal));
}

export function batchCompiled(
  state: TerminalState,
  command: BatchCompiled,
  { now }: TerminalContext,
): TerminalDecision {
  const { terminal, batch, partition, totals } = command;
  const ended = { ...NO_DECISION, compiled: [{ terminal, batch, partition }] };
  const closed = state.closedBatches.find((each) => each.batch === batch);
  if (closed?.compiling.includes(partition) !== true) return ended;
  const event: BatchEvent = { type: 'BatchCompiled', terminal, batch, partition, totals };
  const after = evolveBatches(state, event).closedBatches.find((each) => each.batch === batch);
  if (after === undefined || after.compiling.length > 0) return { ...ended, events: [event] };
  const { device, center } = after;
  const own = sumOfBatch(state.totals, batch);
  const settled: BatchEvent = { type: 'BatchSettled', terminal, batch, time: now, device, own, center };
  return { ...ended, events: [event, settled] };
}

/** After a takeover: every partition that has not told is asked again (D12). */
export function resumeBatches(state: TerminalState): readonly CompileAsk[] {
  const { terminal, closedBatches } = state;
  return closedBatches
    .filter((each) => each.final && !isSettled(each))
    .flatMap(({ batch, compiling }) => compiling.map((partition) => ({ terminal, batch, partition })));
}
