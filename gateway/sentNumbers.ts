import { MAX_REFUSED_NUMBERS } from '../actors/bounds.js';

/**
 * Which numbers of one session the terminal's partition cannot have seen. Only those may be refused at the door: what
 * may be OPENED is never subject to admission again (D8), and only the partition knows what is.
 */
export class SentNumbers {
  private highest: number;
  /** Not above `highest`, and never sent on. */
  private readonly refused = new Set<number>();

  /** `next`: of the WELCOME. Every number below may have been sent before, on whatever connection. */
  constructor(next: number) {
    this.highest = next - 1;
  }

  isNew(number: number): boolean {
    return number > this.highest || this.refused.has(number);
  }

  send(number: number): void {
    if (number > this.highest) this.highest = number;
    else if (this.refused.size > 0) this.refused.delete(number);
  }

  refuse(number: number): void {
    if (number > this.highest) this.highest = number;
    this.refused.add(number);
    if (this.refused.size <= MAX_REFUSED_NUMBERS) return;
    for (const oldest of this.refused) {
      this.refused.delete(oldest);
      return;
    }
  }
}
