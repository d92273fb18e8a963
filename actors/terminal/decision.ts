/** What a terminal's decision consists of, and the short ways to write one. */
import type { Answer, Answered, Movement } from '../money/answer.js';
import type { TransactionId } from '../money/ids.js';
import type { Outcome } from '../money/outcomes.js';
import type { ListVersion } from '../money/prohibition.js';
import type { Trace } from '../money/trace.js';
import type { Asked, AskMode } from '../money/transaction.js';
import type { CompileAsk } from './closeBatch.js';
import { subjectOf, type TerminalEntry, type TerminalEvent } from './terminal.js';

/** Answers about an attempt (D8): never recorded, never the end of an id. */
export type TerminalRejection =
  | 'MALFORMED'
  | 'TERMINAL_UNKNOWN'
  | 'SUPERSEDED'
  | 'TOO_OLD'
  | 'OUT_OF_WINDOW'
  | 'LIST_STALE'
  | 'UNAVAILABLE'
  | 'UNAUTHORIZED';

export type TerminalResponse =
  | {
      readonly kind: 'welcomed';
      readonly terminal: string;
      readonly incarnation: number;
      readonly nextNumber: number;
      readonly session: number;
      readonly openNumbers: readonly number[];
      /** The batch that is open. */
      readonly batch: number;
      /** A phone's; else empty and 0. */
      readonly card: string;
      readonly device: number;
    }
  | { readonly kind: 'answered'; readonly answered: Answered }
  | { readonly kind: 'acknowledged'; readonly outcome: Outcome }
  | {
      readonly kind: 'batchClosed';
      readonly terminal: string;
      readonly batch: number;
      readonly openBatch: number;
    }
  | { readonly kind: 'rejected'; readonly rejection: TerminalRejection; readonly detail: string }
  /** The answer comes with a later decision's release of this id. */
  | { readonly kind: 'wait'; readonly id: TransactionId }
  | { readonly kind: 'none' };

/** Leaves when the frame is acknowledged, and is repeated until settled. A later one for the same id replaces it. */
export interface TerminalAsk {
  readonly mode: AskMode;
  readonly asked: Asked;
  readonly mayDefer: boolean;
  /** A gate's zone; else empty. */
  readonly zone: string;
  /** Keyed hash of the PIN that came with this attempt, in hexadecimal; empty: none did. Never journaled. */
  readonly pinHash: string;
  /** Partition of the card. */
  readonly towards: number;
}

/** Answers those who wait for the id. */
export interface TerminalRelease {
  readonly answered: Answered;
}

export interface TerminalDecision {
  readonly events: readonly TerminalEvent[];
  readonly response: TerminalResponse;
  readonly asks: readonly TerminalAsk[];
  readonly releases: readonly TerminalRelease[];
  /** Ids whose ask needs no answer any more. */
  readonly settles: readonly TransactionId[];
  /** Partitions that are asked what the center compiled of a batch, and those that have told. */
  readonly compiles: readonly CompileAsk[];
  readonly compiled: readonly CompileAsk[];
}

export interface TerminalContext {
  /** Business time, ms. */
  readonly now: number;
  /** Real milliseconds from a business time until now. */
  elapsedSince(time: number): number;
  /** Business date, yyyymmdd, of a business time. */
  dateOf(time: number): number;
  /** The deployment's. */
  readonly currency: string;
  /** Partition of the card that the command names. */
  readonly towards: number;
  /** List version since which the command's card is prohibited without a break; undefined: free. */
  readonly prohibitedSince: ListVersion | undefined;
  /** The list is known in this process up to here. */
  readonly knownList: ListVersion;
  /** Of the deployment. */
  readonly partitions: number;
  /** Told every step; undefined: nobody asks for an explanation. */
  readonly trace?: Trace | undefined;
}

export const NO_DECISION: TerminalDecision = {
  events: [],
  response: { kind: 'none' },
  asks: [],
  releases: [],
  settles: [],
  compiles: [],
  compiled: [],
};

export function rejected(rejection: TerminalRejection, detail: string): TerminalDecision {
  return { ...NO_DECISION, response: { kind: 'rejected', rejection, detail } };
}

export function acknowledged(outcome: Outcome, ...events: readonly TerminalEvent[]): TerminalDecision {
  return { ...NO_DECISION, events, response: { kind: 'acknowledged', outcome } };
}

export function replied(answered: Answered, ...events: readonly TerminalEvent[]): TerminalDecision {
  return { ...NO_DECISION, events, response: { kind: 'answered', answered } };
}

/** The sender waits for the card; `asks` may be none when the ask is on its way already. */
export function waiting(
  id: TransactionId,
  asks: readonly TerminalAsk[],
  ...events: readonly TerminalEvent[]
): TerminalDecision {
  return { ...NO_DECISION, events, asks, response: { kind: 'wait', id } };
}

/** An answer about an id that this terminal has seen. */
export function answeredFrom(entry: TerminalEntry, answer: Answer, log: readonly Movement[] = []): Answered {
  const { id, card, terminalTime } = subjectOf(entry);
  return { id, kind: entry.opened?.kind, card, answer, terminalTime, log };
}
