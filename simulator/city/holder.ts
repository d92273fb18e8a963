import type { CardPolicy, Phone, Reply, TransactionId } from '../../client/index.js';
import type { Purse } from '../purse.js';

/** An approved purchase, and the business date on which it was made. */
export interface Paid {
  readonly id: TransactionId;
  readonly amount: number;
  readonly date: number;
}

/** Whoever holds a card: what the simulator knows of both. One activity at a time has the holder to itself. */
export class Holder {
  readonly purse: Purse;
  readonly policy: CardPolicy;
  readonly pin: string;
  /** Number of the plastic or phone that is the card's own. */
  device = 1;
  /** Wrong tries until the PIN is blocked. */
  triesLeft: number;
  inside = false;
  closed = false;
  /** An operator has prohibited the card, or it is lost. */
  prohibited = false;
  busy = false;
  /** The last purchase of which the account paid a part, until something of it is given back. */
  paid: Paid | undefined;
  /** Undefined: the card is plastic only. */
  phone: Phone | undefined;

  constructor(purse: Purse, policy: CardPolicy, pin: string) {
    this.purse = purse;
    this.policy = policy;
    this.pin = pin;
    this.triesLeft = PIN_TRIES;
  }

  get card(): string {
    return this.purse.card;
  }

  get creditFlag(): boolean {
    return this.policy.creditFlag !== false;
  }

  /** The account takes no part of what is due. */
  get allLoan(): boolean {
    return this.policy.shareRule === undefined;
  }

  /** Whether this purchase needs the PIN, as far as is known. */
  needsPin(amount: number): boolean {
    const { cvmLimit, pinForDeferral = false } = this.policy;
    if (cvmLimit !== undefined && amount > cvmLimit) return true;
    return pinForDeferral && amount > this.purse.storedValue;
  }

  learn({ balances, position, triesLeft, kind, outcome, inside }: Reply): void {
    this.purse.learn(balances, position);
    if (triesLeft !== undefined) this.triesLeft = triesLeft;
    if ((kind === 'ENTRY' || kind === 'FARE') && outcome === 'APPROVED') this.inside = inside !== undefined;
  }
}

export const PIN_TRIES = 3;
