/** The last movements of a card (rule 12): one array of numbers a card instead of twenty objects. */
import { CARD_LOG_LENGTH } from '../../actors/bounds.js';
import type { Balances } from './wire/money.js';

/** What a line is about: `index` is the row of a transaction's id, or the number of an applied instruction. */
export type LineKind = 'moved' | 'reversed' | 'stored';
const KINDS: readonly LineKind[] = ['moved', 'reversed', 'stored'];

/** Numbers that one movement takes. */
const WIDTH = 5;

export interface LoggedMovement {
  readonly kind: LineKind;
  readonly index: number;
  readonly storedValueAfter: number;
  readonly loanAfter: number;
  readonly receiveTime: number;
}

export class CardLog {
  readonly #ring: number[] = [];
  #logged = 0;

  add(kind: LineKind, index: number, after: Balances, receiveTime: number): void {
    const at = (this.#logged % CARD_LOG_LENGTH) * WIDTH;
    this.#logged += 1;
    this.#ring[at] = KINDS.indexOf(kind);
    this.#ring[at + 1] = index;
    this.#ring[at + 2] = after.storedValue;
    this.#ring[at + 3] = after.loan;
    this.#ring[at + 4] = receiveTime;
  }

  /** Newest first, at most 20. */
  movements(): LoggedMovement[] {
    const length = Math.min(this.#logged, CARD_LOG_LENGTH);
    return Array.from({ length }, (_, age) =>
      this.#movement(((this.#logged - 1 - age) % CARD_LOG_LENGTH) * WIDTH),
    );
  }

  #movement(at: number): LoggedMovement {
    const numbers = this.#ring.slice(at, at + WIDTH);
    const [kind = 0, index = 0, storedValueAfter = 0, loanAfter = 0, receiveTime = 0] = numbers;
    return { kind: KINDS[kind] ?? 'moved', index, storedValueAfter, loanAfter, receiveTime };
  }
}
