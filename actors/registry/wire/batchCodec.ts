/** Batches of a terminal on the wire: events, state, what a device reports and what partitions tell. */
import { v1 } from '../../../proto/generated/emoney.js';
import { MAX_REPORTED } from '../../bounds.js';
import { type BatchTotals, sumOfBatch } from '../../money/totals.js';
import {
  type BatchEvent,
  type ClosedBatch,
  openEntriesOf,
  type ReportedTransaction,
} from '../../terminal/batch.js';
import type { BatchCompiled, CloseBatch, CompileAsk } from '../../terminal/closeBatch.js';
import { subjectOf, type TerminalState } from '../../terminal/terminal.js';
import { encodeMessage } from '../../../proto/message.js';
import { guarded } from './guarded.js';
import {
  fromUint32,
  fromUnsigned,
  GuardError,
  listOf,
  noUnknowns,
  optional,
  toCount,
  toId,
  toPositive,
  toTime,
} from './guards.js';
import { caseOf, oneofDecoder } from './protobuf.js';
import { decodeTotals, encodeTotals } from './totalsCodec.js';
import { kinds } from './vocabulary.js';

type Maybe<Message> = Message | null | undefined;

function encodeSum(totals: BatchTotals | undefined): v1.BatchTotals.$Properties | null {
  return totals === undefined ? null : encodeTotals(totals);
}

function decodeSum(wire: Maybe<v1.BatchTotals.$Properties>): BatchTotals | undefined {
  return wire === null || wire === undefined ? undefined : decodeTotals(wire);
}

export function encodeBatchEvent(event: BatchEvent): v1.Event.$Properties {
  const { terminal } = event;
  const batch = fromUint32(event.batch, 'batch');
  switch (event.type) {
    case 'BatchReported':
      return { batchReported: { terminal, batch, transactions: event.transactions.map(encodeReported) } };
    case 'BatchClosing': {
      const timeMs = fromUnsigned(event.time, 'time_ms');
      return { batchClosing: { terminal, batch, device: encodeSum(event.device), timeMs } };
    }
    case 'BatchFinal':
      return { batchFinal: { terminal, batch, partitions: event.partitions } };
    case 'BatchCompiled': {
      const { partition, totals } = event;
      return { batchCompiled: { terminal, batch, partition, totals: encodeSum(totals) } };
    }
    case 'BatchSettled': {
      const { device, own, center } = event;
      const columns = { device: encodeSum(device), own: encodeSum(own), center: encodeSum(center) };
      return { batchSettled: { terminal, batch, timeMs: fromUnsigned(event.time, 'time_ms'), ...columns } };
    }
  }
}

export const batchEventCases = {
  batchReported: caseOf(v1.BatchReported, ({ terminal, batch, transactions }): BatchEvent => {
    return { type: 'BatchReported', ...nameOf(terminal, batch), transactions: decodeReports(transactions) };
  }),
  batchClosing: caseOf(v1.BatchClosing, ({ terminal, batch, device, timeMs }): BatchEvent => {
    const time = toTime(timeMs, 'time_ms');
    return { type: 'BatchClosing', ...nameOf(terminal, batch), device: decodeSum(device), time };
  }),
  batchFinal: caseOf(v1.BatchFinal, ({ terminal, batch, partitions }): BatchEvent => {
    return {
      type: 'BatchFinal',
      ...nameOf(terminal, batch),
      partitions: toPositive(partitions, 'partitions'),
    };
  }),
  batchCompiled: caseOf(v1.BatchCompiled, ({ terminal, batch, partition, totals }): BatchEvent => {
    return { type: 'BatchCompiled', ...nameOf(terminal, batch), partition, totals: decodeSum(totals) };
  }),
  batchSettled: caseOf(v1.BatchSettled, (wire): BatchEvent => {
    return {
      type: 'BatchSettled',
      ...nameOf(wire.terminal, wire.batch),
      time: toTime(wire.timeMs, 'time_ms'),
      device: decodeSum(wire.device),
      own: decodeSum(wire.own),
      center: decodeSum(wire.center),
    };
  }),
};

function nameOf(terminal: string, batch: number): { readonly terminal: string; readonly batch: number } {
  return { terminal: toId(terminal, 'terminal'), batch: toPositive(batch, 'batch') };
}

function encodeReported(reported: ReportedTransaction): v1.ReportedTransaction.$Properties {
  return {
    incarnation: fromUint32(reported.incarnation, 'incarnation'),
    number: fromUnsigned(reported.number, 'number'),
    kind: kinds.toWire(reported.kind),
    reversal: reported.reversal,
    amount: fromUnsigned(reported.amount, 'amount'),
  };
}

