/**
 * The journal of one partition over the streams of its segments, and the archive for those that have none any more.
 *
 * A message without content behind its last frame closes a segment; a frame is never empty. Earlier versions changed the
 * stream's configuration instead (`sealed`), and what they closed stays closed. nats-server writes a stream's
 * configuration in two steps, and does not recover a stream whose power failed between them; a message is written in one.
 */
import { ArchiveMissingError, FencedError, JournalMissingError } from '../runtime/errors.js';
import type {
  AppendResult,
  Archive,
  ClosedSegment,
  Journal,
  Segment,
  StoredFrame,
} from '../runtime/ports.js';
import { JournalUnavailableError, NoRespondersError } from './errors.js';

/** Content of the message that closes a segment. */
const CLOSING = new Uint8Array(0);

/** A message that closes its segment. */
export function closes({ bytes }: Pick<StoredFrame, 'bytes'>): boolean {
  return bytes.length === 0;
}

/** Where a segment's stream begins; it holds for as long as the stream is there. */
export interface StreamPlace {
  readonly segment: number;
  /** Position of its first frame, also while it has none. */
  readonly first: number;
}

/** A segment's stream as its server says it is. */
export interface StreamStatus extends StreamPlace {
  /** Position of its last frame; `first - 1`: it has none. */
  readonly last: number;
  /** Position of its last message: above `last` where that closes the segment. */
  readonly length: number;
  readonly bytes: number;
  /** The server's stamp on its first frame; 0: it has none. */
  readonly since: number;
  /** It ends with a message that closes it, or was closed by an earlier version. */
  readonly closed: boolean;
}

/**
 * What a stream answered to an append. `closed`: an earlier version closed it, it takes nothing any more. `nobody`: nobody
 * answers for it, perhaps because it is not there any more.
 */
export type StreamAnswer =
  | AppendResult
  | { readonly kind: 'closed'; readonly reason: string }
  | { readonly kind: 'nobody'; readonly reason: string };

/**
 * The streams of one partition's segments, as an adapter keeps them. Messages that close a segment are handed over like
 * frames. Every call may throw JournalUnavailableError.
 */
