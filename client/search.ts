/** What operators find in the history, as plain TypeScript. */
import { v1 } from '../proto/generated/emoney.js';
import { fromUint32, fromUnsigned, toNumber, toUnsigned, toWide, type WireInteger } from '../proto/guard.js';
import { kindName, outcomeName, type KindName, type OutcomeName } from './names.js';
import { balancesOf, idOf, partsOf, type Balances, type Parts, type TransactionId } from './reply.js';

/** Every condition that is given must hold; none: everything. */
export interface SearchQuery {
  /**
   * terminal#incarnation#number, or its beginning: `T1#1#4` is that id, `T1#1` an incarnation of T1, `T1#` all of T1,
   * `T1` all terminals whose name begins so.
   */
  readonly id?: string | undefined;
  /** Alone: what reached the center. A terminal's own refusals are found with their terminal. */
  readonly card?: string | undefined;
  readonly terminal?: string | undefined;
  /** When it was recorded, in milliseconds since 1970: fromMs ≤ time < toMs. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** Default, and most: 100. */
  readonly limit?: number | undefined;
}

export interface SearchResult {
  /** Newest first. */
  readonly entries: readonly FoundEntry[];
  /** There are more, older ones. */
  readonly more: boolean;
  /** Every partition that was asked: everything up to that frame was looked at. */
  readonly asOf: readonly { readonly partition: number; readonly sequence: number }[];
}

/** What the center recorded, or a terminal refused by itself. */
export interface FoundEntry {
  /** Where it is in the journals: partition, frame, and place among the frame's events. */
  readonly partition: number;
  readonly sequence: number;
  readonly index: number;
  /** When it was recorded. */
  readonly timeMs: number;
  /** The event's name in events.proto, for instance RecordMoved. */
  readonly type: string;
  /** Of the transaction; undefined: no terminal asked for it. */
  readonly id: TransactionId | undefined;
  readonly card: string;
  readonly kind: KindName | undefined;
  /** Undefined: no transaction. */
  readonly outcome: OutcomeName | undefined;
  /** Approved, undone or refused; a bigint only where a refused amount exceeds 2^53. */
  readonly amount: WireInteger;
  readonly parts: Parts | undefined;
  /** Of the center's record, after it. */
  readonly balances: Balances | undefined;
  /** yyyymmdd; 0: it is of no date, or of no batch. */
  readonly businessDate: number;
  readonly batch: number;
  /** 0: it has none. */
  readonly terminalTimeMs: number;
  readonly receiveTimeMs: number;
  /** All of it, as it stands in the journal. */
  readonly event: v1.Event;
}

/** @throws GuardError when a time or the limit is no unsigned integer */
export function wireSearch({ id, card, terminal, fromMs, toMs, limit }: SearchQuery): v1.Search.$Properties {
  return {
    id: id ?? '',
    card: card ?? '',
    terminal: terminal ?? '',
    ...(fromMs === undefined ? {} : { fromMs: fromUnsigned(fromMs, 'from_ms') }),
    ...(toMs === undefined ? {} : { toMs: fromUnsigned(toMs, 'to_ms') }),
    limit: fromUint32(limit ?? 0, 'limit'),
  };
}

export function searchResultOf({ entries, more, asOf }: v1.SearchResult.$Properties): SearchResult {
  return {
    entries: (entries ?? []).map(foundEntryOf),
    more: more ?? false,
    asOf: (asOf ?? []).map(({ partition, sequence }) => ({
      partition: partition ?? 0,
      sequence: toUnsigned(sequence ?? 0, 'sequence'),
    })),
  };
}

/** Every event that is found has some of these. */
interface Fields {
  readonly asked?: v1.Asked.$Properties | null;
  readonly opened?: v1.TransactionOpened.$Properties | null;
  readonly transaction?: v1.TransactionId.$Properties | null;
  readonly instruction?: v1.Instruction.$Properties | null;
  readonly card?: string | null;
  readonly outcome?: v1.Outcome | null;
  readonly amount?: v1.RecordReversed.$Properties['amount'];
  readonly parts?: v1.Parts.$Properties | null;
  readonly balances?: v1.Balances.$Properties | null;
  readonly businessDate?: number | null;
  readonly receiveTimeMs?: v1.RecordMoved.$Properties['receiveTimeMs'];
  readonly timeMs?: v1.RecordStored.$Properties['timeMs'];
}

function foundEntryOf(entry: v1.HistoryEntry.$Properties): FoundEntry {
  const event = entry.event as v1.Event;
  const name = event.body ?? 'unknown';
  const fields = ((event as unknown as Record<string, unknown>)[name] ?? {}) as Fields;
  const about = fields.asked ?? fields.opened;
  const id = about?.id ?? fields.transaction;
  const receiveTime = fields.receiveTimeMs ?? fields.opened?.timeMs ?? fields.timeMs;
  return {
    partition: entry.partition ?? 0,
    sequence: toUnsigned(entry.sequence ?? 0, 'sequence'),
    index: entry.index ?? 0,
    timeMs: toNumber(entry.timeMs ?? 0, 'time_ms'),
    type: name.charAt(0).toUpperCase() + name.slice(1),
    id: id == null ? undefined : idOf(id),
    card: fields.card ?? about?.card ?? '',
    kind: about?.kind ? kindName(about.kind) : undefined,
    outcome: outcomeOf(name, fields),
    amount: amountOf(name, fields),
    parts: fields.parts == null ? undefined : partsOf(fields.parts),
    balances: fields.balances == null ? undefined : balancesOf(fields.balances),
    businessDate: fields.businessDate ?? about?.businessDate ?? 0,
    batch: about?.batch ?? 0,
    terminalTimeMs: toNumber(about?.terminalTimeMs ?? 0, 'terminal_time_ms'),
    receiveTimeMs: toNumber(receiveTime ?? 0, 'receive_time_ms'),
    event,
  };
}

function outcomeOf(name: string, { outcome }: Fields): OutcomeName | undefined {
  if (name === 'recordMoved') return 'APPROVED';
  if (name === 'recordReversed') return 'REVERSED';
  return outcome == null ? undefined : outcomeName(outcome);
}

/** Of an approved transaction what its parts add up to: a partial approval is of less than was asked for. */
function amountOf(name: string, { amount, parts, asked, opened, instruction }: Fields): WireInteger {
  if (name === 'recordMoved') {
    const { value, account, loan, interest, fare } = partsOf(parts);
    return value + account + loan + interest + fare;
  }
  return toWide(amount ?? asked?.amount ?? opened?.amount ?? instruction?.amount ?? 0, 'amount');
}
