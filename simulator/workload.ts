/** What the simulated holders do next: a mix that goes on for ever, because who runs low makes a deposit. */
import type { Follow } from './command.js';
import type { Purse } from './purse.js';
import type { Random } from './random.js';
import { CARD } from './terms.js';

export type OrderKind = 'purchase' | 'deposit' | 'enquiry';

export interface Order {
  readonly kind: OrderKind;
  readonly purse: Purse;
  /** Minor units; 0 for an enquiry. */
  readonly amount: number;
  readonly follow: Follow;
  /** A purchase beyond what the card can pay. */
  readonly overdrawing: boolean;
}

/** Shares of the orders. The rest are purchases that can be paid. */
const SHARES = { deposit: 0.1, enquiry: 0.04, overdrawing: 0.05 } as const;
const FOLLOWS: readonly (readonly [Follow, number])[] = [
  ['repeatAtOnce', 0.005],
  ['repeatLater', 0.01],
  ['reverseAtOnce', 0.002],
  ['reverseLater', 0.008],
];

const PURCHASE = { min: 50, max: 1_500 } as const;
const DEPOSIT = { min: 500, max: 10_000 } as const;

export class Workload {
  readonly #purses: readonly Purse[];
  readonly #random: Random;

  constructor(purses: readonly Purse[], random: Random) {
    this.#purses = purses;
    this.#random = random;
  }

  /** The same seed and the same answers give the same orders. */
  next(): Order {
    const random = this.#random;
    const purse = random.pick(this.#purses);
    const choice = random.fraction();
    if (choice < SHARES.enquiry) return this.#order('enquiry', purse, 0);
    if (choice < SHARES.enquiry + SHARES.overdrawing) return this.#overdrawing(purse);
    const low = purse.spendable < PURCHASE.max;
    const wanted = low || choice < SHARES.enquiry + SHARES.overdrawing + SHARES.deposit;
    if (wanted && purse.room(CARD.cap) >= DEPOSIT.min) return this.#deposit(purse);
    // A card on which nothing fits and from which nothing can be taken now: a look at it is always possible.
    return purse.spendable < PURCHASE.min ? this.#order('enquiry', purse, 0) : this.#purchase(purse);
  }

  #purchase(purse: Purse): Order {
    const most = Math.min(PURCHASE.max, purse.spendable);
    return this.#order('purchase', purse, this.#random.integer(PURCHASE.min, most));
  }

  #deposit(purse: Purse): Order {
    const most = Math.min(DEPOSIT.max, purse.room(CARD.cap));
    return this.#order('deposit', purse, this.#random.integer(DEPOSIT.min, most));
  }

  #overdrawing(purse: Purse): Order {
    const beyond = purse.storedValue + purse.arriving + purse.limit + this.#random.integer(1, 5_000);
    return { kind: 'purchase', purse, amount: beyond, follow: 'none', overdrawing: true };
  }

  #order(kind: OrderKind, purse: Purse, amount: number): Order {
    return { kind, purse, amount, follow: kind === 'enquiry' ? 'none' : this.#follow(), overdrawing: false };
  }

  #follow(): Follow {
    let choice = this.#random.fraction();
    for (const [follow, share] of FOLLOWS) {
      if (choice < share) return follow;
      choice -= share;
    }
    return 'none';
  }
}
