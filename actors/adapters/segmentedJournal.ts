/** The journal of one partition over the streams of its segments, and the archive for those that have none any more. */
import { ArchiveMissingError, FencedError, JournalMissingError } from '../runtime/errors.js';
import type {
  AppendResult,
  Archive,
  ClosedSegment,
  Journal,
  Segment,
  StoredFrame,
} from '../runtime/ports.js';
import { NoRespondersError } from './errors.js';

/** A segment's stream as its server says it is. */
export interface StreamStatus {
  readonly segment: number;
  /** Position of its first frame, also while it has none. */
  readonly first: number;
  /** Position of its last frame; `first - 1`: it has none. */
  readonly last: number;
  readonly bytes: number;
  /** The server's stamp on its first frame; 0: it has none. */
  readonly since: number;
  /** It takes nothing any more, for ever. */
  readonly closed: boolean;
}

/**
 * What a stream answered to an append. `closed`: it takes nothing any more. `nobody`: nobody answers for it, perhaps
 * because it is not there any more.
 */
export type StreamAnswer =
  | AppendResult
  | { readonly kind: 'closed'; readonly reason: string }
  | { readonly kind: 'nobody'; readonly reason: string };

/** The streams of one partition's segments, as an adapter keeps them. Every call may throw JournalUnavailableError. */
export interface SegmentStreams {
  readonly partition: number;
  /** Segments that have a stream, ascending. */
  list(): Promise<readonly number[]>;
  /** Undefined: there is no such stream. */
  status(segment: number): Promise<StreamStatus | undefined>;
  /** Does nothing when it exists. */
  create(segment: number, first: number): Promise<void>;
  close(segment: number): Promise<void>;
  /** Deletes it with all its frames; does nothing when it is not there. */
  remove(segment: number): Promise<void>;
  append(segment: number, frame: Uint8Array, expectedLast: number): Promise<StreamAnswer>;
  get(segment: number, sequence: number): Promise<StoredFrame | undefined>;
  read(segment: number, from: number, to: number, onFrame: (frame: StoredFrame) => void): Promise<number>;
  /** Throws JournalConfigurationError. */
  verify(status: StreamStatus): Promise<void>;
}

/** What is remembered of a stream; it holds for as long as the stream is there. */
type Known = Pick<StreamStatus, 'segment' | 'first'>;

/**
 * Opens the journal. Throws JournalMissingError where there is no stream, or where the last one that is there says
 * that a later one held frames.
 */
export async function openSegments(streams: SegmentStreams, archive: Archive | undefined): Promise<Journal> {
  const journal = new SegmentedJournal(streams, archive);
  await journal.look();
  return journal;
}

class SegmentedJournal implements Journal {
  readonly #streams: SegmentStreams;
  readonly #archive: Archive | undefined;
  /** Streams that were there when they were last looked for, ascending. */
  #known: readonly Known[] = [];
  #looking = false;

  constructor(streams: SegmentStreams, archive: Archive | undefined) {
    this.#streams = streams;
    this.#archive = archive;
  }

  /** Finds the streams; throws where one is lost. */
  async look(): Promise<void> {
    await this.#lookAgain();
    await this.#newest();
  }

  async append(frame: Uint8Array, expectedLast: number): Promise<AppendResult> {
    const known = this.#holding(expectedLast + 1);
    // Archived long ago: whoever expects it has been replaced.
    if (known === undefined) return { kind: 'refused', last: (this.#known[0]?.first ?? 1) - 1 };
    const answer = await this.#streams.append(known.segment, frame, expectedLast);
    if (answer.kind === 'closed') return this.#refusedBy(known.segment, answer.reason);
    if (answer.kind !== 'nobody') return answer;
    this.#lookAside(known);
    return { kind: 'unknown', reason: answer.reason };
  }

  async lastSequence(): Promise<number> {
    return (await this.#newest()).last;
  }

  async get(sequence: number): Promise<StoredFrame | undefined> {
    let found: StoredFrame | undefined;
    await this.#somewhere(sequence, sequence, async (known) => {
      if (known === undefined) {
        const archive = this.#archived(sequence, sequence);
        return archive.read(this.#streams.partition, sequence, sequence, (frame) => (found = frame));
      }
      found = await this.#streams.get(known.segment, sequence);
      return sequence + (found === undefined ? 0 : 1);
    });
    return found;
  }

  async read(from: number, to: number, onFrame: (frame: StoredFrame) => void): Promise<number> {
    return this.#somewhere(Math.max(1, from), to, (known, next, end, reached) => {
      const hand = (frame: StoredFrame): void => {
        onFrame(frame);
        reached(frame.sequence + 1);
      };
      if (known !== undefined) return this.#streams.read(known.segment, next, end, hand);
      return this.#archived(next, end).read(this.#streams.partition, next, end, hand);
    });
  }

  async verifyConfiguration(): Promise<void> {
    for (const { segment } of this.#known) {
      const status = await this.#streams.status(segment);
      if (status !== undefined) await this.#streams.verify(status);
    }
  }

