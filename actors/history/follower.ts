/**
 * Keeps the history of one partition up with its journal while this worker owns it. What was acknowledged is filed in
 * memory soon after, between payments, and stored a batch every second, or at once when somebody asks. What is not in
 * memory (stored before this owner's time, or more than may wait) is read from the journal.
 */
import {
  HISTORY_BUFFER_BYTES,
  HISTORY_COMMIT_BYTES,
  HISTORY_PAUSE_MS,
  HISTORY_READ_FRAMES,
  HISTORY_RETRY_MS,
  HISTORY_SLICE_EVENTS,
  HISTORY_TAKE_MS,
} from '../bounds.js';
import { EMPTY_TIP, type Tip } from '../runtime/chain.js';
import { hashOf, sameBytes, type TurnRecord } from '../runtime/frame.js';
import type { Clock, Follower, Journal } from '../runtime/ports.js';
import { getCertain, readChain } from '../runtime/replay.js';
import { decodeCursor } from './cursor.js';
import { HistoryBehindError, HistoryDamagedError, NotServedError } from './errors.js';
import { Intake } from './intake.js';
import { cursorKey, partitionRange } from './keys.js';
import type { File, HistoryStore } from './ports.js';

export interface FollowerParts {
  readonly partition: number;
  readonly journal: Journal;
  /** Where the owner begins: all up to it is in the journal. */
  readonly tip: Tip;
  readonly store: HistoryStore;
  readonly clock: Clock;
  readonly file: File;
  readonly log: (line: string) => void;
  /** An earlier follower of this partition may still be writing. */
  readonly previous: Promise<void>;
}

interface WaitingFrame {
  readonly at: { readonly sequence: number; readonly time: number };
  readonly turns: readonly TurnRecord[];
}

interface Waiter {
  readonly sequence: number;
  readonly resolve: (filed: Tip) => void;
  readonly reject: (error: Error) => void;
}

export class HistoryFollower implements Follower {
  /** Resolves when nothing is written any more. */
  readonly ended: Promise<void>;
  readonly #parts: FollowerParts;
  /** The last frame that was acknowledged. */
  #known: Tip;
  #waiting: WaitingFrame[] = [];
  #waitingBytes = 0;
  /** Everything up to it is in the store. */
  #filed: Tip = EMPTY_TIP;
  /** Up to it frames are filed or being filed; undefined: the store has not said yet, or has failed. */
  #taken: Tip | undefined;
  /** When the first frame was filed that is not stored yet. */
  #since = 0;
  /** Of the store in which `filed` is. */
  #generation = -1;
  /** Why the store must be made anew although its cursor is of this journal. */
  #fault: string | undefined;
  #waiters: Waiter[] = [];
  #sleep: { readonly wake: () => void; readonly untilStored: boolean } | undefined;
  #stopped = false;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#known = parts.tip;
    this.ended = parts.previous.then(() => this.#run());
  }

