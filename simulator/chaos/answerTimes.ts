/** When which partition was seen to answer, and the silences between. Times in ms of one clock. */
import { partitionOf } from '../../actors/runtime/placement.js';

export class AnswerTimes {
  readonly #partitions: readonly number[][];
  readonly #all: number[] = [];

  constructor(partitions: number) {
    this.#partitions = Array.from({ length: partitions }, () => []);
  }

  /** `byCard`: the card's partition has decided it, not the terminal's alone. Times never go back. */
  answered(terminal: string, card: string, byCard: boolean, at: number): void {
    const { length } = this.#partitions;
    this.#all.push(at);
    const terminals = partitionOf(terminal, length);
    const cards = byCard ? partitionOf(card, length) : terminals;
    this.#partitions[terminals]?.push(at);
    if (cards !== terminals) this.#partitions[cards]?.push(at);
  }

  /** The longest time between `from` and `to` in which one of these partitions did not answer. */
  outage(partitions: readonly number[], from: number, to: number): number {
    const silences = partitions.map((partition) =>
      longestSilence(this.#partitions[partition] ?? [], from, to),
    );
    return Math.max(0, ...silences);
  }

  /** The longest time between `from` and `to` in which nobody got an answer. */
  nobody(from: number, to: number): number {
    return longestSilence(this.#all, from, to);
  }
}

/** The longest time without a moment of `times` (ascending) between `from` and `to`; both ends count as moments. */
export function longestSilence(times: readonly number[], from: number, to: number): number {
  let last = from;
  let longest = 0;
  for (const time of times) {
    if (time <= from) continue;
    if (time >= to) break;
    longest = Math.max(longest, time - last);
    last = time;
  }
  return Math.max(longest, to - last, 0);
}
