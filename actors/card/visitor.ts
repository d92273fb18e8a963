/**
 * What a partition of cards remembers of a terminal's ids (D6, D7, D9): asked first of all, also when the card does
 * not exist. An id has one effect, however often and in whatever order it is asked about.
 */
import { type Answer, bareAnswer } from '../money/answer.js';
import type { TransactionId } from '../money/ids.js';
import { findId, type IdTable, moveOn, putId } from '../money/idTable.js';
import type { Asked, AskMode, Kind } from '../money/transaction.js';
import type { CardTransactionEvent } from './card.js';

export interface VisitorEntry {
  readonly number: number;
  readonly card: string;
  /** Undefined: only a reversal was seen, of an id that the terminal had not seen either. */
  readonly kind: Kind | undefined;
  readonly digest: number;
  /** The recorded outcome; undefined: a reversal came first. */
  readonly answer: Answer | undefined;
  /** The answer to its reversal, once it was reversed. */
  readonly reversal: Answer | undefined;
  /** REFUND, VOID: what was given back. */
  readonly original: TransactionId | undefined;
  readonly businessDate: number;
}

export interface VisitorIncarnation {
  readonly incarnation: number;
  /** Lower numbers are forgotten: they are too old. Always 0 for a source. */
  readonly mark: number;
  readonly fromSource: boolean;
  readonly entries: IdTable<VisitorEntry>;
}

export interface VisitorIds {
  /** Lower incarnations are forgotten, sources excepted. */
  readonly oldestIncarnation: number;
  /** Ascending. */
  readonly incarnations: readonly VisitorIncarnation[];
}

export const NO_IDS: VisitorIds = { oldestIncarnation: 0, incarnations: [] };

/** What the memory says about an ask. `decide`: the card decides it; `original` is what is known of it so far. */
export type Recall =
  | { readonly kind: 'tooOld' }
  | { readonly kind: 'answer'; readonly answer: Answer; readonly transaction: Kind | undefined }
  | { readonly kind: 'decide'; readonly original: VisitorEntry | undefined };

/** Identity is checked before everything else (D6). */
export function recall(ids: VisitorIds, mode: AskMode, asked: Asked, now: number): Recall {
  const incarnation = findIncarnation(ids, asked.id);
  const { number } = asked.id;
  const entry = incarnation && findId(incarnation.entries, number);
  if (entry !== undefined) return recallEntry(entry, mode, asked, now);
  const forgotten = !asked.fromSource && asked.id.incarnation < ids.oldestIncarnation;
  if (forgotten || number < (incarnation?.mark ?? 0)) return { kind: 'tooOld' };
  if (mode !== 'OUTCOME') return { kind: 'decide', original: undefined };
  return { kind: 'answer', answer: bareAnswer('ID_UNKNOWN', 0, now), transaction: asked.kind };
}

function recallEntry(entry: VisitorEntry, mode: AskMode, asked: Asked, now: number): Recall {
  if (entry.card !== asked.card) return conflict(asked, now);
  const transaction = entry.kind ?? asked.kind;
  if (mode === 'REVERSE') {
    if (entry.reversal === undefined) return { kind: 'decide', original: entry };
    return { kind: 'answer', answer: entry.reversal, transaction };
  }
  if (entry.answer !== undefined && entry.digest !== asked.digest) return conflict(asked, now);
  if (entry.reversal === undefined && entry.answer !== undefined) {
    return { kind: 'answer', answer: entry.answer, transaction };
  }
  const reversed = bareAnswer('REVERSED', 0, entry.reversal?.receiveTime ?? now);
  return {
    kind: 'answer',
    answer: { ...reversed, position: entry.reversal?.position ?? 0, original: entry.answer?.outcome },
    transaction,
  };
}

function conflict(asked: Asked, now: number): Recall {
  const answer = bareAnswer('IDEMPOTENCY_CONFLICT', asked.amount, now);
  return { kind: 'answer', answer, transaction: asked.kind };
}

/** The memory after a card's event about a transaction of this terminal. */
export function evolveVisitorIds(ids: VisitorIds, event: CardTransactionEvent): VisitorIds {
  const { asked, answer } = event;
  return remember(ids, asked, answer, event.type === 'CardReversed');
}

function remember(ids: VisitorIds, asked: Asked, answer: Answer, reversal: boolean): VisitorIds {
  const { incarnation, number } = asked.id;
  const { fromSource } = asked;
  const known = findIncarnation(ids, asked.id) ?? { incarnation, mark: 0, fromSource, entries: [] };
  const before = reversal ? findId(known.entries, number) : undefined;
  const entry: VisitorEntry = {
    number,
    card: asked.card,
    kind: asked.kind,
    digest: asked.digest,
    answer: reversal ? before?.answer : answer,
    reversal: reversal ? answer : undefined,
    original: asked.original,
    businessDate: before?.businessDate ?? asked.businessDate,
  };
  const mark = fromSource ? 0 : Math.max(known.mark, asked.mark);
  const entries = fromSource ? putId(known.entries, entry) : moveOn(known.entries, mark, isNeverKept, entry);
  const changed: VisitorIncarnation = { incarnation, mark, fromSource, entries };
  const oldestIncarnation = Math.max(ids.oldestIncarnation, asked.oldestIncarnation);
  return { oldestIncarnation, incarnations: withIncarnation(ids, changed, oldestIncarnation) };
}

function isNeverKept(): boolean {
  return false;
}

function withIncarnation(
  ids: VisitorIds,
  changed: VisitorIncarnation,
  oldest: number,
): readonly VisitorIncarnation[] {
  const { incarnations } = ids;
  // Nearly always: the terminal's only incarnation.
  if (incarnations.length === 1 && incarnations[0]?.incarnation === changed.incarnation) return [changed];
  return [...incarnations.filter((each) => each.incarnation !== changed.incarnation), changed]
    .filter((each) => each.fromSource || each.incarnation >= oldest)
    .sort((one, other) => one.incarnation - other.incarnation);
}

function findIncarnation(ids: VisitorIds, id: TransactionId): VisitorIncarnation | undefined {
  for (const each of ids.incarnations) if (each.incarnation === id.incarnation) return each;
  return undefined;
}