  stored(tip: Tip, turns: readonly TurnRecord[], bytes: number): void {
    if (this.#waitingBytes + bytes > HISTORY_BUFFER_BYTES) {
      this.#waiting = [];
      this.#waitingBytes = 0;
    }
    this.#known = tip;
    this.#waiting.push({ at: tip, turns });
    this.#waitingBytes += bytes;
    if (this.#sleep?.untilStored === true) this.#sleep.wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
    for (const { reject } of this.#waiters) reject(new NotServedError(this.#parts.partition));
    this.#waiters = [];
    this.#sleep?.wake();
  }

  /**
   * Resolves when everything that was acknowledged until now is in the store, with the frame that it has reached.
   * Throws HistoryBehindError when the journal must be read for it, NotServedError when the partition has gone.
   */
  async upToDate(): Promise<Tip> {
    this.mustBeWhole();
    const { sequence } = this.#known;
    if (this.#filed.sequence >= sequence) return this.#filed;
    return new Promise((resolve, reject) => {
      this.#waiters.push({ sequence, resolve, reject });
      this.#sleep?.wake();
    });
  }

  /**
   * What was read since `upToDate` is of a store in which everything was. Throws HistoryBehindError or NotServedError
   * where it is not, or no longer.
   */
  mustBeWhole(): void {
    const { partition } = this.#parts;
    if (this.#stopped) throw new NotServedError(partition);
    if (this.#isIncomplete()) {
      this.#sleep?.wake();
      throw new HistoryBehindError(partition, 0, this.#known.sequence);
    }
    if (this.#isBehind()) throw new HistoryBehindError(partition, this.#filed.sequence, this.#known.sequence);
  }

  /** What is in the store is not what was filed: it is made anew from the journal. */
  renew(fault: string): void {
    this.#fault = fault;
    this.#taken = undefined;
    this.#sleep?.wake();
  }

  /** The next frame is not in memory. */
  #isBehind(): boolean {
    return this.#taken === undefined || this.#taken.sequence + 1 < this.#firstWaiting();
  }

  /** The store was damaged, or failed: it may lack what was filed. */
  #isIncomplete(): boolean {
    return this.#generation !== this.#parts.store.generation;
  }

  #firstWaiting(): number {
    return this.#waiting[0]?.at.sequence ?? this.#known.sequence + 1;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const { store, partition, file, log } = this.#parts;
      const intake = new Intake(store, partition, file);
      try {
        this.#generation = store.generation;
        this.#filed = await this.#begin();
        this.#taken = this.#filed;
        await this.#follow(intake);
      } catch (error) {
        this.#taken = undefined;
        this.#failWaiters();
        if (error instanceof HistoryDamagedError) continue;
        if (!this.#isStopped()) log(`history: ${String(error)}: tried again`);
        await this.#pause(HISTORY_RETRY_MS);
      } finally {
        intake.discard();
      }
    }
  }

  /** Where the store stands; what is not of this journal, as it is now, is dropped. */
  async #begin(): Promise<Tip> {
    const { store, partition, log } = this.#parts;
    const [value] = await store.get([cursorKey(partition)]);
    const cursor = value && decodeCursor(value);
    const problem = this.#fault ?? (cursor && (await this.#problemOf(cursor)));
    this.#fault = undefined;
    if (cursor !== undefined && problem === undefined) return cursor;
    if (problem !== undefined) log(`history: made anew from the journal: ${problem}`);
    // Also without a cursor: a clearing may have been interrupted.
    await store.clear(...partitionRange(partition));
    return EMPTY_TIP;
  }

  async #problemOf({ sequence, hash }: Tip): Promise<string | undefined> {
    const { journal, clock } = this.#parts;
    const end = this.#known.sequence;
    if (sequence > end) return `it knows frame ${sequence}, the journal ends at ${end}`;
    const { bytes } = await getCertain(journal, clock, sequence);
    return sameBytes(hashOf(bytes), hash) ? undefined : `the journal has another frame ${sequence}`;
  }

  async #follow(intake: Intake): Promise<void> {
    while (!this.#stopped) {
      this.#mustBeStored();
      if (this.#isBehind()) await this.#readJournal(intake);
      else if (this.#waiting.length === 0 && this.#isStored()) await this.#pause(undefined);
      else {
        if (this.#waiters.length === 0) await this.#rest();
        await this.#takeWaiting(intake);
        if (this.#isDue(intake)) await this.#store(intake);
      }
    }
  }

  /** Until something is to be filed, or stored. */
  async #rest(): Promise<void> {
    if (this.#waiting.length > 0) return this.#pause(HISTORY_TAKE_MS);
    const due = this.#since + HISTORY_PAUSE_MS;
    return this.#pause(Math.max(0, due - this.#parts.clock.elapsed()), true);
  }

  async #readJournal(intake: Intake): Promise<void> {
    const { journal, clock, log } = this.#parts;
    const began = clock.elapsed();
    const from = this.#taken ?? this.#filed;
    const to = Math.min(this.#firstWaiting() - 1, from.sequence + HISTORY_READ_FRAMES);
    const frames: WaitingFrame[] = [];
    const end = await readChain(journal, clock, from, to, ({ sequence, time, body }) => {
      frames.push({ at: { sequence, time }, turns: body.kind === 'turns' ? body.turns : [] });
    });
    await this.#file(intake, frames, end);
    const isWhole = !this.#isBehind();
    if (isWhole || this.#isDue(intake)) await this.#store(intake);
    if (isWhole) log(`history: complete up to frame ${end.sequence}`);
    // As long again for payments.
    else await this.#pause(clock.elapsed() - began);
  }

  async #takeWaiting(intake: Intake): Promise<void> {
    const frames = this.#waiting;
    if (this.#isBehind() || frames.length === 0) return;
    const end = this.#known;
    this.#waiting = [];
    this.#waitingBytes = 0;
    await this.#file(intake, frames, end);
  }

  /** In memory. */
  async #file(intake: Intake, frames: readonly WaitingFrame[], end: Tip): Promise<void> {
    this.#mustBeStored();
    if (this.#isStored()) this.#since = this.#parts.clock.elapsed();
    this.#taken = end;
    const rest = async (): Promise<void> => this.#othersFirst();
    let left = HISTORY_SLICE_EVENTS;
    for (const { at, turns } of frames) {
      intake.begin(at.sequence, at.time);
      for (const { events } of turns) {
        for (const event of events) intake.event(event);
        left -= events.length;
        if (left > 0) continue;
        left = HISTORY_SLICE_EVENTS;
        await rest();
        if (this.#stopped) return;
      }
      await intake.end(rest);
    }
  }

  /** All that was filed is in the store. */
  #isStored(): boolean {
    return this.#taken === undefined || this.#taken.sequence === this.#filed.sequence;
  }

  #isDue(intake: Intake): boolean {
    if (this.#isStored()) return false;
    const isLong = this.#parts.clock.elapsed() - this.#since >= HISTORY_PAUSE_MS;
    return isLong || this.#waiters.length > 0 || intake.bytes >= HISTORY_COMMIT_BYTES;
  }

  async #store(intake: Intake): Promise<void> {
    const end = this.#taken;
    // What was filed of a frame in whose middle it was stopped must not be stored.
    if (this.#stopped || end === undefined) return;
    const allowed = (): void => {
      this.#mustBeStored();
    };
    await intake.commit(end, allowed, async () => this.#othersFirst());
    this.#filed = end;
    this.#tellWaiters();
  }

  /** Nothing may be added to a store that lacks something, before all of it is there again. */
  #mustBeStored(): void {
    if (this.#isIncomplete() || this.#fault !== undefined) throw new HistoryDamagedError();
  }

  #failWaiters(): void {
    const { partition } = this.#parts;
    const behind = new HistoryBehindError(partition, this.#filed.sequence, this.#known.sequence);
    for (const { reject } of this.#waiters) reject(behind);
    this.#waiters = [];
  }

  #tellWaiters(): void {
    const { sequence } = this.#filed;
    const waiters = this.#waiters;
    this.#waiters = waiters.filter((waiter) => waiter.sequence > sequence);
    for (const waiter of waiters) if (waiter.sequence <= sequence) waiter.resolve(this.#filed);
  }

  #isStopped(): boolean {
    return this.#stopped;
  }

  async #othersFirst(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#parts.clock.soon(resolve);
    });
  }

  /** Ends earlier when somebody waits, and with `untilStored` when a frame is stored. Undefined: only then. */
  async #pause(ms: number | undefined, untilStored = ms === undefined): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resolve) => {
      const cancel = ms === undefined ? undefined : this.#parts.clock.after(ms, resolve);
      const wake = (): void => {
        cancel?.();
        resolve();
      };
      this.#sleep = { wake, untilStored };
    });
    this.#sleep = undefined;
  }
}