export interface SegmentStreams {
  readonly partition: number;
  /** Segments that have a stream, ascending. */
  list(): Promise<readonly number[]>;
  /** Undefined: there is no such stream. */
  place(segment: number): Promise<StreamPlace | undefined>;
  /** The same, with what is in it. */
  status(segment: number): Promise<StreamStatus | undefined>;
  /** When it resolves, what it then takes is kept. Finishes what was made halfway; does nothing when it exists. */
  create(segment: number, first: number): Promise<void>;
  /** Deletes it with all its frames; does nothing when it is not there. */
  remove(segment: number): Promise<void>;
  append(segment: number, frame: Uint8Array, expectedLast: number): Promise<StreamAnswer>;
  get(segment: number, sequence: number): Promise<StoredFrame | undefined>;
  read(segment: number, from: number, to: number, onFrame: (frame: StoredFrame) => void): Promise<number>;
  /** Throws JournalConfigurationError. */
  verify(place: StreamPlace): Promise<void>;
}

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
  #known: readonly StreamPlace[] = [];
  #looking = false;
  /** Why nobody answers, where that is because no stream is left; empty: not known. */
  #lost = '';

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
    return this.#lost === ''
      ? { kind: 'unknown', reason: answer.reason }
      : { kind: 'unknown', reason: this.#lost, lost: true };
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
      const message = await this.#streams.get(known.segment, sequence);
      found = message === undefined || closes(message) ? undefined : message;
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
      if (known !== undefined) return this.#readStream(known.segment, next, end, hand);
      return this.#archived(next, end).read(this.#streams.partition, next, end, hand);
    });
  }

  async verifyConfiguration(): Promise<void> {
    for (const { segment } of this.#known) {
      const place = await this.#streams.place(segment);
      if (place !== undefined) await this.#streams.verify(place);
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

  async newestSegment(stored = 0): Promise<Segment> {
    const newest = await this.#newest();
    const hasFrame = Math.max(stored, newest.last) >= newest.first;
    if (hasFrame || newest.segment === 0) return newest;
    return (await this.#before(newest)) ?? newest;
  }

  /** Archived and deleted already, where the first frame of the next one was only found, and is gone. */
  async #before({ segment }: StreamPlace): Promise<Segment | undefined> {
    const stream = await this.#streams.status(segment - 1);
    if (stream !== undefined) return stream;
    const archived = await this.#archive?.list(this.#streams.partition);
    const before = archived?.findLast((each) => each.segment === segment - 1);
    return before && { ...before, since: 0 };
  }

  async beginSegment(segment: number, first: number): Promise<void> {
    // In this order: a stream is closed only after its successor was made.
    const before = await this.#streams.status(segment - 1);
    // Also where it is there: whoever made it may have ended halfway.
    if (before?.closed === false) await this.#streams.create(segment, first);
    const made = await this.#streams.place(segment);
    if (made === undefined) throw this.#successorMissing(segment - 1);
    if (made.first !== first) {
      throw new FencedError(
        `another worker has made segment ${segment} of partition ${this.#streams.partition}: it begins with frame ${made.first}, not with ${first}`,
      );
    }
    this.#remember(made);
  }

  async hasSegment(segment: number): Promise<boolean> {
    return (await this.#streams.place(segment)) !== undefined;
  }

  async closeSegment(segment: number): Promise<void> {
    for (;;) {
      const status = await this.#streams.status(segment);
      if (status === undefined) return;
      // Also behind one that is there: that may be on no disk.
      const answer = await this.#streams.append(segment, CLOSING, status.length);
      if (answer.kind === 'closed') return;
      if (answer.kind === 'stored' && !answer.duplicate && answer.sequence === status.length + 1) return;
      if (answer.kind === 'unknown' || answer.kind === 'nobody') {
        const { partition } = this.#streams;
        throw new JournalUnavailableError(
          `the end of segment ${segment} of partition ${partition} was not acknowledged: ${answer.reason}`,
        );
      }
      // Refused: another has closed it meanwhile. Behind that message, then.
    }
  }

  /** Up to the message that closes the segment. */
  async #readStream(
    segment: number,
    from: number,
    to: number,
    onFrame: (frame: StoredFrame) => void,
  ): Promise<number> {
    let end = Infinity;
    const next = await this.#streams.read(segment, from, to, (message) => {
      if (closes(message)) end = Math.min(end, message.sequence);
      else if (end === Infinity) onFrame(message);
    });
    return Math.min(next, end);
  }

  /** The stream that has the position, or would have it; undefined: none that is known. */
  #holding(position: number): StreamPlace | undefined {
    return this.#known.findLast(({ first }) => first <= position);
  }

  #remember(place: StreamPlace): void {
    if ((this.#known.at(-1)?.segment ?? -1) < place.segment) this.#known = [...this.#known, place];
  }

  /** Follows the streams to the last one. */
  async #newest(): Promise<StreamStatus> {
    for (;;) {
      const last = this.#known.at(-1);
      if (last === undefined) throw this.#noStream();
      // In this order: a stream is closed only after its successor was made.
      const status = await this.#streams.status(last.segment);
      const next = await this.#streams.place(last.segment + 1);
      if (next !== undefined) this.#remember(next);
      else if (status === undefined) await this.#lookAgain();
      else if (status.closed) throw this.#successorMissing(last.segment);
      else return status;
    }
  }

  /** Which streams there are now: some may have been archived and deleted. */
  async #lookAgain(): Promise<void> {
    const before = this.#known;
    const listed = await this.#streams.list();
    if (listed.length === 0) throw this.#noStream();
    const known: StreamPlace[] = [];
    for (const segment of listed) {
      const place = await this.#streams.place(segment);
      if (place !== undefined) known.push(place);
    }
    // One that was begun meanwhile was not there yet when they were listed.
    const begun = this.#known.filter((place) => !before.includes(place) && !listed.includes(place.segment));
    this.#known = [...known, ...begun];
  }

  /**
   * Reads from whatever holds the next position until `to` is reached or nobody has more. `part` reads from one place
   * and says how far it came; what it has handed over it reports, so that nothing is handed over twice.
   */
  async #somewhere(
    from: number,
    to: number,
    part: (
      known: StreamPlace | undefined,
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
  async #hasSuccessor(known: StreamPlace, position: number): Promise<boolean> {
    const next = await this.#streams.place(known.segment + 1);
    if (next === undefined) return false;
    this.#remember(next);
    return next.first <= position;
  }

  /** It was archived and deleted since it was looked at. Throws JournalUnavailableError where nobody says so. */
  async #isGone({ segment }: StreamPlace): Promise<boolean> {
    if ((await this.#streams.place(segment)) !== undefined) return false;
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
  #lookAside(known: StreamPlace): void {
    if (this.#looking) return;
    this.#looking = true;
    const done = (error?: unknown): void => {
      this.#looking = false;
      this.#lost = error instanceof JournalMissingError ? error.message : '';
    };
    this.#isGone(known).then(() => {
      done();
    }, done);
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
      `partition ${this.#streams.partition} has no journal any more, no stream of it is left: acknowledged frames are GONE. Restore the stream from a backup`,
    );
  }

  #successorMissing(segment: number): JournalMissingError {
    return new JournalMissingError(
      `segment ${segment} of partition ${this.#streams.partition} was closed because segment ${segment + 1} held frames, but that one has no stream: acknowledged frames are GONE. Restore the stream from a backup`,
    );
  }
}
