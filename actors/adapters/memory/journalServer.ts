import type { Clock, StoredFrame } from '../../runtime/ports.js';
import { closes } from '../segmentedJournal.js';

/** What a stream answers to an append that reached it. `silent`: it never answers. `closed`: it is sealed. */
export type AppendAnswer =
  | { readonly kind: 'stored'; readonly sequence: number }
  | { readonly kind: 'refused'; readonly last: number }
  | { readonly kind: 'closed' }
  | { readonly kind: 'silent' };

/** The journals of one deployment as the server keeps them, and everything that can go wrong with them there. */
export class MemoryJournalServer {
  /** By partition, then by segment. */
  readonly #streams = new Map<number, Map<number, MemoryStream>>();
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

  /** Those that have a stream. */
  partitions(): readonly number[] {
    return [...this.#streams]
      .flatMap(([partition, { size }]) => (size > 0 ? partition : []))
      .sort((a, b) => a - b);
  }

  /** Segments of a partition that have a stream, ascending. */
  segments(partition: number): readonly number[] {
    return [...(this.#streams.get(partition)?.keys() ?? [])].sort((a, b) => a - b);
  }

  /** Does nothing where it exists. Default: the first segment, unless the partition has any. */
  create(partition: number, place?: { readonly segment: number; readonly first: number }): void {
    const streams = this.#streams.get(partition) ?? new Map<number, MemoryStream>();
    if (place === undefined && streams.size > 0) return;
    const { segment, first } = place ?? { segment: 0, first: 1 };
    if (streams.has(segment)) return;
    this.#streams.set(partition, streams);
    const onStored = this.#onStored;
    const tell = onStored && ((frame: StoredFrame) => onStored(partition, frame));
    streams.set(segment, new MemoryStream(tell, first));
  }

  /** Default: of the newest segment. */
  stream(partition: number, segment = this.segments(partition).at(-1)): MemoryStream | undefined {
    return this.#streams.get(partition)?.get(segment ?? 0);
  }

  /** The stream whose frames begin at or before `sequence`, the latest of them. */
  holding(partition: number, sequence: number): MemoryStream | undefined {
    const streams = this.segments(partition).map((segment) => this.stream(partition, segment));
    return streams.findLast((stream) => stream !== undefined && stream.first <= sequence);
  }

  /**
   * Up to `count` frames from `from` on, whatever segment they are in. Where the next one begins, a segment has ended: what
   * it has behind that closes it, or is nobody's: a SEALED that lost the race for the change.
   */
  following(partition: number, from: number, count: number): readonly StoredFrame[] {
    const streams = this.segments(partition).flatMap((segment) => this.stream(partition, segment) ?? []);
    return streams
      .flatMap((stream, at) => {
        const end = streams[at + 1]?.first ?? Infinity;
        return stream.following(from, count).filter(({ sequence }) => sequence < end);
      })
      .slice(0, count);
  }

  /** A segment's stream is gone with all that it held. Default: all of the partition. */
  remove(partition: number, segment?: number): void {
    if (segment === undefined) this.#streams.delete(partition);
    else this.#streams.get(partition)?.delete(segment);
  }
}

/** One stream: a list of messages that an expectation on its LENGTH protects, and nothing else. */
export class MemoryStream {
  /** Undefined: a hole. */
  readonly #frames: (StoredFrame | undefined)[] = [];
  #frozen: 'no' | 'at next' | 'yes' = 'no';
  #staleBy = 0;
  #misconfigured: string | undefined;
  #reachable = true;
  #sealed = false;
  #powerCuts = 0;
  #bytes = 0;
  readonly #onStored: ((frame: StoredFrame) => void) | undefined;
  /** Of its first frame. */
  readonly first: number;

  constructor(onStored?: (frame: StoredFrame) => void, first = 1) {
    this.#onStored = onStored;
    this.first = first;
  }

  get last(): number {
    return this.first - 1 + this.#frames.length;
  }

  /** What a reader sees as the last sequence: behind `last` while reads are stale. */
  get lastVisible(): number {
    return Math.max(this.first - 1, this.last - this.#staleBy);
  }

  get sealed(): boolean {
    return this.#sealed;
  }

  /** Whether that message closes the segment, for a reader. */
  closesAt(sequence: number): boolean {
    const message = this.#frames[sequence - this.first];
    return sequence <= this.lastVisible && message !== undefined && closes(message);
  }

  /** Stamp of its first frame; 0: it has none. */
  get since(): number {
    return this.#frames[0]?.storedAt ?? 0;
  }

  /** Of all frames that it took. */
  get bytes(): number {
    return this.#bytes;
  }

  /** It takes nothing any more, for ever: so earlier versions closed a segment. */
  seal(): void {
    this.#sealed = true;
  }

  get misconfigured(): string | undefined {
    return this.#misconfigured;
  }

  get reachable(): boolean {
    return this.#reachable;
  }

  /** `bytes`: nobody changes them any more. */
  append(bytes: Uint8Array, expectedLast: number, storedAt: number): AppendAnswer {
    if (this.#sealed) return { kind: 'closed' };
    if (this.#frozen === 'yes') return { kind: 'silent' };
    if (expectedLast !== this.last) return { kind: 'refused', last: this.last };
    const frame = { sequence: this.last + 1, bytes, storedAt };
    this.#frames.push(frame);
    this.#bytes += frame.bytes.length;
    if (!closes(frame)) this.#onStored?.(frame);
    if (this.#frozen === 'no') return { kind: 'stored', sequence: this.last };
    this.#frozen = 'yes';
    return { kind: 'silent' };
  }

  /** The frame, or undefined: not there, or not seen by this reader yet. */
  frame(sequence: number): StoredFrame | undefined {
    return sequence <= this.lastVisible ? this.#frames[sequence - this.first] : undefined;
  }

  /** Up to `count` frames that are there, from `from` on, passing over holes as the real server does. */
  following(from: number, count: number): readonly StoredFrame[] {
    const found: StoredFrame[] = [];
    let sequence = Math.max(from, this.first);
    for (; sequence <= this.lastVisible && found.length < count; sequence += 1) {
      const frame = this.#frames[sequence - this.first];
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

  /** How often the server's power has failed: what was on its way to it then never arrives. */
  get powerCuts(): number {
    return this.#powerCuts;
  }

  /** The server was restarted after its power failed: the frame whose fsync failed is on no disk. True: there was one. */
  thawWithoutUnsynced(): boolean {
    const isLost = this.#frozen === 'yes';
    if (isLost) this.cutTail(1);
    this.#powerCuts += 1;
    this.thaw();
    return isLost;
  }

  /** Fault: the last `count` frames are gone, as after a power cut without fsync. */
  cutTail(count: number): void {
    this.#frames.length = Math.max(0, this.#frames.length - count);
  }

  /** Fault: one frame in the middle has disappeared, as after a flipped bit in a block file. */
  makeHole(sequence: number): void {
    if (sequence < this.first || sequence > this.last) throw new RangeError(`no frame ${sequence} to lose`);
    this.#frames[sequence - this.first] = undefined;
  }

  /** Fault: other bytes are stored under a sequence. */
  replace(sequence: number, bytes: Uint8Array): void {
    const frame = this.#frames[sequence - this.first];
    if (frame === undefined) throw new RangeError(`no frame ${sequence} to replace`);
    this.#frames[sequence - this.first] = { ...frame, bytes: bytes.slice() };
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