  async closedSegments(): Promise<readonly ClosedSegment[]> {
    await this.#lookAgain();
    const all = await Promise.all(this.#known.map(({ segment }) => this.#streams.status(segment)));
    const closed = all.filter((status) => status?.closed === true) as readonly ClosedSegment[];
    // Where the next one begins, this one has ended: a copy of SEALED may have come late.
    return closed.map((status) => {
      const next = this.#known.find(({ segment }) => segment === status.segment + 1);
      return next === undefined ? status : { ...status, last: Math.min(status.last, next.first - 1) };
    });
  }

  async removeSegment(segment: number): Promise<void> {
    const status = await this.#streams.status(segment);
    if (status?.closed !== true) return;
    await this.#streams.remove(segment);
    this.#known = this.#known.filter((known) => known.segment !== segment);
  }

  async newestSegment(): Promise<Segment> {
    const newest = await this.#newest();
    if (newest.last >= newest.first || newest.segment === 0) return newest;
    return (await this.#streams.status(newest.segment - 1)) ?? newest;
  }

  async beginSegment(segment: number, first: number): Promise<void> {
    // In this order: a stream is closed only after its successor was made.
    const before = await this.#streams.status(segment - 1);
    let made = await this.#streams.status(segment);
    if (made === undefined) {
      if (before === undefined || before.closed) throw this.#successorMissing(segment - 1);
      await this.#streams.create(segment, first);
      made = await this.#streams.status(segment);
    }
    if (made === undefined) throw this.#successorMissing(segment - 1);
    if (made.first !== first) {
      throw new FencedError(
        `another worker has made segment ${segment} of partition ${this.#streams.partition}: it begins with frame ${made.first}, not with ${first}`,
      );
    }
    this.#remember(made);
  }

  async hasSegment(segment: number): Promise<boolean> {
    return (await this.#streams.status(segment)) !== undefined;
  }

  async closeSegment(segment: number): Promise<void> {
    const status = await this.#streams.status(segment);
    if (status?.closed === false) await this.#streams.close(segment);
  }

  /** The stream that has the position, or would have it; undefined: none that is known. */
  #holding(position: number): Known | undefined {
    return this.#known.findLast(({ first }) => first <= position);
  }

  #remember(status: Known): void {
    if ((this.#known.at(-1)?.segment ?? -1) < status.segment) this.#known = [...this.#known, status];
  }

  /** Follows the streams to the last one. */
  async #newest(): Promise<StreamStatus> {
    for (;;) {
      const last = this.#known.at(-1);
      if (last === undefined) throw this.#noStream();
      // In this order: a stream is closed only after its successor was made.
      const status = await this.#streams.status(last.segment);
      const next = await this.#streams.status(last.segment + 1);
      if (next !== undefined) this.#remember(next);
      else if (status === undefined) await this.#lookAgain();
      else if (status.closed) throw this.#successorMissing(last.segment);
      else return status;
    }
  }

  /** Which streams there are now: some may have been archived and deleted. */
  async #lookAgain(): Promise<void> {
    const listed = await this.#streams.list();
    if (listed.length === 0) throw this.#noStream();
    const known: Known[] = [];
    for (const segment of listed) {
      const status = await this.#streams.status(segment);
      if (status !== undefined) known.push(status);
    }
    this.#known = known;
  }

  /**
   * Reads from whatever holds the next position until `to` is reached or nobody has more. `part` reads from one place
   * and says how far it came; what it has handed over it reports, so that nothing is handed over twice.
   */
  async #somewhere(
    from: number,
    to: number,
    part: (
      known: Known | undefined,
      next: number,
      end: number,
      reached: (next: number) => void,
    ) => Promise<number>,
  ): Promise<number> {
    let next = from;
    while (next <= to) {
      const known = this.#holding(next);
      const following = this.#known.find(({ first }) => first > next);
      const end = Math.min(to, (following?.first ?? Infinity) - 1);
      try {
        next = await part(known, next, end, (reached) => (next = reached));
      } catch (error) {
        if (known === undefined || !(error instanceof NoRespondersError)) throw error;
        if (!(await this.#isGone(known))) throw error;
        continue;
      }
      if (next > end) continue;
      // Nobody has more, unless the last stream that was known has a successor by now.
      const isLast = known !== undefined && following === undefined;
      if (!isLast || !(await this.#hasSuccessor(known, next))) break;
    }
    return next;
  }

  /** Whether the position belongs to a stream that was made after this one. */
  async #hasSuccessor(known: Known, position: number): Promise<boolean> {
    const next = await this.#streams.status(known.segment + 1);
    if (next === undefined) return false;
    this.#remember(next);
    return next.first <= position;
  }

  /** It was archived and deleted since it was looked at. Throws JournalUnavailableError where nobody says so. */
  async #isGone({ segment }: Known): Promise<boolean> {
    if ((await this.#streams.status(segment)) !== undefined) return false;
    await this.#lookAgain();
    return true;
  }

  /** Whoever appends to a closed stream has been replaced: its position was taken. */
  async #refusedBy(segment: number, reason: string): Promise<AppendResult> {
    try {
      const status = await this.#streams.status(segment);
      if (status !== undefined) return { kind: 'refused', last: status.last };
      await this.#lookAgain();
    } catch (error) {
      return { kind: 'unknown', reason: `${reason}; ${String(error)}` };
    }
    return { kind: 'unknown', reason };
  }

  /** Beside the appends: while a server begins, or a cluster elects, nobody answers questions either. */
  #lookAside(known: Known): void {
    if (this.#looking) return;
    this.#looking = true;
    const done = (): void => {
      this.#looking = false;
    };
    this.#isGone(known).then(done, done);
  }

  #archived(from: number, to: number): Archive {
    if (this.#archive !== undefined) return this.#archive;
    const { partition } = this.#streams;
    throw new ArchiveMissingError(
      `frames ${from} … ${to} of partition ${partition} were archived and their stream deleted: name the archive's folder with --archive`,
    );
  }

  #noStream(): JournalMissingError {
    return new JournalMissingError(
      `partition ${this.#streams.partition} has no journal any more: restore its streams`,
    );
  }

  #successorMissing(segment: number): JournalMissingError {
    return new JournalMissingError(
      `segment ${segment} of partition ${this.#streams.partition} was closed because segment ${segment + 1} held frames, but that one has no stream: acknowledged frames are GONE. Restore the stream from a backup`,
    );
  }
}
