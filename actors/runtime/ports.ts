/**
 * What the runtime needs from the world. Adapters (nats, redis, memory) implement these ports under one contract
 * suite; nothing in the runtime knows which it talks to.
 */

import type { Tip } from './chain.js';
import type { TurnRecord } from './frame.js';

export type Cancel = () => void;

/** Time and scheduling. A simulation drives all three. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Milliseconds since some moment, which pass evenly however the clock is set: for whatever waits. */
  elapsed(): number;
  /** Calls back once, after `ms`. */
  after(ms: number, callback: () => void): Cancel;
  /** Calls back once everything that is ready now has been handled. */
  soon(callback: () => void): void;
}

/**
 * What became of one attempt to append. `unknown`: it may be stored, now or later; only resending tells. `lost`: nothing of
 * the journal is left, says the server; it takes frames again when somebody has restored it.
 */
export type AppendResult =
  | { readonly kind: 'stored'; readonly sequence: number; readonly duplicate: boolean }
  | { readonly kind: 'refused'; readonly last: number }
  | { readonly kind: 'unknown'; readonly reason: string; readonly lost?: boolean };

export interface StoredFrame {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** The server's stamp, milliseconds. */
  readonly storedAt: number;
}

/** One part of a journal. Positions count through all of them. */
export interface Segment {
  /** 0 for the first. */
  readonly segment: number;
  /** Position of its first frame. */
  readonly first: number;
  /** What its stream takes, about. */
  readonly bytes: number;
  /** The server's stamp on its first frame, milliseconds; 0: it has none. */
  readonly since: number;
}

/** A segment that is over, and still has its stream. */
export interface ClosedSegment extends Segment {
  /** Position of its last frame, SEALED. */
  readonly last: number;
}

/**
 * The journal of one partition: append-only, fsync before every acknowledgement. It is stored in segments, of which
 * the last takes frames; the others end with a SEALED frame and may have been archived and deleted.
 */
export interface Journal {
  /**
   * One attempt to store `frame` at position `expectedLast + 1`. The server compares only the LENGTH of the stream.
   * Never throws for an answer of the server; never retries by itself.
   */
  append(frame: Uint8Array, expectedLast: number): Promise<AppendResult>;
  /** Sequence of the last stored frame, 0 when empty. May be stale: only the epoch frame makes a read certain. */
  lastSequence(): Promise<number>;
  /** One frame, or undefined when it is not there (which proves nothing, see D3). */
  get(sequence: number): Promise<StoredFrame | undefined>;
  /**
   * Frames `from … to` in order, gapless. Resolves with the sequence that would come next: at most `to + 1`, less
   * when this server does not have the rest (yet). Throws JournalHoleError when a sequence is missing in between.
   */
  read(from: number, to: number, onFrame: (frame: StoredFrame) => void): Promise<number>;
  /** Throws JournalConfigurationError when a stream could lose frames (limits, deletion, no file storage). */
  verifyConfiguration(): Promise<void>;
  /**
   * The newest segment that has a frame, in its stream or in the archive; the first where none has. Read afresh, and
   * may be stale: `stored` is the position of a frame that is there for certain, whatever this server shows.
   */
  newestSegment(stored?: number): Promise<Segment>;
  /**
   * Makes the segment after a SEALED frame, for frames from `first` on; does nothing when it exists. Called before its
   * first frame is stored, also where it is there: a power cut may have left half of it. Throws
   * JournalMissingError where it existed and is gone: the segment before is closed. Throws FencedError where another
   * worker has made it for frames from another position on.
   */
  beginSegment(segment: number, first: number): Promise<void>;
  /** Whether there is such a segment, with frames or without. */
  hasSegment(segment: number): Promise<boolean>;
  /**
   * The segment is over, for ever; from now on it says that the next one holds frames. That is on the disk when it
   * resolves. Throws JournalUnavailableError while nobody says so.
   */
  closeSegment(segment: number): Promise<void>;
  /** Ascending. */
  closedSegments(): Promise<readonly ClosedSegment[]>;
  /** Deletes the stream of a closed segment, whole; does nothing when it is gone or not closed. */
  removeSegment(segment: number): Promise<void>;
}

/** A segment in the archive. */
export interface ArchivedSegment {
  readonly partition: number;
  readonly segment: number;
  /** Positions of its first and last frame. */
  readonly first: number;
  readonly last: number;
  /** SHA-256 of the frame before the first; empty: there is none. */
  readonly previousHash: Uint8Array;
  /** SHA-256 of the last frame. */
  readonly lastHash: Uint8Array;
  /** Of the file. */
  readonly bytes: number;
}

/** What is known of a segment before it is in the archive. */
export type NewArchivedSegment = Omit<ArchivedSegment, 'lastHash' | 'bytes'>;

/**
 * Segments of journals, each kept as one file. Every call that reads throws ArchiveDamagedError for what is not what was
 * written, ArchiveUnavailableError for what cannot be read now.
 */
export interface Archive {
  /** Of one partition, by ascending segment. */
  list(partition: number): Promise<readonly ArchivedSegment[]>;
  /** Frames `from … to` in order. Resolves with `to + 1`. Throws ArchiveMissingError where one is not there. */
  read(partition: number, from: number, to: number, onFrame: (frame: StoredFrame) => void): Promise<number>;
  /**
   * Keeps all frames of the segment, which `read` reads, or none; replaces what there is of it. On the disk when it
   * resolves.
   */
  write(segment: NewArchivedSegment, read: Journal['read']): Promise<void>;
  /** Reads a segment from its first byte to its last, and compares every checksum. Throws ArchiveMissingError. */
  readWhole(
    partition: number,
    segment: number,
    onFrame: (frame: StoredFrame) => void,
  ): Promise<ArchivedSegment>;
}

