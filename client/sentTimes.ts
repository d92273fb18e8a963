import { MAX_OPEN_IDS } from '../actors/bounds.js';

/** A number and the time that was sent with it. */
export interface SentNumber {
  readonly number: number;
  /** Milliseconds. */
  readonly timeMs: number;
}

/**
 * The time that each number was sent with. It is part of what a repeat is compared by: the same number with another
 * time is an IDEMPOTENCY_CONFLICT. Kept for the newest numbers, more than can be open.
 */
export class SentTimes {
  private readonly times = new Map<number, number>();

  constructor(before: readonly SentNumber[]) {
    for (const { number, timeMs } of before) this.times.set(number, timeMs);
  }

  /** The time to send: what the caller says, else that of before, else now. */
  take(number: number, chosen: number | undefined): number {
    const timeMs = chosen ?? this.times.get(number) ?? Date.now();
    this.times.set(number, timeMs);
    if (this.times.size > 2 * MAX_OPEN_IDS) this.forgetOldest();
    return timeMs;
  }

  /** Undefined: it was not sent, or long ago. */
  sent(number: number): number | undefined {
    return this.times.get(number);
  }

  of(numbers: readonly number[]): SentNumber[] {
    return numbers.map((number) => ({ number, timeMs: this.times.get(number) ?? Date.now() }));
  }

  private forgetOldest(): void {
    for (const number of this.times.keys()) {
      this.times.delete(number);
      return;
    }
  }
}
