/** One side's picture of a card: the card's own, or the center's record of it. */
import { MAX_REFERENCE_DAYS } from '../../actors/bounds.js';
import { LIMIT_BIT } from './codes.js';
import { CardLog } from './cardLog.js';
import { Accrual } from './rules/accrual.js';
import { owed } from './rules/split.js';
import type { Inside } from './wire/answer.js';
import type { Version } from './wire/basics.js';
import type { Instruction, Policy, Terms } from './wire/card.js';
import type { Balances } from './wire/money.js';

const NOTHING_PENDING: readonly Instruction[] = [];
/** Rule 8's usual number. */
const USUAL_TRIES = 3;
const REMEMBERED_MS = MAX_REFERENCE_DAYS * 86_400_000;

export class Ledger {
  readonly terms: Terms;
  balances: Balances;
  active: boolean;
  policy: Policy;
  /** Bit n is reason n. */
  reasons = 0;
  /** Number of the plastic or phone that counts. */
  device = 1;
  closed = false;
  /** Oldest first. */
  pending = NOTHING_PENDING;
  /** Row of the last approved purchase or fare; −1: none. */
  lastPayment = -1;

  constructor(terms: Terms) {
    const { storedValue, loan, interest, fareOwed, limit } = terms;
    this.terms = terms;
    this.balances = { storedValue, loan, interest, fareOwed, limit };
    this.active = terms.active;
    this.policy = terms.policy;
  }

  get overLimit(): boolean {
    return owed(this.balances) > this.balances.limit;
  }

  /** Four fifths of the limit are owed. */
  get nearLimit(): boolean {
    const { limit } = this.balances;
    return limit > 0 && owed(this.balances) * 5 >= limit * 4;
  }

  get pendingSum(): number {
    return this.pending.reduce((sum, { amount }) => sum + amount, 0);
  }

  /** False: nothing of this reference is pending. */
  settlePending(reference: string): boolean {
    const rest = this.pending.filter((each) => each.reference !== reference);
    const found = rest.length < this.pending.length;
    this.pending = rest.length === 0 ? NOTHING_PENDING : rest;
    return found;
  }
}

/** A collection order about an account share: a debit, or a credit of what was given back after a debit. */
export interface Order {
  readonly name: string;
  /** Signed: a credit is below 0. */
  readonly amount: number;
  /** Whether the bank has paid it for good, or returned it. */
  state: 'open' | 'confirmed' | 'returned';
}

/** A share of the designated account in one payment. */
export interface AccountShare {
  readonly amount: number;
  /** That its orders must name; empty, of journals of before: the card's when it is ordered. */
  readonly account: string;
  readonly businessDate: number;
  /** By refunds, voids and reversals, without what lowered the loan because the collection had come back. */
  givenBack: number;
  readonly orders: Order[];
  /** Time of the frame in which it was taken, or something of it given back. */
  changed: number;
  /** The record has it no more. */
  forgotten: boolean;
}

export function newShare(
  amount: number,
  account: string,
  businessDate: number,
  changed: number,
): AccountShare {
  return { amount, account, businessDate, givenBack: 0, orders: [], changed, forgotten: false };
}

/** What was ordered so far, credits counted as negative. */
export function orderedOf({ orders }: AccountShare): number {
  return orders.reduce((sum, { amount }) => sum + amount, 0);
}

/** What became loan because collections came back. */
export function returnedOf({ orders }: AccountShare): number {
  return orders.reduce((sum, { amount, state }) => (state === 'returned' ? sum + amount : sum), 0);
}

/**
 * What is to be ordered: below 0 a credit. What came back is a loan, and what is given back of that then is none of the
 * share's; the rest is ordered as before.
 */
export function dueOf(share: AccountShare): number {
  return share.amount - share.givenBack - orderedOf(share);
}

/** Rule 13: something may still be ordered, or come back. */
export function isOpenShare(share: AccountShare): boolean {
  return dueOf(share) !== 0 || share.orders.some(({ amount, state }) => amount > 0 && state === 'open');
}

/** What the center's record keeps beyond the card's own state. */
export class RecordLedger extends Ledger {
  /** Position of the last change of reasons, and the position that was last published. */
  changedPosition = 0;
  publishedPosition = 0;
  publishedVersion: Version | undefined;
  /** Changes by operators and of reasons so far, the issue being the first. */
  version = 1;
  approvedCount = 0;
  declinedCount = 0;
  readonly accrual: Accrual;
  /** Among the borrowers that an interest run visits. */
  listed = false;
  /** The operator was told that four fifths of the limit are reached. */
  alerted = false;
  /** Few cards have any. */
  #shares: Map<number, AccountShare> | undefined;
  /** Of operators' commands, with the time of each. */
  #references: Map<string, number> | undefined;

  /** `issued`: its day, see calendar.ts. */
  constructor(terms: Terms, issued: number) {
    super(terms);
    this.accrual = new Accrual(issued, terms.loan);
  }

  /** By row of the payment. */
  get shares(): ReadonlyMap<number, AccountShare> {
    return this.#shares ?? NO_SHARES;
  }

  addShare(row: number, share: AccountShare): void {
    this.#shares ??= new Map();
    this.#shares.set(row, share);
  }

  /** Of a store instruction or an adjustment. False: it was used before, and must still be remembered. */
  useReference(reference: string, time: number): boolean {
    this.#references ??= new Map();
    const before = this.#references.get(reference);
    this.#references.set(reference, time);
    return before === undefined || time - before > REMEMBERED_MS;
  }
}

const NO_SHARES: ReadonlyMap<number, AccountShare> = new Map();

/** The row of the entry makes sure that its reversal ends no other. */
export interface Stay extends Inside {
  readonly row: number;
}

export class CardLedger extends Ledger {
  readonly log = new CardLog();
  /** Hexadecimal; empty: no PIN. */
  pinHash: string;
  /** 0: blocked. */
  triesLeft: number;
  inside: Stay | undefined;
  /** Row of the last approved fare; −1: none. */
  lastExit = -1;
  /** Account shares by business date, less what was reversed or voided. Few cards have any. */
  #accountDays: Map<number, number> | undefined;

  constructor(terms: Terms) {
    super(terms);
    this.pinHash = terms.pinHash;
    this.triesLeft = this.allTries;
  }

  get allTries(): number {
    return this.policy.pinTries || USUAL_TRIES;
  }

  useAccount(businessDate: number, amount: number): void {
    if (amount === 0) return;
    const used = this.usedOn(businessDate);
    this.#accountDays ??= new Map();
    this.#accountDays.set(businessDate, used + amount);
  }

  usedOn(businessDate: number): number {
    return this.#accountDays?.get(businessDate) ?? 0;
  }
}

/** Rule 7: LIMIT is held exactly while more is owed than the limit. */
export function holdsLimit(ledger: Ledger): boolean {
  return (ledger.reasons & LIMIT_BIT) !== 0;
}

/** Both pictures of one card, and where its unit's last event is. */
export class CardBook {
  readonly id: string;
  readonly index: number;
  /** The partition it must live in; −1: no genesis frame was read. */
  readonly place: number;
  card: CardLedger | undefined;
  record: RecordLedger | undefined;
  /** Sequence of the unit's last event in its partition's journal. */
  position = 0;

  constructor(id: string, index: number, place: number) {
    this.id = id;
    this.index = index;
    this.place = place;
  }
}
