import type { Balances } from '../client/index.js';

/**
 * What the simulator believes about one card, from the answers that it got: enough to choose an amount that will be
 * approved, or one that will not. The truth is the card's.
 */
export class Purse {
  readonly card: string;
  /** Minor units. */
  storedValue: number;
  loan: number;
  limit: number;
  /** Posted interest, and fares that a gate could not collect. */
  interest = 0;
  fareOwed = 0;
  /** Minor units that open purchases may still take, and open deposits may still bring. */
  leaving = 0;
  arriving = 0;
  #position = 0;

  constructor(card: string, storedValue: number, loan: number, limit: number) {
    this.card = card;
    this.storedValue = storedValue;
    this.loan = loan;
    this.limit = limit;
  }

  /** What a purchase may cost and still be approved, whatever becomes of the open ones. */
  get spendable(): number {
    return this.storedValue + this.limit - this.loan - this.leaving;
  }

  get owed(): number {
    return this.fareOwed + this.interest + this.loan;
  }

  /** What a deposit may bring and still fit under the cap. */
  room(cap: number): number {
    return cap - this.storedValue + this.owed - this.arriving;
  }

  /** Balances as of a position in the card's journal; answers may arrive in another order. */
  learn(balances: Balances, position: number): void {
    if (position < this.#position) return;
    this.#position = position;
    this.storedValue = balances.storedValue;
    this.loan = balances.loan;
    this.limit = balances.limit;
    this.interest = balances.interest;
    this.fareOwed = balances.fareOwed;
  }
}
