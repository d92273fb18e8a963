/** What a terminal asks of a card. Amounts in minor units. */
import type { WireInteger } from '../proto/guard.js';
import type { TransactionId } from './reply.js';

/** What every transaction says; alone: an entry, an exit, an unload. */
export interface Tap {
  readonly card: string;
  /** Number of the plastic or phone that was presented; default: the first. A replaced card's older ones are refused. */
  readonly device?: number | undefined;
  /** A number of before, to repeat it, or one of the caller's choice; otherwise the next. */
  readonly number?: number | undefined;
  /** Milliseconds; default: now, or what was sent before under this number: another time is another content. */
  readonly timeMs?: number | undefined;
}

export interface Deposit extends Tap {
  /** The rules refuse what is not 1 … 999,999,999,999. */
  readonly amount: WireInteger;
  /** ISO 4217; empty: the deployment's. */
  readonly currency?: string | undefined;
}

export interface Payment extends Deposit {
  /** Where the rest cannot be deferred, the stored value alone may be approved. */
  readonly partial?: boolean | undefined;
  /** The holder's, 4 to 12 digits. A repeat may say another. */
  readonly pin?: string | undefined;
}

export interface Refund extends Deposit {
  /** The id in the purchase's reply. */
  readonly original: TransactionId;
}

export interface Voiding extends Tap {
  /** Default: whatever was the card's last purchase or fare. */
  readonly original?: TransactionId | undefined;
}

export interface Inquiry extends Tap {
  readonly pin?: string | undefined;
}

export interface Undoing {
  /** The number of the transaction that is undone, whatever became of it. */
  readonly number: number;
  readonly card: string;
  readonly timeMs?: number | undefined;
}
