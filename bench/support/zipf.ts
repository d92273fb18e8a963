import type { Random } from '../../simulator/random.js';

/**
 * Places 0 … count − 1, of which place k is drawn with a probability ∝ 1 ÷ (k + 1): a few are met all the time, most
 * hardly ever. Draws by the exact distribution: the sums are kept, 8 bytes a place.
 */
export class Zipf {
  readonly #sums: Float64Array;

  constructor(count: number) {
    this.#sums = new Float64Array(count);
    let sum = 0;
    for (let place = 0; place < count; place += 1) {
      sum += 1 / (place + 1);
      this.#sums[place] = sum;
    }
  }

  draw(random: Random): number {
    const sums = this.#sums;
    const drawn = random.fraction() * (sums.at(-1) ?? 0);
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > drawn) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
