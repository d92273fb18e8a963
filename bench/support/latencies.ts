/** Latencies, each with the time at which it should have begun, so that they can be cut into phases afterwards. */

/** Milliseconds. */
export interface Latency {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

const FIRST_CAPACITY = 65_536;

/** Every value is kept: percentiles are exact, also of a few. 16 bytes a sample. */
export class Latencies {
  #begun = new Float64Array(FIRST_CAPACITY);
  #took = new Float64Array(FIRST_CAPACITY);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** `begun`: milliseconds of performance.now() at which it should have started. */
  add(begun: number, tookMs: number): void {
    if (this.#count === this.#begun.length) this.#grow();
    this.#begun[this.#count] = begun;
    this.#took[this.#count] = tookMs;
    this.#count += 1;
  }

  /** Of those that should have begun from `from` until before `to`. */
  between(from = -Infinity, to = Infinity): Latency {
    const found = new Float64Array(this.#count);
    let count = 0;
    for (let at = 0; at < this.#count; at += 1) {
      const begun = this.#begun[at] ?? 0;
      if (begun < from || begun >= to) continue;
      found[count] = this.#took[at] ?? 0;
      count += 1;
    }
    return latencyOf(found.subarray(0, count).sort());
  }

  /** In steps of `stepMs` between the two times; a step in which nothing began has a count of 0. */
  steps(from: number, to: number, stepMs: number): readonly (Latency & { readonly from: number })[] {
    const steps: (Latency & { from: number })[] = [];
    for (let step = from; step < to; step += stepMs) {
      steps.push({ from: step, ...this.between(step, step + stepMs) });
    }
    return steps;
  }

  /** The longest time between `from` and `to` in which no answer came. */
  longestSilence(from: number, to: number): number {
    const answered = this.#begun.subarray(0, this.#count).map((begun, at) => begun + (this.#took[at] ?? 0));
    let [longest, last] = [0, from];
    for (const time of answered.sort()) {
      if (time < from || time > to) continue;
      longest = Math.max(longest, time - last);
      last = time;
    }
    return Math.max(longest, to - last);
  }

  #grow(): void {
    const [begun, took] = [this.#begun, this.#took];
    this.#begun = new Float64Array(2 * begun.length);
    this.#took = new Float64Array(2 * took.length);
    this.#begun.set(begun);
    this.#took.set(took);
  }
}

/** By the nearest rank. */
function latencyOf(sorted: Float64Array): Latency {
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const meanMs = sorted.reduce((sum, each) => sum + each, 0) / Math.max(1, sorted.length);
  return { count: sorted.length, meanMs, p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), maxMs: at(1) };
}
