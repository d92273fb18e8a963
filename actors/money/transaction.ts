/** What a transaction is, as a terminal asks a card's partition about it. */
import type { TransactionId } from './ids.js';

export const KINDS = [
  'PURCHASE',
  'DEPOSIT',
  'ENQUIRY',
  'REFUND',
  'VOID',
  'UNLOAD',
  'ENTRY',
  'FARE',
  'STORE',
] as const;
export type Kind = (typeof KINDS)[number];

/** EXECUTE: decide, or tell what is recorded. OUTCOME: only tell what is recorded (D6). REVERSE: undo, or never do. */
export type AskMode = 'EXECUTE' | 'OUTCOME' | 'REVERSE';

/** Which transaction an event of the card's partition is about, and what its id memory must keep (D6, D7). */
export interface Asked {
  readonly id: TransactionId;
  readonly card: string;
  /** Undefined only when a reversal came for an id that was never seen. Never STORE: no terminal asks for it. */
  readonly kind: Kind | undefined;
  readonly amount: number;
  /** First 48 bits of SHA-256 over the decoded fields; 0 when only a reversal was seen. */
  readonly digest: number;
  readonly batch: number;
  /** yyyymmdd. */
  readonly businessDate: number;
  readonly terminalTime: number;
  /** The device holds the final answer of every lower number, and none of them is open towards this partition. */
  readonly mark: number;
  /** No lower incarnation of the terminal can be asked about any more; sources excepted. */
  readonly oldestIncarnation: number;
  /** The incarnation belongs to a named source: its ids are never forgotten. */
  readonly fromSource: boolean;
  /** Business time at which the terminal opened it, or its reversal: its age is judged by this (D7). */
  readonly openedTime: number;
  /** Number of the plastic or phone that was presented (rule 13). */
  readonly device: number;
  /** A purchase may be approved for the stored value alone (rule 1). */
  readonly partial: boolean;
  /** REFUND, VOID: the payment that is given back; a VOID without it means the card's last. */
  readonly original: TransactionId | undefined;
}

/** Whether rule 7 refuses this to a prohibited (and rule 13 to an expired) card. */
export function isWithheld(kind: Kind | undefined): boolean {
  return kind === 'PURCHASE' || kind === 'ENTRY' || kind === 'UNLOAD';
}

/** Kinds whose amount the terminal states. Of the others it follows from the card, or there is none. */
export function statesAmount(kind: Kind): boolean {
  return kind === 'PURCHASE' || kind === 'DEPOSIT' || kind === 'REFUND';
}

/** In the card's log, and a line of a batch, whatever its amount is; and so is its reversal (rules 10 and 12). */
export function isMovement(kind: Kind): boolean {
  return kind !== 'ENQUIRY' && kind !== 'ENTRY';
}

/** Takes money from the card, so that a refund, void or reversal gives it back. */
export function isPayment(kind: Kind | undefined): boolean {
  return kind === 'PURCHASE' || kind === 'FARE';
}
