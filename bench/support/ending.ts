/** What a bench has started and must end, also when it is broken off. */

type End = () => Promise<unknown>;

const all = new Set<Endings>();

/** Ends things in the reverse order of their beginning. */
export class Endings {
  readonly #ends: End[] = [];

  constructor() {
    all.add(this);
  }

  push(end: End): void {
    this.#ends.push(end);
  }

  async end(): Promise<void> {
    for (let last = this.#ends.pop(); last !== undefined; last = this.#ends.pop()) await last();
    all.delete(this);
  }
}

/** For a signal: whatever is running. */
export async function endEverything(): Promise<void> {
  await Promise.all([...all].map((each) => each.end()));
}
