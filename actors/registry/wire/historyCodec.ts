/** Questions to a partition's history and their answers, and the original that a refund names (history.proto). */
import { decodeMessage, encodeMessage } from '../../../proto/message.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { DAY_TOTALS_PAGE, HISTORY_PAGE, LOANS_PAGE, MAX_FOUND } from '../../bounds.js';
import type { BatchLine, BatchQuery, OpenedQuery } from '../../history/batch.js';
import type { AsOf } from '../../history/history.js';
import type { MattersQuery } from '../../history/matters.js';
import type { Page, PageQuery } from '../../history/page.js';
import type { Query } from '../../history/query.js';
import type { Entry } from '../../history/reading.js';
import type { Found } from '../../history/search.js';
import { parseIdBeginning } from '../../money/idText.js';
import type { TransactionId } from '../../money/ids.js';
import type { Original } from '../../money/original.js';
import { amountOf } from '../../money/parts.js';
import { guarded } from './guarded.js';
import {
  fromUint32,
  fromUnsigned,
  GuardError,
  noUnknowns,
  optional,
  toCount,
  toDate,
  toId,
  toPositive,
  toTime,
} from './guards.js';
import { decodeAsked, decodeId, decodeParts, encodeId, encodeParts } from './moneyCodec.js';
import { caseOf, oneofDecoder } from './protobuf.js';
import { kinds } from './vocabulary.js';

/** Asked of the outlet `originals`, in the partition of the card. */
export interface FindOriginal {
  /** The command that asks for the refund, for whoever goes on with it. */
  readonly ask: Uint8Array;
  readonly original: TransactionId;
  readonly card: string;
}

export function encodeFindOriginal({ ask, original, card }: FindOriginal): Uint8Array {
  return encodeMessage(v1.FindOriginal, { ask, original: encodeId(original), card });
}

/** Throws MalformedError. */
export function decodeFindOriginal(bytes: Uint8Array): FindOriginal {
  return guarded('find_original', () => {
    const wire = decodeMessage(v1.FindOriginal, bytes);
    noUnknowns(wire, 'find_original');
    return { ask: wire.ask, original: decodeId(wire.original, 'original'), card: toId(wire.card, 'card') };
  });
}

/** Undefined: the card has no approved transaction of that id. */
export function encodeFoundOriginal(original: Original | undefined): Uint8Array {
  if (original === undefined) return encodeMessage(v1.FoundOriginal, { found: false });
  return encodeMessage(v1.FoundOriginal, {
    found: true,
    kind: kinds.toWire(original.kind),
    amount: fromUnsigned(original.amount, 'amount'),
    parts: encodeParts(original.parts),
    receiveTimeMs: fromUnsigned(original.receiveTime, 'receive_time_ms'),
    businessDate: fromUint32(original.businessDate, 'business_date'),
    batch: fromUint32(original.batch, 'batch'),
  });
}

/** Throws MalformedError. */
export function decodeFoundOriginal(bytes: Uint8Array): Original | undefined {
  return guarded('found_original', () => {
    const wire = decodeMessage(v1.FoundOriginal, bytes);
    noUnknowns(wire, 'found_original');
    if (!wire.found) return undefined;
    return {
      kind: kinds.fromWire(wire.kind, 'kind'),
      amount: toCount(wire.amount, 'amount'),
      parts: decodeParts(wire.parts),
      receiveTime: toTime(wire.receiveTimeMs, 'receive_time_ms'),
      businessDate: toDate(wire.businessDate, 'business_date'),
      batch: toPositive(wire.batch, 'batch'),
    };
  });
}

/** The original that an event of the journal is; undefined: it is something else, or another card's. */
export function originalOf(event: Uint8Array, card: string): Original | undefined {
  const { recordMoved } = decodeMessage(v1.Event, event);
  if (recordMoved == null) return undefined;
  const asked = decodeAsked(recordMoved.asked);
  const { kind, businessDate, batch } = asked;
  if (asked.card !== card || kind === undefined) return undefined;
  const parts = decodeParts(recordMoved.parts);
  const receiveTime = toTime(recordMoved.receiveTimeMs, 'receive_time_ms');
  // The parts, not what was asked for: a partial approval is of less, and a gate asks for no amount.
  return { kind, amount: amountOf(parts), parts, receiveTime, businessDate, batch };
}

export type HistoryQuestion =
  | { readonly type: 'search'; readonly query: Query }
  | { readonly type: 'listBatch'; readonly query: BatchQuery }
  | { readonly type: 'listOpened'; readonly query: OpenedQuery }
  | { readonly type: 'listMatters'; readonly query: MattersQuery }
  | { readonly type: 'listLoans'; readonly query: LoansQuery }
  | { readonly type: 'listDayTotals'; readonly query: DayTotalsQuery };

export interface LoansQuery extends PageQuery {
  readonly businessDate: number;
}

export interface DayTotalsQuery extends PageQuery {
  /** Both included. */
  readonly from: number;
  readonly to: number;
  /** Undefined: all. */
  readonly terminal: string | undefined;
}

