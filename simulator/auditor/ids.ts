/**
 * One row for every transaction id, in typed columns: about 105 bytes an id, so that a million payments fit where
 * a million objects would not.
 */
import { NO_PARTS, type Parts } from './wire/money.js';
import type { Id } from './wire/basics.js';

/** What has been seen about an id. */
export const Seen = {
  opened: 1,
  refused: 2,
  decided: 4,
  closed: 8,
  reversalOpened: 16,
  reversed: 32,
  reversalClosed: 64,
  /** The content columns are filled. */
  content: 128,
  /** The answer columns are filled. */
  answered: 256,
  /** The terminal learned the outcome from the answer to the reversal, and counted it then. */
  countedLate: 512,
  /** CLOSED says that the id was reversed before the card could decide it. */
  closedReversed: 1_024,
} as const;

const FIRST_CAPACITY = 1_024;

export class IdTable {
  size = 0;
  #capacity = FIRST_CAPACITY;
  seen = new Uint16Array(FIRST_CAPACITY);
  kind = new Uint8Array(FIRST_CAPACITY);
  outcome = new Uint8Array(FIRST_CAPACITY);
  terminal = new Uint32Array(FIRST_CAPACITY);
  incarnation = new Uint32Array(FIRST_CAPACITY);
  card = new Uint32Array(FIRST_CAPACITY);
  batch = new Uint32Array(FIRST_CAPACITY);
  businessDate = new Uint32Array(FIRST_CAPACITY);
  /** Index of the list version under which the id was opened, see Versions; 0: none. */
  list = new Uint32Array(FIRST_CAPACITY);
  /** Of the whole answer, to compare the card's with the terminal's. */
  fingerprint = new Int32Array(FIRST_CAPACITY);
  number = new Float64Array(FIRST_CAPACITY);
  amount = new Float64Array(FIRST_CAPACITY);
  digest = new Float64Array(FIRST_CAPACITY);
  terminalTime = new Float64Array(FIRST_CAPACITY);
  openedTime = new Float64Array(FIRST_CAPACITY);
  /** Time of the frame that opened it: the partition's, where the other may be a business clock's. */
  openedAt = new Float64Array(FIRST_CAPACITY);
  /** Of the card's frame, as the answer says. */
  position = new Float64Array(FIRST_CAPACITY);
  value = new Float64Array(FIRST_CAPACITY);
  loan = new Float64Array(FIRST_CAPACITY);
  device = new Uint32Array(FIRST_CAPACITY);
  /** Where more than value and loan is not 0. */
  readonly #otherParts = new Map<number, Parts>();
  /** Rows of purchases that ask for partial approval. */
  readonly partial = new Set<number>();
  /** By row of a refund or void: what it names. */
  readonly originals = new Map<number, Id>();

  add(terminal: number, incarnation: number, number: number): number {
    if (this.size === this.#capacity) this.#grow();
    const row = this.size;
    this.size += 1;
    this.terminal[row] = terminal;
    this.incarnation[row] = incarnation;
    this.number[row] = number;
    return row;
  }

  has(row: number, flag: number): boolean {
    return ((this.seen[row] ?? 0) & flag) !== 0;
  }

  mark(row: number, flag: number): void {
    this.seen[row] = (this.seen[row] ?? 0) | flag;
  }

  setParts(row: number, parts: Parts): void {
    this.value[row] = parts.value;
    this.loan[row] = parts.loan;
    const { account, interest, fare, restoredLoan, excess, accountAsLoan } = parts;
    const others = [account, interest, fare, restoredLoan, excess, accountAsLoan];
    if (others.some((part) => part !== 0)) this.#otherParts.set(row, parts);
  }

  partsOf(row: number): Parts {
    const parts = this.#otherParts.get(row);
    if (parts !== undefined) return parts;
    return { ...NO_PARTS, value: this.value[row] ?? 0, loan: this.loan[row] ?? 0 };
  }

  #grow(): void {
    this.#capacity *= 2;
    const to = this.#capacity;
    this.seen = grown(this.seen, new Uint16Array(to));
    this.kind = grown(this.kind, new Uint8Array(to));
    this.outcome = grown(this.outcome, new Uint8Array(to));
    this.terminal = grown(this.terminal, new Uint32Array(to));
    this.incarnation = grown(this.incarnation, new Uint32Array(to));
    this.card = grown(this.card, new Uint32Array(to));
    this.batch = grown(this.batch, new Uint32Array(to));
    this.businessDate = grown(this.businessDate, new Uint32Array(to));
    this.list = grown(this.list, new Uint32Array(to));
    this.fingerprint = grown(this.fingerprint, new Int32Array(to));
    this.number = grown(this.number, new Float64Array(to));
    this.amount = grown(this.amount, new Float64Array(to));
    this.digest = grown(this.digest, new Float64Array(to));
    this.terminalTime = grown(this.terminalTime, new Float64Array(to));
    this.openedTime = grown(this.openedTime, new Float64Array(to));
    this.openedAt = grown(this.openedAt, new Float64Array(to));
    this.position = grown(this.position, new Float64Array(to));
    this.value = grown(this.value, new Float64Array(to));
    this.loan = grown(this.loan, new Float64Array(to));
    this.device = grown(this.device, new Uint32Array(to));
  }
}

function grown<Column extends { set(from: Column): void }>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}

/** Rows of one incarnation's numbers. Devices count up, so an array does; strays go into a map. */
export class NumberIndex {
  #rows = new Int32Array(16).fill(-1);
  readonly #strays = new Map<number, number>();

  get(number: number): number | undefined {
    const row = number < this.#rows.length ? this.#rows[number] : this.#strays.get(number);
    return row === -1 ? undefined : row;
  }

  set(number: number, row: number): void {
    if (number >= this.#rows.length && number < this.#rows.length * 2) this.#grow();
    if (number < this.#rows.length) this.#rows[number] = row;
    else this.#strays.set(number, row);
  }

  #grow(): void {
    const from = this.#rows.length;
    this.#rows = grown(this.#rows, new Int32Array(from * 2).fill(-1));
    for (const [number, row] of this.#strays) {
      if (number >= this.#rows.length) continue;
      this.#rows[number] = row;
      this.#strays.delete(number);
    }
  }
}
