import { APPEND_TIMEOUT_MS, READ_TIMEOUT_MS, REPLAY_BATCH_FRAMES } from '../../bounds.js';
import { JournalConfigurationError, JournalHoleError, JournalMissingError } from '../../runtime/errors.js';
import type { AppendResult, Clock, Journal, JournalStore, StoredFrame } from '../../runtime/ports.js';
import { JournalUnavailableError } from '../errors.js';
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

  /** `faultOf`: asked for every append; undefined: nothing happens to it. */
  constructor(
    server: MemoryJournalServer,
    clock: Clock,
    link = new Link(clock),
    faultOf?: (partition: number) => AppendFault | undefined,
  ) {
    this.#server = server;
    this.link = link;
    this.#faultOf = faultOf;
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
    return new MemoryJournal(this.#server, partition, this.link, () => {
      return this.#faults.get(partition)?.shift() ?? this.#faultOf?.(partition) ?? {};
    });
  }

  #ask<T>(question: () => T): Promise<T> {
    return askOver(this.link, question);
  }
}

class MemoryJournal implements Journal {
  readonly #server: MemoryJournalServer;
  readonly #partition: number;
  readonly #link: Link;
  readonly #nextFault: () => AppendFault;

  constructor(server: MemoryJournalServer, partition: number, link: Link, nextFault: () => AppendFault) {
    this.#server = server;
    this.#partition = partition;
    this.#link = link;
    this.#nextFault = nextFault;
  }

  append(frame: Uint8Array, expectedLast: number): Promise<AppendResult> {
    const fault = this.#nextFault();
    const { arrivals = [0] } = fault;
    const sent = frame.slice();
    return new Promise((resolve) => {
      const cancel = this.#link.clock.after(APPEND_TIMEOUT_MS, () => {
        this.#link.local(() => resolve({ kind: 'unknown', reason: 'no acknowledgement in time' }));
      });
      const settle = (result: AppendResult) => {
        cancel();
        resolve(result);
      };
      for (const delayMs of arrivals) {
        this.#link.send(() => this.#arrive(sent, expectedLast, fault, settle), { delayMs });
      }
    });
  }

  lastSequence(): Promise<number> {
    return this.#ask((stream) => stream.lastVisible);
  }

  get(sequence: number): Promise<StoredFrame | undefined> {
    return this.#askDirectly((stream) => stream.frame(sequence));
  }

  async read(from: number, to: number, onFrame: (frame: StoredFrame) => void): Promise<number> {
    let next = Math.max(1, from);
    while (next <= to) {
      const count = Math.min(REPLAY_BATCH_FRAMES, to - next + 1);
      const batch = await this.#askDirectly((stream) => stream.following(next, count));
      if (batch.length === 0) break;
      for (const frame of batch) {
        if (frame.sequence !== next) throw new JournalHoleError(holeText(next, frame.sequence));
        onFrame(frame);
        next += 1;
      }
    }
    return next;
  }

  async verifyConfiguration(): Promise<void> {
    const property = await this.#ask((stream) => stream.misconfigured);
    if (property !== undefined) {
      throw new JournalConfigurationError(`the journal's ${property} is not what keeps every frame`);
    }
  }

  #arrive(
    frame: Uint8Array,
    expectedLast: number,
    { acknowledgement = 0, says = {} }: AppendFault,
    settle: (result: AppendResult) => void,
  ): void {
    const truth = this.#answerOf(frame, expectedLast);
    if (truth === undefined || acknowledgement === 'lost') return;
    const answer = truth.kind === 'stored' ? { ...truth, ...says } : truth;
    this.#link.answer(() => settle(answer), { delayMs: acknowledgement });
  }

  #answerOf(frame: Uint8Array, expectedLast: number): AppendResult | undefined {
    const stream = this.#stream();
    if (stream?.reachable !== true) return { kind: 'unknown', reason: '503 no responders' };
    const answer = stream.append(frame, expectedLast, this.#server.now(this.#link.clock));
    if (answer.kind === 'silent') return undefined;
    return answer.kind === 'stored' ? { ...answer, duplicate: false } : answer;
  }

  #stream(): MemoryStream | undefined {
    return this.#server.stream(this.#partition);
  }

  /** A direct get: a stream that is gone cannot be told from one that does not answer. */
  #askDirectly<T>(question: (stream: MemoryStream) => T): Promise<T> {
    return askOver(this.#link, () => {
      const stream = this.#stream();
      if (stream?.reachable !== true) throw new JournalUnavailableError('503 no responders');
      return question(stream);
    });
  }

  #ask<T>(question: (stream: MemoryStream) => T): Promise<T> {
    return askOver(this.#link, () => {
      const stream = this.#stream();
      if (stream === undefined) throw missing(this.#partition);
      if (!stream.reachable) throw new JournalUnavailableError('503 no responders');
      return question(stream);
    });
  }
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
