/** One side's picture of a card: the card's own, or the center's record of it. */
import { CARD_LOG_LENGTH } from '../../actors/bounds.js';
import { owed } from './split.js';
import type { Balances, Terms, Version } from './wire.js';

/** Bit of ProhibitionReason LIMIT in a set of reasons. */
export const LIMIT_BIT = 1 << 1;

export class Ledger {
  readonly terms: Terms;
  balances: Balances;
  active: boolean;
  /** Bit n is reason n. */
  reasons = 0;

  constructor(terms: Terms) {
    const { storedValue, loan, interest, fareOwed, limit } = terms;
    this.terms = terms;
    this.balances = { storedValue, loan, interest, fareOwed, limit };
    this.active = terms.active;
  }

  get overLimit(): boolean {
    return owed(this.balances) > this.balances.limit;
  }
}

/** What the center's record keeps beyond the card's own state. */
export class RecordLedger extends Ledger {
  /** Position of the last change of reasons, and the position that was last published. */
  changedPosition = 0;
  publishedPosition = 0;
  publishedVersion: Version | undefined;
  /** Changes of activity, limit and reasons so far, the issue being the first. */
  version = 1;
  approvedCount = 0;
  declinedCount = 0;
}

/** Numbers that one movement takes in a card's ring: one array a card instead of twenty objects. */
const WIDTH = 4;

export interface LoggedMovement {
  /** Row of the transaction's id. */
  readonly row: number;
  readonly reversal: boolean;
  readonly storedValueAfter: number;
  readonly loanAfter: number;
  readonly receiveTime: number;
}

export class CardLedger extends Ledger {
  readonly #ring: number[] = [];
  #logged = 0;

  log(row: number, reversal: boolean, receiveTime: number): void {
    const at = (this.#logged % CARD_LOG_LENGTH) * WIDTH;
    this.#logged += 1;
    // A reversal is marked by the complement of its row: rows are never negative.
    this.#ring[at] = reversal ? -1 - row : row;
    this.#ring[at + 1] = this.balances.storedValue;
    this.#ring[at + 2] = this.balances.loan;
    this.#ring[at + 3] = receiveTime;
  }

  /** Newest first, at most 20. */
  movements(): LoggedMovement[] {
    const length = Math.min(this.#logged, CARD_LOG_LENGTH);
    return Array.from({ length }, (_, age) =>
      this.#movement(((this.#logged - 1 - age) % CARD_LOG_LENGTH) * WIDTH),
    );
  }

  #movement(at: number): LoggedMovement {
    const [mark = 0, storedValueAfter = 0, loanAfter = 0, receiveTime = 0] = this.#ring.slice(at, at + WIDTH);
    const reversal = mark < 0;
    return { row: reversal ? -1 - mark : mark, reversal, storedValueAfter, loanAfter, receiveTime };
  }
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
