/** What journals made by hand are made of. */
import type { v1 } from '../../../proto/generated/emoney.js';
import type { Event } from './journalBuilder.js';

export type Parts = Record<
  'value' | 'account' | 'loan' | 'interest' | 'fare' | 'restoredLoan' | 'excess' | 'accountAsLoan',
  number
>;
export type Balances = Record<'storedValue' | 'loan' | 'interest' | 'fareOwed' | 'limit', number>;

export const NO_PARTS: Parts = {
  value: 0,
  account: 0,
  loan: 0,
  interest: 0,
  fare: 0,
  restoredLoan: 0,
  excess: 0,
  accountAsLoan: 0,
};

const TOKYO_MS = 9 * 3_600_000;

/** The business date of a time in Tokyo. */
export function dateOf(time: number): number {
  return Number(new Date(time + TOKYO_MS).toISOString().slice(0, 10).replaceAll('-', ''));
}

export interface Card {
  readonly id: string;
  balances: Balances;
  reasons: v1.ProhibitionReason[];
  alerted: boolean;
  changed: number;
  policy: v1.CardPolicy.$Properties;
  active: boolean;
  device: number;
  pending: { reference: string; amount: number; timeMs: number }[];
  inside: v1.Inside.$Properties | undefined;
}

export interface Terminal {
  readonly id: string;
  readonly role: v1.TerminalRole;
  readonly mayDefer: boolean;
  session: number;
  incarnation: number;
  number: number;
  batch: number;
  list: v1.ListVersion.$Properties;
}

/** What a driver would have been told, and what a reversal needs. */
export interface Paid {
  readonly id: { readonly terminal: string; readonly incarnation: number; readonly number: number };
  readonly card: string;
  readonly kind: v1.Kind;
  readonly amount: number;
  readonly answer: v1.Answer.$Properties;
  readonly parts: Parts;
  readonly businessDate: number;
  readonly original?: v1.TransactionId.$Properties;
}

export interface Terms extends Partial<Balances>, v1.CardPolicy.$Properties {
  active?: boolean;
  pinHash?: Uint8Array;
}

/** What OPENED says beside terminal, card, kind and amount. */
export type Content = Pick<
  v1.TransactionOpened.$Properties,
  'partial' | 'original' | 'device' | 'businessDate' | 'terminalTimeMs'
>;

/** What a reversal must know; of an id that was never seen there is no more than this. */
export type Undoable = Pick<Paid, 'id' | 'card' | 'kind' | 'amount'> & Partial<Paid>;

/** What became of a transaction. */
export interface Stated {
  /** Of the request; where it is left out: the sum of the parts. */
  readonly asked?: number;
  readonly outcome?: v1.Outcome;
  readonly parts?: Partial<Parts>;
  /** Balances after it; what is left out stays. */
  readonly after?: Partial<Balances>;
  /** Of the answer, beside what follows from the others. */
  readonly answer?: v1.Answer.$Properties;
  readonly content?: Content;
  /** Earlier events of the same turn. */
  readonly before?: readonly Event[];
  /** Where the card is after it; undefined as a value: outside. */
  readonly inside?: v1.Inside.$Properties | undefined;
}

export function sumOf({ value, account, loan, interest, fare }: Parts): number {
  return value + account + loan + interest + fare;
}