const decodeQuestion = oneofDecoder<HistoryQuestion>(v1.HistoryRequest, {
  search: caseOf(v1.Search, (wire) => ({ type: 'search', query: queryOf(wire) })),
  listBatch: caseOf(v1.ListBatch, (wire) => ({
    type: 'listBatch',
    query: { ...openedOf(wire), own: wire.own },
  })),
  listOpened: caseOf(v1.ListOpened, (wire) => ({ type: 'listOpened', query: openedOf(wire) })),
  listMatters: caseOf(v1.ListMatters, (wire) => ({
    type: 'listMatters',
    query: { list: matterOf(wire.matter), part: wire.settlement, ...pageOf(wire) },
  })),
  listLoans: caseOf(v1.ListLoans, (wire) => ({
    type: 'listLoans',
    query: { businessDate: toDate(wire.businessDate, 'business_date'), ...pageOf(wire, LOANS_PAGE) },
  })),
  listDayTotals: caseOf(v1.ListDayTotals, (wire) => ({
    type: 'listDayTotals',
    query: {
      from: toDate(wire.fromDate, 'from_date'),
      to: toDate(wire.toDate, 'to_date'),
      terminal: wire.terminal === '' ? undefined : toId(wire.terminal, 'terminal'),
      ...pageOf(wire, DAY_TOTALS_PAGE),
    },
  })),
});

function openedOf(wire: v1.ListBatch | v1.ListOpened): OpenedQuery {
  return {
    terminal: toId(wire.terminal, 'terminal'),
    batch: toPositive(wire.batch, 'batch'),
    ...pageOf(wire),
  };
}

function pageOf({ after, limit }: PageQuery, most = HISTORY_PAGE): PageQuery {
  return { after, limit: limited(limit, most) };
}

function matterOf(matter: v1.Matter): number {
  if (matter !== v1.Matter.MATTER_UNSPECIFIED && matter in v1.Matter) return matter;
  throw new GuardError('matter', `${matter} is unknown`);
}

/** Throws MalformedError, which names the field. */
export function decodeHistoryQuestion(bytes: Uint8Array): HistoryQuestion {
  return guarded('history', () => decodeQuestion(bytes));
}

function queryOf(wire: v1.Search): Query {
  const id = wire.id === '' ? undefined : parseIdBeginning(wire.id);
  if (wire.id !== '' && id === undefined) {
    throw new GuardError('search.id', 'is no id (terminal#incarnation#number), nor the beginning of one');
  }
  return {
    id,
    card: wire.card === '' ? undefined : toId(wire.card, 'search.card'),
    terminal: wire.terminal === '' ? undefined : toId(wire.terminal, 'search.terminal'),
    from: optional(wire.fromMs, 'search.from_ms', toTime),
    to: optional(wire.toMs, 'search.to_ms', toTime),
    limit: limited(wire.limit, MAX_FOUND),
  };
}

function limited(wanted: number, most: number): number {
  return wanted === 0 ? most : Math.min(wanted, most);
}

export function encodeFound(partition: number, { sequence, entries, more }: Found & AsOf): Uint8Array {
  const wire = entries.map((entry) => entryOf(partition, entry));
  return encodeMessage(v1.HistoryReply, { sequence, entries: wire, more });
}

export function encodeBatchPage(
  partition: number,
  { sequence, items, next }: Page<BatchLine> & AsOf,
): Uint8Array {
  const entries = items.map((line) => {
    const entry = entryOf(partition, line);
    return line.opening === undefined ? entry : { ...entry, opened: decodeMessage(v1.Event, line.opening) };
  });
  return encodeMessage(v1.HistoryReply, { sequence, entries, next });
}

export function encodeOpenedPage(
  partition: number,
  { sequence, items, next }: Page<Uint8Array> & AsOf,
): Uint8Array {
  const entries = items.map((opening) => ({ partition, opened: decodeMessage(v1.Event, opening) }));
  return encodeMessage(v1.HistoryReply, { sequence, entries, next });
}

export function encodeMattersPage(
  partition: number,
  { sequence, items, next }: Page<Entry> & AsOf,
): Uint8Array {
  const entries = items.map((entry) => entryOf(partition, entry));
  return encodeMessage(v1.HistoryReply, { sequence, entries, next });
}

export function encodeLoans({
  sequence,
  loans,
  next,
  over,
}: {
  readonly sequence: number;
  readonly loans: v1.Loan.$Properties[];
  readonly next: Uint8Array;
  readonly over: boolean;
}): Uint8Array {
  return encodeMessage(v1.HistoryReply, { sequence, loans, next, over });
}

export function encodeDayTotals({
  sequence,
  items,
  next,
}: Page<v1.DayTotals.$Properties> & AsOf): Uint8Array {
  return encodeMessage(v1.HistoryReply, { sequence, totals: [...items], next });
}

function entryOf(partition: number, { place, event }: Entry): v1.HistoryEntry.$Properties {
  const { sequence, index, time } = place;
  return { partition, sequence, index, timeMs: time, event: decodeMessage(v1.Event, event) };
}
