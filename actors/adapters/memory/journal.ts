import { APPEND_TIMEOUT_MS, READ_TIMEOUT_MS, REPLAY_BATCH_FRAMES } from '../../bounds.js';
import { JournalConfigurationError, JournalHoleError, JournalMissingError } from '../../runtime/errors.js';
import type { Archive, Clock, Journal, JournalStore, StoredFrame } from '../../runtime/ports.js';
import { JournalUnavailableError, NoRespondersError } from '../errors.js';
import {
  openSegments,
  type SegmentStreams,
  type StreamAnswer,
  type StreamPlace,
  type StreamStatus,
} from '../segmentedJournal.js';
import { copyOf } from './copy.js';
import type { MemoryJournalServer, MemoryStream } from './journalServer.js';
import { Link } from './link.js';

/** What becomes of one append on its way. Each entry of `arrivals` is a copy of it that reaches the server. */
export interface AppendFault {
  /** Delays in ms; none: the append is lost. Default: one, at once. */
  readonly arrivals?: readonly number[];
  /** Delay of the acknowledgement in ms, or that it is lost. Default: none. */
  readonly acknowledgement?: number | 'lost';
  /** What the acknowledgement of a stored frame says instead of the truth. */
  readonly says?: { readonly sequence?: number; readonly duplicate?: boolean };
}

/** One process's view of a MemoryJournalServer. Faults on the way are given per partition, for its next appends. */
export class MemoryJournalStore implements JournalStore {
  readonly link: Link;
  readonly #server: MemoryJournalServer;
  readonly #faults = new Map<number, AppendFault[]>();
  readonly #faultOf: ((partition: number) => AppendFault | undefined) | undefined;
  readonly #archive: Archive | undefined;

  /**
   * `faultOf`: asked for every append; undefined: nothing happens to it. `archive`: of segments whose streams are
   * deleted.
   */
  constructor(
    server: MemoryJournalServer,
    clock: Clock,
    link = new Link(clock),
    faultOf?: (partition: number) => AppendFault | undefined,
    archive?: Archive,
  ) {
    this.#server = server;
    this.link = link;
    this.#faultOf = faultOf;
    this.#archive = archive;
  }

  /** What becomes of this process's next append to `partition`; several queue up, one each. */
  onNextAppend(partition: number, ...faults: readonly AppendFault[]): void {
    const queued = this.#faults.get(partition) ?? [];
    this.#faults.set(partition, [...queued, ...faults]);
  }

  list(): Promise<readonly number[]> {
    return this.#ask(() => this.#server.partitions());
  }

  create(partition: number): Promise<void> {
    return this.#ask(() => {
      this.#server.create(partition);
    });
  }

  async open(partition: number): Promise<Journal> {
    const isThere = await this.#ask(() => this.#server.stream(partition) !== undefined);
    if (!isThere) throw missing(partition);
    const streams = new MemoryJournalStreams(this.#server, partition, this.link, () => {
      return this.#faults.get(partition)?.shift() ?? this.#faultOf?.(partition) ?? {};
    });
    return openSegments(streams, this.#archive);
  }

  #ask<T>(question: () => T): Promise<T> {
    return askOver(this.link, question);
  }
}

class MemoryJournalStreams implements SegmentStreams {
  readonly partition: number;
  readonly #server: MemoryJournalServer;
  readonly #link: Link;
  readonly #nextFault: () => AppendFault;

  constructor(server: MemoryJournalServer, partition: number, link: Link, nextFault: () => AppendFault) {
    this.#server = server;
    this.partition = partition;
    this.#link = link;
    this.#nextFault = nextFault;
  }

