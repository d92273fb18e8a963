/**
 * What a history needs from the world, and from the domain. Adapters (level, memory) implement the store under one
 * contract suite; the registry knows the events.
 */

/** Keys from `from` (included) to `to` (not included), in the order of their bytes. */
export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** From the last to the first. */
  readonly reverse: boolean;
  readonly limit: number;
}

export type Row = readonly [key: Uint8Array, value: Uint8Array];

/** All of it is stored, or nothing, also when the process or the machine ends in the middle. */
export interface HistoryBatch {
  /** The bytes are copied. */
  put(key: Uint8Array, value: Uint8Array): void;
  delete(key: Uint8Array): void;
  /** Instead of `write`: nothing of it is stored. */
  discard(): void;
  /** To be called once. A crash of the machine may lose the newest batches, never an older one before a newer one. */
  write(): Promise<void>;
}

/**
 * Bytes under keys, sorted; of one process alone. Every call may throw the store's own errors, and HistoryDamagedError
 * when what is stored cannot be read: then the store empties itself, and goes on. After a write that failed, or while it
 * cannot be opened, the next call opens it again, or says why it cannot.
 */
export interface HistoryStore {
  /**
   * Rises when the store was emptied because it was damaged, and when a write has failed, which may take others with it:
   * whoever read or wrote before begins again with what is there.
   */
  readonly generation: number;
  begin(): HistoryBatch;
  get(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>;
  scan(range: KeyRange): Promise<readonly Row[]>;
  /** Deletes all keys of a range. */
  clear(from: Uint8Array, to: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * How one event is to be found. Texts are those of the event itself, empty where it has none: each byte of their UTF-8
 * a character of Latin-1, so that they are compared and sorted as bytes are.
 */
export interface Filing {
  /**
   * `entry`: found by searches. `refusal`: an entry, and a line of its terminal's own column too. `opening` and
   * `closing`: together a line of the terminal's own column. `line`: one by itself. `matter`: only listed. `none`: none of these.
   */
  readonly role: 'entry' | 'refusal' | 'opening' | 'closing' | 'line' | 'matter' | 'none';
  readonly card: string;
  readonly terminal: string;
  readonly incarnation: number;
  readonly number: number;
  /** 0: of none. */
  readonly batch: number;
  /** An id is opened and closed at most once in each line: 0 … 255. A closing may close several. */
  readonly lines: readonly number[];
  /** What it begins to list, or to list no longer. */
  readonly matters: readonly Matter[];
  /** What something is from this event on. */
  readonly standing?: Standing | undefined;
  /** What it adds to the sums. */
  readonly count?: Count | undefined;
}

/** What something is from an event on, for questions about a moment of before. */
export interface Standing {
  /** Holds no NUL. */
  readonly name: Uint8Array;
  /** False: what the value does not say is as it was before. */
  readonly whole: boolean;
  readonly value: Uint8Array;
}

/** What an event adds to a row of sums. */
export interface Count {
  /** Bytes as characters of Latin-1. */
  readonly name: string;
  /** Slot, 0 … 255, and what is added to it, one after the other; both exact. */
  readonly adds: readonly number[];
}

/** Something that is listed from one event until another. */
export interface Matter {
  /** Which list, 0 … 255, and which part of it. */
  readonly list: number;
  readonly part: number;
  /** Unique in its part. */
  readonly name: Uint8Array;
  /** False: it is listed no longer. */
  readonly listed: boolean;
}

/** Undefined: nobody searches for such an event. */
export type File = (event: Uint8Array) => Filing | undefined;
