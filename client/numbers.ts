/**
 * The numbers of a device: which comes next, and below which it holds every final answer (its mark, D7). The
 * partition may forget what is below the mark, so a number stays open until its final answer is here.
 */
export class Numbers {
  private next: number;
  private readonly open: Set<number>;

  /** `open`: numbers below `next` whose answers the device does not hold. */
  constructor(next: number, open: readonly number[]) {
    this.next = next;
    this.open = new Set(open);
  }

  get nextNumber(): number {
    return this.next;
  }

  get openNumbers(): readonly number[] {
    return [...this.open];
  }

  /** "I hold the final answer of every number below." */
  get mark(): number {
    let mark = this.next;
    for (const number of this.open) if (number < mark) mark = number;
    return mark;
  }

  /** The next number, or the one that the caller chose: a repeat, or a replayed file's. It is open from now on. */
  take(chosen?: number): number {
    const number = chosen ?? this.next;
    if (number >= this.next) this.next = number + 1;
    this.open.add(number);
    return number;
  }

  /** Its final answer is here. */
  settle(number: number): void {
    this.open.delete(number);
  }
}
