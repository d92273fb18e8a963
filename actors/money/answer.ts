/** What is answered about a transaction id, and what of it a card remembers. */
import type { Balances } from './balances.js';
import type { TransactionId } from './ids.js';
import type { Outcome } from './outcomes.js';
import { NO_PARTS, type Parts } from './parts.js';
import type { Kind } from './transaction.js';

export const OBSTACLES = ['OWED', 'PENDING', 'COLLECTION_OPEN', 'INSIDE'] as const;
/** Why a card cannot be closed (rule 13). */
export type Obstacle = (typeof OBSTACLES)[number];

/** A card has entered and not left (rule 14). */
export interface Inside {
  readonly zone: string;
  readonly gate: string;
  /** The gate's own time, ms. */
  readonly time: number;
}

export interface Answer {
  readonly outcome: Outcome;
  /** Approved amount, or what was declined; of a reversal: what was undone. */
  readonly amount: number;
  readonly parts: Parts;
  /** After the decision. Undefined: the terminal's own refusal, or the card does not exist. */
  readonly balances: Balances | undefined;
  /** As read from the card (rule 1). */
  readonly creditFlag: boolean;
  /** CAP_EXCEEDED: how much would fit. */
  readonly fits: number | undefined;
  /** Business time at which the card's partition (or the terminal, refusing) received it. */
  readonly receiveTime: number;
  /** Sequence of the frame that decided, in the journal of the card's partition; 0: the terminal's own refusal. */
  readonly position: number;
  /**
   * Reversal: the outcome that the card had recorded for the id, undefined if it had seen none. A terminal that never
   * learned the outcome counts the original by it, as the center did (I8).
   */
  readonly original: Outcome | undefined;
  /** Reversal: the parts of the original as it was approved, more than is undone where some was given back before. */
  readonly originalParts: Parts;
  /** Partial approval: what the card could not pay. */
  readonly remainder: number;
  /** A PIN was sent and was right (rule 8). */
  readonly pinVerified: boolean;
  /** After this command; undefined: no PIN was looked at. */
  readonly triesLeft: number | undefined;
  /** CLOSE_NOT_POSSIBLE: why. */
  readonly obstacle: Obstacle | undefined;
  /** Sum of the store instructions that are still pending (rule 5). */
  readonly pending: number;
  /** Where the card is after the command; undefined: outside. */
  readonly inside: Inside | undefined;
  /** FARE: where it had entered. */
  readonly entered: Inside | undefined;
}

/** An answer on its way to whoever asked. */
export interface Answered {
  readonly id: TransactionId;
  readonly kind: Kind | undefined;
  /** Empty: the id was never seen. */
  readonly card: string;
  readonly answer: Answer;
  readonly terminalTime: number;
  /** Approved enquiry: newest first, at most 20. */
  readonly log: readonly Movement[];
}

/** One line of a card's log (rule 12). */
export interface Movement {
  /** Undefined: a store instruction, which has a reference. */
  readonly id: TransactionId | undefined;
  readonly kind: Kind;
  /** True: undoes the transaction of that id. */
  readonly reversal: boolean;
  readonly amount: number;
  readonly parts: Parts;
  readonly storedValueAfter: number;
  readonly loanAfter: number;
  readonly terminalTime: number;
  readonly receiveTime: number;
  /** STORE: the instruction's; else empty. */
  readonly reference: string;
  /** REFUND, VOID: what was given back. */
  readonly original: TransactionId | undefined;
}

/** An answer without money: no parts, no card behind it. */
export function bareAnswer(outcome: Outcome, amount: number, receiveTime: number): Answer {
  return {
    outcome,
    amount,
    parts: NO_PARTS,
    balances: undefined,
    creditFlag: false,
    fits: undefined,
    receiveTime,
    position: 0,
    original: undefined,
    originalParts: NO_PARTS,
    remainder: 0,
    pinVerified: false,
    triesLeft: undefined,
    obstacle: undefined,
    pending: 0,
    inside: undefined,
    entered: undefined,
  };
}
