/** The terminal actor: sessions, ids, the list it holds, its totals; and the events from which it evolves. */
import type { Answer } from '../money/answer.js';
import { findId, type IdTable } from '../money/idTable.js';
import type { BatchEvent, ClosedBatch } from './batch.js';
import type { TransactionId } from '../money/ids.js';
import type { Outcome } from '../money/outcomes.js';
import type { ListVersion } from '../money/prohibition.js';
import type { BatchTotals } from '../money/totals.js';
import type { Kind } from '../money/transaction.js';

export const TERMINAL_ROLES = ['PURCHASE', 'DEPOSIT', 'GATE', 'PHONE'] as const;
export type TerminalRole = (typeof TERMINAL_ROLES)[number];

export interface TerminalState {
  readonly terminal: string;
  readonly role: TerminalRole;
  /** What is paid here may be deferred. */
  readonly mayDefer: boolean;
  /** GATE: the zone into which it opens; else empty. */
  readonly zone: string;
  /** PHONE: its card, and the number of this device; else empty and 0. */
  readonly card: string;
  readonly device: number;
  /** Raised by every WELCOME; 0 before the first. Only messages of this session count. */
  readonly session: number;
  /** The incarnation that this session uses. */
  readonly incarnation: number;
  /** Highest ever given out: never given again. */
  readonly lastIncarnation: number;
  /** Ascending. The device's newest, older ones with open ids, and those of sources. */
  readonly incarnations: readonly TerminalIncarnation[];
  /** The list version that the device holds now; undefined: none, it may not sell. */
  readonly list: ListVersion | undefined;
  readonly highestList: ListVersion | undefined;
  readonly batch: number;
  readonly totals: readonly BatchTotals[];
  /** Batches that were closed: those that are not settled yet, and the newest that are. Oldest first. */
  readonly closedBatches: readonly ClosedBatch[];
}

export interface TerminalIncarnation {
  readonly incarnation: number;
  /** Non-empty: belongs to this source for ever; its ids are never forgotten. */
  readonly source: string;
  /** The device's mark: it holds the final answer of every lower number. 0 for a source. */
  readonly mark: number;
  /** Highest number seen. */
  readonly highest: number;
  /** Numbers that are open or being reversed, ascending. */
  readonly open: readonly number[];
  readonly entries: IdTable<TerminalEntry>;
}

export interface TerminalEntry {
  readonly number: number;
  /** Undefined: the id was first seen as a reversal. */
  readonly opened: Opened | undefined;
  readonly answer: Answer | undefined;
  readonly reversal: OpenedReversal | undefined;
  /** The answer to the reversal. */
  readonly reversed: Answer | undefined;
}

/** Everything that the terminal must know of a transaction to finish it, whatever happens to its device. */
export interface Opened {
  readonly id: TransactionId;
  readonly card: string;
  readonly kind: Kind;
  /** 0 where the amount is INVALID_AMOUNT, and where the terminal states none. */
  readonly amount: number;
  readonly digest: number;
  readonly batch: number;
  readonly businessDate: number;
  readonly terminalTime: number;
  /** Business time of receipt. */
  readonly time: number;
  readonly mark: number;
  /** List version that the terminal held. */
  readonly list: ListVersion | undefined;
  /** Partition of the card. */
  readonly towards: number;
  readonly device: number;
  readonly partial: boolean;
  /** REFUND, VOID. */
  readonly original: TransactionId | undefined;
}

export interface OpenedReversal {
  readonly id: TransactionId;
  readonly card: string;
  readonly time: number;
  readonly batch: number;
  readonly businessDate: number;
  readonly terminalTime: number;
  readonly towards: number;
  readonly mark: number;
}

export type TerminalEvent =
  | BatchEvent
  | {
      readonly type: 'TerminalRegistered';
      readonly terminal: string;
      readonly role: TerminalRole;
      readonly mayDefer: boolean;
      readonly zone: string;
      readonly card: string;
      readonly device: number;
    }
  | {
      readonly type: 'SessionOpened';
      readonly terminal: string;
      readonly incarnation: number;
      readonly session: number;
      readonly source: string;
      /** What the device still holds; undefined: nothing any more. */
      readonly list: ListVersion | undefined;
    }
  | { readonly type: 'ListHeld'; readonly terminal: string; readonly version: ListVersion }
  | { readonly type: 'TransactionOpened'; readonly opened: Opened }
  | { readonly type: 'TransactionClosed'; readonly id: TransactionId; readonly answer: Answer }
  /** The terminal's own refusal: never reaches the center. */
  | { readonly type: 'TransactionRefused'; readonly opened: Opened; readonly outcome: Outcome }
  /** From here on no approval is accepted for the id. */
  | { readonly type: 'ReversalOpened'; readonly reversal: OpenedReversal }
  | { readonly type: 'ReversalClosed'; readonly id: TransactionId; readonly answer: Answer };

/** The device's newest incarnation, 0 if it never had one. Sources have their own. */
export function deviceIncarnation(state: TerminalState): number {
  const { incarnations } = state;
  for (let index = incarnations.length - 1; index >= 0; index -= 1) {
    const each = incarnations[index];
    if (each?.source === '') return each.incarnation;
  }
  return 0;
}

export function findIncarnation(state: TerminalState, incarnation: number): TerminalIncarnation | undefined {
  for (const each of state.incarnations) if (each.incarnation === incarnation) return each;
  return undefined;
}

export function findEntry(state: TerminalState, id: TransactionId): TerminalEntry | undefined {
  const incarnation = findIncarnation(state, id.incarnation);
  return incarnation && findId(incarnation.entries, id.number);
}

/** Ids of all incarnations that are open or being reversed (D7). */
export function openIds(state: TerminalState): number {
  let count = 0;
  for (const { open } of state.incarnations) count += open.length;
  return count;
}

/** Those of them that are being reversed. They end without the device, and so without its window (D7). */
export function reversingIds(state: TerminalState): number {
  let count = 0;
  for (const { open, entries } of state.incarnations) {
    for (const number of open) if (findId(entries, number)?.reversal !== undefined) count += 1;
  }
  return count;
}

/** Whether the id still needs the card's outcome or a confirmed reversal (D6). */
export function isOpen(entry: TerminalEntry): boolean {
  if (entry.reversal !== undefined) return entry.reversed === undefined;
  return entry.answer === undefined;
}

/** Card, kind and times as the entry has them: from the transaction, or from the reversal that came alone. */
export function subjectOf(entry: TerminalEntry): Opened | OpenedReversal {
  const subject = entry.opened ?? entry.reversal;
  if (subject === undefined) throw new Error(`id ${entry.number} was neither opened nor reversed`);
  return subject;
}
