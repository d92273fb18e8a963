import type { ListVersion, VersionedEntry } from './ports.js';

/** What changed: one entry, or everything (another incarnation began, and nothing held before counts). */
export type ListChange =
  | { readonly kind: 'entry'; readonly entry: VersionedEntry }
  | { readonly kind: 'cleared'; readonly incarnation: number }
  | { readonly kind: 'complete'; readonly version: ListVersion };

interface Held {
  readonly entry: VersionedEntry;
  /** Undefined while the card is free. */
  readonly since: ListVersion | undefined;
}

/**
 * The prohibition list as one process knows it (D14): one entry a card, the newer journal position wins. Data only:
 * somebody else follows the stream and calls `apply` and `caughtUp`.
 */
export class ProhibitionList {
  readonly #held = new Map<string, Held>();
  readonly #listeners = new Set<(change: ListChange) => void>();
  #incarnation = 0;
  /** The sequence up to which nothing is missing. Undefined: never been at the end. */
  #complete: number | undefined;

  /** The version up to which the list is complete; undefined until the end was reached once. */
  version(): ListVersion | undefined {
    if (this.#complete === undefined) return undefined;
    return { incarnation: this.#incarnation, sequence: this.#complete };
  }

  /** The version since which the card has been prohibited without a break, as far as this process saw. */
  prohibitedSince(card: string): ListVersion | undefined {
    return this.#held.get(card)?.since;
  }

  /** The newest entry of a card, also of one that is free again; undefined: none is known. */
  entryOf(card: string): VersionedEntry | undefined {
    return this.#held.get(card)?.entry;
  }

  /** Entries of prohibited cards, in no particular order. Free cards are not among them. */
  entries(): readonly VersionedEntry[] {
    return [...this.#held.values()].filter(({ since }) => since !== undefined).map(({ entry }) => entry);
  }

  /** Number of prohibited cards. */
  get size(): number {
    let size = 0;
    for (const { since } of this.#held.values()) if (since !== undefined) size += 1;
    return size;
  }

  /** Calls back after every change, until the returned function is called. */
  onChange(listener: (change: ListChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** True when the entry was news: of this incarnation, and of a newer position than what is held for the card. */
  apply(entry: VersionedEntry): boolean {
    if (!this.#enter(entry.version.incarnation)) return false;
    const before = this.#held.get(entry.card);
    if (before !== undefined && before.entry.position >= entry.position) return false;
    this.#held.set(entry.card, { entry, since: sinceOf(entry, before) });
    this.#tell({ kind: 'entry', entry });
    return true;
  }

  /** The end was reached: everything up to `version` has been applied. Never goes back within an incarnation. */
  caughtUp(version: ListVersion): void {
    if (!this.#enter(version.incarnation)) return;
    if (this.#complete !== undefined && this.#complete >= version.sequence) return;
    this.#complete = version.sequence;
    this.#tell({ kind: 'complete', version });
  }

  /** False for an incarnation that is past. A new one clears what is held. */
  #enter(incarnation: number): boolean {
    if (incarnation <= this.#incarnation) return incarnation === this.#incarnation;
    const first = this.#incarnation === 0;
    this.#incarnation = incarnation;
    this.#held.clear();
    this.#complete = undefined;
    if (!first) this.#tell({ kind: 'cleared', incarnation });
    return true;
  }

  #tell(change: ListChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function sinceOf(entry: VersionedEntry, before: Held | undefined): ListVersion | undefined {
  if (entry.reasons.length === 0) return undefined;
  return before?.since ?? entry.version;
}
