import type { Clock, StoredFrame } from '../../runtime/ports.js';

/** What a stream answers to an append that reached it. `silent`: it never answers. */
export type AppendAnswer =
  | { readonly kind: 'stored'; readonly sequence: number }
  | { readonly kind: 'refused'; readonly last: number }
  | { readonly kind: 'silent' };

/** The journals of one deployment as the server keeps them, and everything that can go wrong with them there. */
export class MemoryJournalServer {
  readonly #streams = new Map<number, MemoryStream>();
  readonly #clock: Pick<Clock, 'now'> | undefined;
  readonly #onStored: ((partition: number, frame: StoredFrame) => void) | undefined;

  /**
   * `clock`: the server's own, with which it stamps frames. Default: that of whoever appends. `onStored`: is shown every
   * frame that is stored.
   */
  constructor(clock?: Pick<Clock, 'now'>, onStored?: (partition: number, frame: StoredFrame) => void) {
    this.#clock = clock;
    this.#onStored = onStored;
  }

  /** The time of a stamp. */
  now(appender: Pick<Clock, 'now'>): number {
    return (this.#clock ?? appender).now();
  }

  partitions(): readonly number[] {
    return [...this.#streams.keys()].sort((a, b) => a - b);
  }

  create(partition: number): void {
    if (this.#streams.has(partition)) return;
    const onStored = this.#onStored;
    const tell = onStored && ((frame: StoredFrame) => onStored(partition, frame));
    this.#streams.set(partition, new MemoryStream(tell));
  }

  stream(partition: number): MemoryStream | undefined {
    return this.#streams.get(partition);
  }

  /** Fault: the stream is gone with all that it held. */
  remove(partition: number): void {
    this.#streams.delete(partition);
  }
}

/** One stream: a list of frames that an expectation on its LENGTH protects, and nothing else. */
export class MemoryStream {
  /** Undefined: a hole. */
  readonly #frames: (StoredFrame | undefined)[] = [];
  #frozen: 'no' | 'at next' | 'yes' = 'no';
  #staleBy = 0;
  #misconfigured: string | undefined;
  #reachable = true;
  readonly #onStored: ((frame: StoredFrame) => void) | undefined;

  constructor(onStored?: (frame: StoredFrame) => void) {
    this.#onStored = onStored;
  }

  get last(): number {
    return this.#frames.length;
  }

  /** What a reader sees as the last sequence: behind `last` while reads are stale. */
  get lastVisible(): number {
    return Math.max(0, this.#frames.length - this.#staleBy);
  }

  get misconfigured(): string | undefined {
    return this.#misconfigured;
  }

  get reachable(): boolean {
    return this.#reachable;
  }

  append(bytes: Uint8Array, expectedLast: number, storedAt: number): AppendAnswer {
    if (this.#frozen === 'yes') return { kind: 'silent' };
    if (expectedLast !== this.#frames.length) return { kind: 'refused', last: this.#frames.length };
    // A copy: what is stored cannot be changed by whoever sent it.
    const frame = { sequence: this.#frames.length + 1, bytes: bytes.slice(), storedAt };
    this.#frames.push(frame);
    this.#onStored?.(frame);
    if (this.#frozen === 'no') return { kind: 'stored', sequence: this.#frames.length };
    this.#frozen = 'yes';
    return { kind: 'silent' };
  }

  /** The frame, or undefined: not there, or not seen by this reader yet. */
  frame(sequence: number): StoredFrame | undefined {
    return sequence <= this.lastVisible ? this.#frames[sequence - 1] : undefined;
  }

  /** Up to `count` frames that are there, from `from` on, passing over holes as the real server does. */
  following(from: number, count: number): readonly StoredFrame[] {
    const found: StoredFrame[] = [];
    for (let sequence = from; sequence <= this.lastVisible && found.length < count; sequence += 1) {
      const frame = this.#frames[sequence - 1];
      if (frame !== undefined) found.push(frame);
    }
    return found;
  }

  /** Fault: an fsync fails. The next frame is stored but never acknowledged, and nothing after it is taken. */
  freeze(): void {
    this.#frozen = 'at next';
  }

  /** The server was restarted: it takes frames again. */
  thaw(): void {
    this.#frozen = 'no';
  }

  /** Fault: the last `count` frames are gone, as after a power cut without fsync. */
  cutTail(count: number): void {
    this.#frames.length = Math.max(0, this.#frames.length - count);
  }

  /** Fault: one frame in the middle has disappeared, as after a flipped bit in a block file. */
  makeHole(sequence: number): void {
    if (sequence < 1 || sequence > this.#frames.length) throw new RangeError(`no frame ${sequence} to lose`);
    this.#frames[sequence - 1] = undefined;
  }

  /** Fault: other bytes are stored under a sequence. */
  replace(sequence: number, bytes: Uint8Array): void {
    const frame = this.#frames[sequence - 1];
    if (frame === undefined) throw new RangeError(`no frame ${sequence} to replace`);
    this.#frames[sequence - 1] = { ...frame, bytes: bytes.slice() };
  }

  /** Fault: readers see the stream without its newest `count` frames, until 0 is given. */
  makeReadsStale(count: number): void {
    this.#staleBy = count;
  }

  /** Fault: the stream's property of that name is not what a journal needs. Undefined: all is well again. */
  misconfigure(property: string | undefined): void {
    this.#misconfigured = property;
  }

  /** Fault: nobody answers for the stream ("no responders"), until true is given. */
  setReachable(reachable: boolean): void {
    this.#reachable = reachable;
  }
}
