/** Reads the words of an example one after the other. */
import { dateOfDay, dayOf } from '../../actors/money/businessDate.js';

/** Tokyo has no summer time. */
const OFFSET_MS = 9 * 3_600_000;
export const DAY_MS = 24 * 3_600_000;

export class Words {
  readonly #words: string[];

  constructor(text: string) {
    this.#words = text.split(/[ ,]+/).filter((word) => word !== '');
  }

  get isEmpty(): boolean {
    return this.#words.length === 0;
  }

  next(what: string): string {
    const word = this.#words.shift();
    if (word === undefined) throw new Error(`${what} is missing`);
    return word;
  }

  /** Whether this is the next word; then it is taken. */
  take(word: string): boolean {
    if (this.#words[0] !== word) return false;
    this.#words.shift();
    return true;
  }

  integer(what: string): number {
    const word = this.next(what);
    if (!/^-?\d+%?$/.test(word)) throw new Error(`${what}: ${word} is no whole number`);
    return Number.parseInt(word, 10);
  }

  /** An integer, if the next word is one. */
  optionalInteger(): number | undefined {
    return /^-?\d+$/.test(this.#words[0] ?? '') ? this.integer('a number') : undefined;
  }

  /** yyyymmdd of `2024-03-10`, `today` or `yesterday`. */
  date(today: number): number {
    const word = this.next('a date');
    if (word === 'today') return today;
    if (word === 'yesterday') return dateOfDay(dayOf(today) - 1);
    if (!/^\d{4}-\d{2}-\d{2}$/.test(word)) throw new Error(`${word} is no date`);
    return Number(word.replaceAll('-', ''));
  }

  /** Milliseconds of `2024-03-10 23:59:58`, in Tokyo. */
  time(): number {
    const time = Date.parse(`${this.next('a date')}T${this.next('a time of day')}+09:00`);
    if (Number.isNaN(time)) throw new Error('that is no time');
    return time;
  }

  end(): void {
    if (!this.isEmpty) throw new Error(`${this.#words.join(' ')}: what is that?`);
  }
}

/** The business date of a time, and the midnight that ends it. */
export function dateOf(time: number): number {
  return dateOfDay(Math.floor((time + OFFSET_MS) / DAY_MS));
}

export function midnightAfter(time: number): number {
  return (Math.floor((time + OFFSET_MS) / DAY_MS) + 1) * DAY_MS - OFFSET_MS;
}
