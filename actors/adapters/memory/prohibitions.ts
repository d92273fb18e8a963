import { READ_TIMEOUT_MS } from '../../bounds.js';
import type {
  ListVersion,
  ProhibitionEntry,
  ProhibitionStream,
  VersionedEntry,
} from '../../prohibitions/ports.js';
import type { Clock } from '../../runtime/ports.js';
import { ListUnavailableError } from '../errors.js';
import { Link } from './link.js';

/** The stream of one deployment's list: the last entry of each card, under rising sequences. */
export class MemoryProhibitionServer {
  #incarnation: number;
  #last = 0;
  /** In order of sequence: an entry is taken out and put back at the end when it is replaced. */
  readonly #entries = new Map<string, VersionedEntry>();
  readonly #followers = new Set<() => void>();
  #available = true;
  #compares = true;
  #setBack = 0;

  /** `incarnation`: when the stream was created, in ms. */
  constructor(incarnation = 1) {
    this.#incarnation = incarnation;
  }

  get available(): boolean {
    return this.#available;
  }

  get version(): ListVersion {
    return { incarnation: this.#incarnation, sequence: this.#last };
  }

  entry(card: string): VersionedEntry | undefined {
    return this.#entries.get(card);
  }

  after(sequence: number): readonly VersionedEntry[] {
    return [...this.#entries.values()].filter(({ version }) => version.sequence > sequence);
  }

  /** Stores the entry unless one of its position or a newer one stands. Returns the version that stands. */
  put(entry: ProhibitionEntry): ListVersion {
    const standing = this.#entries.get(entry.card);
    if (this.#compares && standing !== undefined && standing.position >= entry.position)
      return standing.version;
    if (standing !== undefined && standing.position > entry.position) this.#setBack += 1;
    this.#last += 1;
    const stored = { ...entry, reasons: [...entry.reasons], version: this.version };
    this.#entries.delete(entry.card);
    this.#entries.set(entry.card, stored);
    for (const notify of this.#followers) notify();
    return stored.version;
  }

  /** Entries that were replaced by older ones: there must never be one. */
  get setBack(): number {
    return this.#setBack;
  }

  /** Sabotage: whatever comes last stands. */
  forgetToCompare(): void {
    this.#compares = false;
  }

  onPut(notify: () => void): () => void {
    this.#followers.add(notify);
    return () => {
      this.#followers.delete(notify);
    };
  }

  /** Fault: the stream is deleted and made anew; whoever follows it finds out. */
  recreate(): void {
    this.#incarnation += 1;
    this.#last = 0;
    this.#entries.clear();
    for (const notify of this.#followers) notify();
  }

  /** Fault: nobody answers, until true is given; then followers hear what they missed. */
  setAvailable(available: boolean): void {
    this.#available = available;
    if (available) for (const notify of this.#followers) notify();
  }
}

/** One process's view of a MemoryProhibitionServer. */
export class MemoryProhibitionStream implements ProhibitionStream {
  readonly link: Link;
  readonly #server: MemoryProhibitionServer;
  #losesNextAnswer = false;
  #copyDelayMs = 0;

  constructor(server: MemoryProhibitionServer, clock: Clock, link = new Link(clock)) {
    this.#server = server;
    this.link = link;
  }

  /** Fault: the next publication is stored, and its caller never hears of it. */
  loseNextAnswer(): void {
    this.#losesNextAnswer = true;
  }

  /** Fault: a copy of the next publication comes so many ms after it. */
  copyNextPublication(delayMs: number): void {
    this.#copyDelayMs = delayMs;
  }

  publish(entry: ProhibitionEntry): Promise<ListVersion> {
    if (this.#copyDelayMs > 0) {
      this.link.send(() => void this.#server.put(entry), { delayMs: this.#copyDelayMs });
      this.#copyDelayMs = 0;
    }
    const lost = this.#losesNextAnswer;
    this.#losesNextAnswer = false;
    const put = () => {
      if (!this.#server.available) throw new ListUnavailableError('503 no responders');
      return this.#server.put(entry);
    };
    const timedOut = () => new ListUnavailableError(`no answer within ${READ_TIMEOUT_MS} ms`);
    return this.link.ask(put, { timeoutMs: READ_TIMEOUT_MS, timedOut, loseAnswer: lost });
  }

  follow(
    onEntry: (entry: VersionedEntry) => void,
    onCaughtUp: (version: ListVersion) => void,
  ): Promise<() => void> {
    const follower = new Follower(this.#server, this.link, { onEntry, onCaughtUp });
    const unsubscribe = this.#server.onPut(() => follower.wake());
    const stopRestores = this.link.onRestore(() => follower.wake());
    follower.wake();
    return Promise.resolve(() => {
      unsubscribe();
      stopRestores();
      follower.end();
    });
  }
}

interface Callbacks {
  onEntry(entry: VersionedEntry): void;
  onCaughtUp(version: ListVersion): void;
}

class Follower {
  readonly #server: MemoryProhibitionServer;
  readonly #link: Link;
  readonly #callbacks: Callbacks;
  #seen: ListVersion = { incarnation: 0, sequence: 0 };
  #ended = false;

  constructor(server: MemoryProhibitionServer, link: Link, callbacks: Callbacks) {
    this.#server = server;
    this.#link = link;
    this.#callbacks = callbacks;
  }

  wake(): void {
    this.#link.answer(() => this.#catchUp());
  }

  end(): void {
    this.#ended = true;
  }

  #catchUp(): void {
    if (this.#ended || !this.#server.available) return;
    const { version } = this.#server;
    const known = this.#seen;
    const from = known.incarnation === version.incarnation ? known.sequence : 0;
    this.#seen = version;
    for (const entry of this.#server.after(from)) this.#callbacks.onEntry(entry);
    this.#callbacks.onCaughtUp(version);
  }
}
