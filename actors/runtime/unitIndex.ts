/**
 * For every unit of a partition the sequence of its last event (D10). Only absence from here means "never existed";
 * a snapshot counts only if it carries exactly this sequence. Kept in pages, written when changed. For a unit in
 * memory it may be behind: that unit knows its own position, and is entered when its snapshot is confirmed.
 *
 * A page that is restored is checked at once and read when somebody asks for one of its units: a takeover waits for none.
 */
import { INDEX_PAGES } from '../bounds.js';
import { checkPage, emptyPage, encodePage, readPage } from './indexPage.js';
import { fnv1a32 } from './placement.js';
import type { Sequences } from './sequences.js';

export class UnitIndex {
  /** Undefined: it holds nothing, or is not read yet. */
  readonly #pages: (Sequences | undefined)[] = new Array<Sequences | undefined>(INDEX_PAGES).fill(undefined);
  /** Bytes of pages that were restored, and not read yet. */
  readonly #unread = new Map<number, Uint8Array>();
  readonly #changed = new Set<number>();
  #highest = 0;

  get(unit: string): number | undefined {
    return this.#known(pageOf(unit))?.get(unit);
  }

  set(unit: string, sequence: number): void {
    const page = pageOf(unit);
    this.#read(page).set(unit, sequence);
    this.#changed.add(page);
    if (sequence > this.#highest) this.#highest = sequence;
  }

  /** Highest sequence that the index mentions. */
  get highest(): number {
    return this.#highest;
  }

  get size(): number {
    let sum = 0;
    for (let page = 0; page < INDEX_PAGES; page += 1) sum += this.#known(page)?.size ?? 0;
    return sum;
  }

  /** Pages changed since they were last taken. */
  changedPages(): readonly number[] {
    return [...this.#changed];
  }

  /** The page's bytes as it is now; it counts as unchanged from here on. */
  takePage(page: number): Uint8Array {
    this.#changed.delete(page);
    return this.#unread.get(page) ?? encodePage(page, this.#read(page));
  }

  /** A page that could not be written is changed again. */
  markChanged(page: number): void {
    this.#changed.add(page);
  }

  /** Every page that holds something. */
  markAllChanged(): void {
    for (const [page, content] of this.#pages.entries()) {
      if ((content?.size ?? 0) > 0 || this.#unread.has(page)) this.#changed.add(page);
    }
  }

  /** Fills a page from stored bytes; throws when they are no page, or another. */
  restorePage(page: number, bytes: Uint8Array): void {
    this.#highest = Math.max(this.#highest, checkPage(page, bytes));
    this.#unread.set(page, bytes);
  }

  #known(page: number): Sequences | undefined {
    const bytes = this.#unread.get(page);
    if (bytes !== undefined) {
      this.#unread.delete(page);
      this.#pages[page] = readPage(page, bytes);
    }
    return this.#pages[page];
  }

  /** An empty one is made with the first unit: a takeover needs few of them. */
  #read(page: number): Sequences {
    return this.#known(page) ?? (this.#pages[page] = emptyPage());
  }
}

export function pageOf(unit: string): number {
  return fnv1a32(unit) % INDEX_PAGES;
}
