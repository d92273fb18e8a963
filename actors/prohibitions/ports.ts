/**
 * The prohibition list (D14): a rebuildable view of the journals, one entry a card, the newer position wins.
 * Held once per process, followed by workers and gateways.
 */
export type ProhibitionReason = 'LIMIT' | 'OPERATOR' | 'LOST';

/** Compared by incarnation, then sequence. Another incarnation is another stream: nothing held before counts. */
export interface ListVersion {
  readonly incarnation: number;
  readonly sequence: number;
}

export interface ProhibitionEntry {
  readonly card: string;
  /** The whole set. Empty: free. */
  readonly reasons: readonly ProhibitionReason[];
  /** Journal position of the decision, in the card's partition. */
  readonly position: number;
}

export interface VersionedEntry extends ProhibitionEntry {
  readonly version: ListVersion;
}

export interface ProhibitionStream {
  /**
   * Publishes by compare-and-set on the card's subject, only if newer by position; what is there already counts as
   * published. Returns the version under which this position, or a newer one, stands. Throws when unknown: repeat.
   */
  publish(entry: ProhibitionEntry): Promise<ListVersion>;
  /**
   * Calls `onEntry` for everything that is there and everything that comes, in order of version, and `onCaughtUp`
   * whenever the end is reached, with the version up to which the list is complete. Ends with the returned function.
   */
  follow(
    onEntry: (entry: VersionedEntry) => void,
    onCaughtUp: (version: ListVersion) => void,
  ): Promise<() => void>;
}