function decodeReports(
  transactions: Maybe<readonly v1.ReportedTransaction.$Properties[]>,
): readonly ReportedTransaction[] {
  if ((transactions?.length ?? 0) > MAX_REPORTED) {
    throw new GuardError('transactions', `has more than ${MAX_REPORTED}: report in several messages`);
  }
  return listOf(transactions, (wire) => {
    noUnknowns(wire, 'transactions');
    return {
      incarnation: toPositive(wire.incarnation, 'transactions.incarnation'),
      number: toPositive(wire.number, 'transactions.number'),
      kind: kinds.fromWire(wire.kind, 'transactions.kind'),
      reversal: wire.reversal === true,
      amount: toCount(wire.amount, 'transactions.amount'),
    };
  });
}

export function decodeCloseBatch(wire: v1.CloseBatch.$Properties): CloseBatch {
  const { terminal, session, batch, totals, transactions, more } = wire;
  // The device need not say again which batch it reports of, nor its date: both are absent or 0.
  const date = totals?.businessDate ?? 0;
  const reported = totals
    ? { ...totals, businessDate: date === 0 ? 1970_01_01 : date, batch: batch === 0 ? 1 : (batch ?? 1) }
    : undefined;
  return {
    type: 'CloseBatch',
    terminal: toId(terminal, 'terminal'),
    session: toCount(session, 'session'),
    batch: batch ?? 0,
    totals: decodeSum(reported),
    transactions: decodeReports(transactions),
    more: more === true,
  };
}

export function encodeClosedBatches(closed: readonly ClosedBatch[]): v1.ClosedBatch.$Properties[] {
  return closed.map((each) => ({
    batch: fromUint32(each.batch, 'batch'),
    timeMs: fromUnsigned(each.time, 'time_ms'),
    device: encodeSum(each.device),
    final: each.final,
    compiling: [...each.compiling],
    center: encodeSum(each.center),
    settledTimeMs: each.settledTime === undefined ? null : fromUnsigned(each.settledTime, 'settled_time_ms'),
  }));
}

export function decodeClosedBatch(wire: v1.ClosedBatch.$Properties): ClosedBatch {
  noUnknowns(wire, 'closed_batches');
  return {
    batch: toPositive(wire.batch, 'closed_batches.batch'),
    time: toTime(wire.timeMs, 'closed_batches.time_ms'),
    device: decodeSum(wire.device),
    final: wire.final === true,
    compiling: wire.compiling ?? [],
    center: decodeSum(wire.center),
    settledTime: optional(wire.settledTimeMs, 'closed_batches.settled_time_ms', toTime),
  };
}

/** As operators see them: what is settled, and what the others wait for. */
export function encodeSettlements(state: TerminalState): v1.BatchSettlement.$Properties[] {
  return state.closedBatches.map((each) => {
    const open = openEntriesOf(state, each.batch).map(({ entry }) => subjectOf(entry).towards);
    return {
      batch: fromUint32(each.batch, 'batch'),
      closedTimeMs: fromUnsigned(each.time, 'closed_time_ms'),
      openIds: fromUint32(open.length, 'open_ids'),
      awaited: [...new Set(open)].sort((one, other) => one - other),
      compiling: [...each.compiling],
      settledTimeMs:
        each.settledTime === undefined ? null : fromUnsigned(each.settledTime, 'settled_time_ms'),
      device: encodeSum(each.device),
      terminal: encodeSum(sumOfBatch(state.totals, each.batch)),
      center: encodeSum(each.center),
    };
  });
}

export function encodeCompile(ask: CompileAsk): Uint8Array {
  return encodeMessage(v1.Command, { compileBatch: ask });
}

export function encodeCompiled(totals: BatchTotals | undefined): Uint8Array {
  return encodeMessage(v1.CommandReply, { compiled: { totals: encodeSum(totals) } });
}

const decodeReply = oneofDecoder(v1.CommandReply, {
  compiled: caseOf(v1.Compiled, ({ totals }) => ({ totals: decodeSum(totals) })),
});

/** A partition's answer. Throws MalformedError. */
export function decodeCompiled({ terminal, batch, partition }: CompileAsk, bytes: Uint8Array): BatchCompiled {
  return guarded('compiled batch', () => ({
    type: 'BatchCompiled',
    terminal,
    batch,
    partition,
    ...decodeReply(bytes),
  }));
}

export function encodeBatchClosed(terminal: string, batch: number, openBatch: number): Uint8Array {
  return encodeMessage(v1.CommandReply, { batchClosed: { terminal, batch, openBatch } });
}