export interface JournalStore {
  /** Partitions of this deployment that have a journal, ascending. Empty: the deployment does not exist. */
  list(): Promise<readonly number[]>;
  /** Creates the stream of a partition; does nothing when it exists. Called by deployment creation only. */
  create(partition: number): Promise<void>;
  /** Throws JournalMissingError when there is none: streams are never created implicitly. */
  open(partition: number): Promise<Journal>;
}

/** A snapshot as stored: it counts only if `generation` and `sequence` are those that the index names (D10). */
export interface Snapshot {
  readonly unit: string;
  readonly generation: number;
  readonly sequence: number;
  readonly state: Uint8Array;
}

/** A page or checkpoint as stored; the bytes are the runtime's. */
export interface Versioned {
  readonly generation: number;
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/**
 * Snapshots, index pages and checkpoints of one partition. Never believed. Every write replaces what is there only
 * if it is newer by (generation, sequence), compared by the store in one step. Every call may throw
 * StoreUnavailableError.
 */
export interface SnapshotStore {
  readUnits(units: readonly string[]): Promise<readonly (Snapshot | undefined)[]>;
  writeUnits(snapshots: readonly Snapshot[]): Promise<void>;
  readPages(pages: readonly { page: number; slot: number }[]): Promise<readonly (Versioned | undefined)[]>;
  writePage(page: number, slot: number, content: Versioned): Promise<void>;
  readCheckpoint(): Promise<Versioned | undefined>;
  /**
   * A frame up to which there may be snapshots, and its hash (empty: one of an older version). Raised before the
   * snapshots are written, so that none is ever above it.
   */
  readHighest(): Promise<Versioned | undefined>;
  raiseHighest(highest: Versioned): Promise<void>;
  /** False when a newer checkpoint is there: another owner has written since. */
  writeCheckpoint(checkpoint: Versioned): Promise<boolean>;
}

/** Core NATS: at most once, order only per connection, nothing repeated by itself. */
export interface Bus {
  publish(subject: string, bytes: Uint8Array): void;
  /** The handler is called synchronously, message by message; it must not throw. */
  subscribe(subject: string, handler: (bytes: Uint8Array, subject: string) => void): Cancel;
  /** Resolves when everything published before has reached the server. */
  flush(): Promise<void>;
}

/** A partition that this worker begins to serve. */
export interface Served {
  readonly partition: number;
  readonly epoch: number;
  readonly journal: Journal;
  /** The epoch frame: everything up to it is in the journal, everything after it is told to the follower. */
  readonly tip: Tip;
}

/** Keeps a view of the journal that can be rebuilt, off the path of the partition's answers. */
export interface Follower {
  /**
   * Every frame of turns, in order, as soon as it is acknowledged and before anything that depends on it leaves.
   * `bytes`: its size. Must return at once and not throw.
   */
  stored(tip: Tip, turns: readonly TurnRecord[], bytes: number): void;
  /** The partition is not served here any more. */
  stop(): void;
}

/** One unit as a base holds it. */
export interface BaseUnit {
  readonly key: string;
  /** Of its last event up to the base's position. */
  readonly sequence: number;
  /** As a snapshot holds it; undefined: turns have named the unit, and made nothing of it. */
  readonly state: Uint8Array | undefined;
  /** It has work that must go on after a takeover (D12). */
  readonly unfinished: boolean;
}

/** Where in a journal a base stands. */
export interface BaseHead {
  /** Sequence of the last frame that is in it. */
  readonly position: number;
  /** SHA-256 of that frame. */
  readonly hash: Uint8Array;
  /** Time of that frame, milliseconds. */
  readonly time: number;
  /** Snapshot generation in force there. */
  readonly generation: number;
  /** SHA-256 of the journal's first frame: tells journals of one name apart. */
  readonly genesis: Uint8Array;
}

/**
 * The full state of a partition at one position of its journal, made from the journal alone. Every method that reads
 * throws BaseDamagedError for bytes that are not what was written.
 */
export interface Base {
  readonly head: BaseHead;
  /** How many units it holds. */
  readonly units: number;
  /** Bytes that it takes. */
  readonly bytes: number;
  /** Canonical digest of the states (D5), hexadecimal. */
  readonly digest: string;
  /** Every unit's sequence, by key, without reading the states. */
  index(onUnit: (key: string, sequence: number, unfinished: boolean) => void): Promise<void>;
  /** Some units, in the order of `keys`; undefined: it holds none of that key. */
  read(keys: readonly string[]): Promise<readonly (BaseUnit | undefined)[]>;
  /** All units by ascending key (as strings compare), in batches. */
  all(): AsyncIterable<readonly BaseUnit[]>;
  close(): Promise<void>;
}

/** The bases of a deployment. */
export interface BaseStore {
  /** The newest that can be opened; undefined: there is none. */
  newest(partition: number): Promise<BaseHead | undefined>;
  /** Positions of those that are there, newest first; whether they can be read shows when they are opened. */
  list(partition: number): Promise<readonly number[]>;
  /** Throws BaseDamagedError, also where there is none at that position. */
  open(partition: number, position: number): Promise<Base>;
  /**
   * Writes the units, which come by ascending key, reads all of it back, and only then makes it the newest: after a
   * crash on the way everything is as before.
   */
  write(partition: number, head: BaseHead, units: AsyncIterable<readonly BaseUnit[]>): Promise<void>;
  /** Does nothing where there is none. */
  remove(partition: number, position: number): Promise<void>;
}
