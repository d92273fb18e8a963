/**
 * For every unit of a partition the sequence of its last event (D10). Only absence from here means "never existed";
 * a snapshot counts only if it carries exactly this sequence. Kept in pages, written when changed. For a unit in
 * memory it may be behind: that unit knows its own position, and is entered when its snapshot is confirmed.
 */
import { INDEX_PAGES } from '../bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { fromUnsigned, toUnsigned } from '../../proto/guard.js';
import { fnv1a32 } from './placement.js';

const PAGE_FORMAT = 1;

export class UnitIndex {
  readonly #pages = Array.from({ length: INDEX_PAGES }, () => new Map<string, number>());
  readonly #changed = new Set<number>();
  #highest = 0;

  get(unit: string): number | undefined {
    return this.#page(unit).get(unit);
  }

  set(unit: string, sequence: number): void {
    const page = fnv1a32(unit) % INDEX_PAGES;
    this.#pages[page]?.set(unit, sequence);
    this.#changed.add(page);
    if (sequence > this.#highest) this.#highest = sequence;
  }

  /** Highest sequence that the index mentions. */
  get highest(): number {
    return this.#highest;
  }

  get size(): number {
    return this.#pages.reduce((sum, page) => sum + page.size, 0);
  }

  /** Pages changed since they were last taken. */
  changedPages(): readonly number[] {
    return [...this.#changed];
  }

  /** The page's bytes as it is now; it counts as unchanged from here on. */
  takePage(page: number): Uint8Array {
    this.#changed.delete(page);
    const content = this.#pages[page] ?? new Map<string, number>();
    return v1.IndexPage.encode({
      format: PAGE_FORMAT,
      page,
      units: [...content.keys()],
      sequences: [...content.values()].map((sequence) => fromUnsigned(sequence, 'sequence')),
    }).finish();
  }

  /** A page that could not be written is changed again. */
  markChanged(page: number): void {
    this.#changed.add(page);
  }

  /** Every page that holds something. */
  markAllChanged(): void {
    for (const [page, content] of this.#pages.entries()) if (content.size > 0) this.#changed.add(page);
  }

  /** Fills a page from stored bytes; throws when they are no page, or another. */
  restorePage(page: number, bytes: Uint8Array): void {
    const message = v1.IndexPage.decode(bytes);
    if (message.format !== PAGE_FORMAT || message.page !== page) {
      throw new Error(`not index page ${String(page)}`);
    }
    if (message.units.length !== message.sequences.length) throw new Error('index page of unequal columns');
    const target = this.#pages[page];
    message.units.forEach((unit, at) => {
      const sequence = toUnsigned(message.sequences[at], 'sequence');
      target?.set(unit, sequence);
      if (sequence > this.#highest) this.#highest = sequence;
    });
  }

  #page(unit: string): Map<string, number> {
    const page = this.#pages[fnv1a32(unit) % INDEX_PAGES];
    if (page === undefined) throw new Error('unreachable: page out of range');
    return page;
  }
}
