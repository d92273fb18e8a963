/** Sums that stay exact beyond 2^53: a number while that is enough, a bigint from then on. */
export class ExactSum {
  #near = 0;
  #far = 0n;

  /** `amount`: a safe integer. */
  add(amount: number): void {
    const sum = this.#near + amount;
    if (Number.isSafeInteger(sum)) {
      this.#near = sum;
      return;
    }
    this.#far += BigInt(this.#near) + BigInt(amount);
    this.#near = 0;
  }

  get value(): bigint {
    return this.#far + BigInt(this.#near);
  }
}