  list(): Promise<readonly number[]> {
    return askOver(this.#link, () => this.#server.segments(this.partition));
  }

  place(segment: number): Promise<StreamPlace | undefined> {
    return this.#ask(segment, (stream) => stream && { segment, first: stream.first });
  }

  status(segment: number): Promise<StreamStatus | undefined> {
    return this.#ask(segment, (stream) => {
      if (stream === undefined) return undefined;
      const { first, lastVisible: length, bytes, since } = stream;
      let last = length;
      while (stream.closesAt(last)) last -= 1;
      return { segment, first, last, length, bytes, since, closed: stream.sealed || last < length };
    });
  }

  create(segment: number, first: number): Promise<void> {
    return this.#ask(segment, () => {
      this.#server.create(this.partition, { segment, first });
    });
  }

  remove(segment: number): Promise<void> {
    return this.#ask(segment, () => {
      this.#server.remove(this.partition, segment);
    });
  }

  append(segment: number, frame: Uint8Array, expectedLast: number): Promise<StreamAnswer> {
    const fault = this.#nextFault();
    const { arrivals = [0] } = fault;
    const powerCuts = this.#stream(segment)?.powerCuts;
    const sent = { segment, frame: copyOf(frame), expectedLast, powerCuts };
    return new Promise((resolve) => {
      const cancel = this.#link.clock.after(APPEND_TIMEOUT_MS, () => {
        this.#link.local(() => resolve({ kind: 'unknown', reason: 'no acknowledgement in time' }));
      });
      const settle = (result: StreamAnswer) => {
        cancel();
        resolve(result);
      };
      for (const delayMs of arrivals) {
        this.#link.send(() => this.#arrive(sent, fault, settle), { delayMs });
      }
    });
  }

  get(segment: number, sequence: number): Promise<StoredFrame | undefined> {
    return this.#askDirectly(segment, (stream) => stream.frame(sequence));
  }

  async read(
    segment: number,
    from: number,
    to: number,
    onFrame: (frame: StoredFrame) => void,
  ): Promise<number> {
    let next = from;
    while (next <= to) {
      const count = Math.min(REPLAY_BATCH_FRAMES, to - next + 1);
      const batch = await this.#askDirectly(segment, (stream) => stream.following(next, count));
      if (batch.length === 0) break;
      for (const frame of batch) {
        if (frame.sequence !== next) throw new JournalHoleError(holeText(next, frame.sequence));
        onFrame(frame);
        next += 1;
      }
    }
    return next;
  }

  async verify({ segment }: StreamPlace): Promise<void> {
    const property = await this.#ask(segment, (stream) => stream?.misconfigured);
    if (property !== undefined) {
      throw new JournalConfigurationError(`the journal's ${property} is not what keeps every frame`);
    }
  }

  #arrive(
    { segment, frame, expectedLast, powerCuts }: SentFrame,
    { acknowledgement = 0, says = {} }: AppendFault,
    settle: (result: StreamAnswer) => void,
  ): void {
    if (this.#stream(segment)?.powerCuts !== powerCuts) return;
    const truth = this.#answerOf(segment, frame, expectedLast);
    if (truth === undefined || acknowledgement === 'lost') return;
    const answer = truth.kind === 'stored' ? { ...truth, ...says } : truth;
    this.#link.answer(() => settle(answer), { delayMs: acknowledgement });
  }

  #answerOf(segment: number, frame: Uint8Array, expectedLast: number): StreamAnswer | undefined {
    const stream = this.#stream(segment);
    if (stream?.reachable !== true) return { kind: 'nobody', reason: '503 no responders' };
    const answer = stream.append(frame, expectedLast, this.#server.now(this.#link.clock));
    if (answer.kind === 'silent') return undefined;
    if (answer.kind === 'closed') return { kind: 'closed', reason: 'the stream is closed' };
    return answer.kind === 'stored' ? { ...answer, duplicate: false } : answer;
  }

  #stream(segment: number): MemoryStream | undefined {
    return this.#server.stream(this.partition, segment);
  }

  /** A direct get: a stream that is gone cannot be told from one that does not answer. */
  #askDirectly<T>(segment: number, question: (stream: MemoryStream) => T): Promise<T> {
    return askOver(this.#link, () => {
      const stream = this.#stream(segment);
      if (stream?.reachable !== true) throw new NoRespondersError('503 no responders');
      return question(stream);
    });
  }

  #ask<T>(segment: number, question: (stream: MemoryStream | undefined) => T): Promise<T> {
    return askOver(this.#link, () => {
      const stream = this.#stream(segment);
      if (stream?.reachable === false) throw new NoRespondersError('503 no responders');
      return question(stream);
    });
  }
}

/** A copy on its way. */
interface SentFrame {
  readonly segment: number;
  readonly frame: Uint8Array;
  readonly expectedLast: number;
  /** Of the stream's server until then. */
  readonly powerCuts: number | undefined;
}

function missing(partition: number): JournalMissingError {
  return new JournalMissingError(`partition ${partition} has no journal`);
}

function holeText(missing: number, found: number): string {
  return `the journal has no frame ${missing}; the next one there is ${found}. Do not serve this partition`;
}

/** A question and its answer over the link; JournalUnavailableError when none comes in time. */
function askOver<T>(link: Link, question: () => T): Promise<T> {
  const timedOut = () => new JournalUnavailableError(`no answer within ${READ_TIMEOUT_MS} ms`);
  return link.ask(question, { timeoutMs: READ_TIMEOUT_MS, timedOut });
}
