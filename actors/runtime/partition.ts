/**
 * One partition while this worker owns it: the single writer of its journal. Commands are decided one after the
 * other into the open frame; while a frame is being stored, the next one collects (natural batching). Nothing that
 * depends on a frame leaves before it is acknowledged (D1), one frame is in flight (D2), a turn is all or nothing (D4).
 */
import { WAKE_MS } from '../bounds.js';
import { Appender } from './appender.js';
import { Asks } from './asks.js';
import type { Tip } from './chain.js';
import { Checkpointer } from './checkpointer.js';
import type { Delivery, DeliveryItem } from './deliveries.js';
import { stateDigest } from './digest.js';
import type { Ask, Domain, Turn } from './domain.js';
import { FencedError, FramesGoneError, MalformedError } from './errors.js';
import { encodeFrame, hashOf, type FrameBody, type TurnRecord } from './frame.js';
import { Loader } from './loader.js';
import { Mailbox, OVERLOADED } from './mailbox.js';
import {
  checkedSize,
  isLate,
  openFrame,
  type OpenFrame,
  putOff,
  recordOf,
  takesMore,
  TurnInFrame,
} from './openFrame.js';
import { publishNotices } from './notices.js';
import { Outbox, type Origin } from './outbox.js';
import type { Cancel } from './ports.js';
import type { PartitionParts } from './partitionParts.js';
import type { PartitionStatistics } from './partitionStatistics.js';
import { isEarly } from './sabotage.js';
import { SegmentEnd } from './segmentEnd.js';
import { FRAMES_BETWEEN_SEGMENTS, type FrameAsStored } from './segments.js';
import { Held } from './held.js';
import { evolveAll } from './replay.js';
import type { UnitIndex } from './unitIndex.js';
import { stateOf, Unit, type Units } from './units.js';
import { MANY_WAIT, Waiters } from './waiters.js';

export class Partition<Command, Event, State> {
  readonly #parts: PartitionParts<Command, Event, State>;
  readonly #domain: Domain<Command, Event, State>;
  readonly #units: Units<State>;
  readonly #index: UnitIndex;
  readonly #appender: Appender;
  readonly #loader: Loader<Command, Event, State>;
  readonly #asks: Asks;
  readonly #outbox: Outbox;
  readonly #checkpointer: Checkpointer<Command, Event, State>;
  readonly #waiters = new Waiters();
  readonly #mailbox: Mailbox<Command>;
  readonly #held: Held<Command>;
  readonly #segments: SegmentEnd;
  #tip: Tip;
  #open: OpenFrame<State>;
  #inFlight: OpenFrame<State> | undefined;
  #loading = 0;
  #scheduled = false;
  #state: 'serving' | 'draining' | 'stopped' = 'serving';
  #drained: (() => void) | undefined;
  /** Everything is loaded that must be in the next checkpoint; or it has stopped. */
  readonly #recovered: Promise<void>;
  #endRecovery: () => void = () => undefined;
  #unsubscribe: Cancel | undefined;
  #waking: Cancel | undefined;
  #unlisten: Cancel | undefined;
  readonly #counts = { frames: 0, turns: 0, events: 0, frameBytes: 0 };
  #silence = '';

  constructor(parts: PartitionParts<Command, Event, State>) {
    this.#parts = parts;
    this.#domain = parts.domain;
    this.#units = parts.recovered.units;
    this.#index = parts.recovered.index;
    this.#tip = parts.recovered.tip;
    this.#recovered = new Promise((resolve) => {
      this.#endRecovery = resolve;
    });
    this.#mailbox = new Mailbox(parts.clock);
    const onSilence = (silence: string): void => {
      this.#silence = silence;
      parts.log(silence || 'the journal acknowledges again');
    };
    this.#appender = new Appender(parts.journal, parts.clock, onSilence, parts.epoch);
    this.#outbox = new Outbox(parts.post, parts.partition, parts.epoch);
    const shared = { ...parts, index: this.#index, units: this.#units, tails: parts.recovered.tails };
    const fail = (error: unknown): void => {
      this.stop(error instanceof Error ? error : new Error(String(error)));
    };
    this.#loader = new Loader({
      ...shared,
      acknowledged: () => this.#tip.sequence,
      onFailure: fail,
      onUnfinished: (unit) => {
        this.#resume(unit);
        this.#asks.flush();
      },
    });
    this.#asks = new Asks({
      ...parts,
      onAnswer: (ask, reply, meaning) => this.#answered(ask, reply, meaning),
    });
    const { pages, fromCheckpoint } = parts.recovered;
    this.#checkpointer = new Checkpointer({
      ...shared,
      ...{ pages, fromCheckpoint, acknowledged: () => this.#tip },
      isOnDisk: () => this.#appender.acknowledged >= this.#tip.sequence,
    });
    this.#open = openFrame(this.#tip.sequence + 1);
    this.#segments = new SegmentEnd({
      ...{ ...parts, appender: this.#appender, isStopped: () => this.#isStopped() },
      // Turns that wait have been given a time: nothing between may be later.
      encode: (body) => this.#encode(this.#tip.time, body),
      onStored: (stored) => this.#follow(stored),
    });
    this.#held = new Held({
      clock: parts.clock,
      decide: (command, origin) => this.#takeNow(command, origin),
      reject: (origin, { rejection, detail }) => {
        this.#outbox.reject(origin, rejection, detail);
        this.#schedule();
      },
    });
  }

  /** Begins to serve: resumes unfinished work (D12), then takes commands. */
  start(): void {
    this.#asks.start();
    for (const unit of [...this.#units.awake()]) if (unit.unfinished) this.#resume(unit);
    this.#asks.flush();
    void this.#loadRest();
    this.#wakeLater();
    this.#unlisten = this.#parts.onNews?.(() => this.#held.look());
    const subject = this.#parts.subjects.partition(this.#parts.partition);
    this.#unsubscribe = this.#parts.post.takeDeliveries(subject, (delivery) => {
      this.#receive(delivery);
    });
  }

  #resume({ key, state }: Unit<State>): void {
    if (this.#state !== 'serving' || state === undefined) return;
    for (const ask of this.#domain.resume(key, state)) this.#asks.release(ask);
  }

  /** The index is behind for what is not loaded yet: a checkpoint over it would let snapshots of before count. */
  async #loadRest(): Promise<void> {
    await this.#loader.loadRest(this.#parts.recovered.unfinished);
    if (this.#isStopped()) return;
    this.#checkpointer.start();
    this.#endRecovery();
  }

  #wakeLater(): void {
    this.#waking = this.#parts.clock.after(WAKE_MS, () => {
      this.#wake();
      this.#wakeLater();
    });
  }

  /** Whoever waits for time looks at the clock. */
  #wake(): void {
    // What is due stays due: each look at a frame that waits would leave the same commands once more.
    if (this.#state !== 'serving' || isLate(this.#open, this.#parts.clock)) return;
    const time = this.#now();
    const waiting = new Set(this.#domain.standing);
    for (const unit of this.#units.awake()) if (unit.unfinished) waiting.add(unit.key);
    for (const key of waiting) {
      const unit = this.#inMemory(key);
      const command = unit && this.#domain.wake(key, unit.state, time);
      if (unit === undefined) this.#loader.load(key, () => undefined);
      else if (command !== undefined) this.#submit(command, undefined);
    }
    this.#schedule();
  }

  get tip(): Tip {
    return this.#tip;
  }

  get epoch(): number {
    return this.#parts.epoch;
  }

  /** Why the journal has acknowledged nothing for seconds, and what can be done; empty: it acknowledges. */
  get silence(): string {
    return this.#silence;
  }

  /** Of the actors in memory. */
  digest(): string {
    return stateDigest(this.#domain, this.#units.values());
  }

  statistics(): PartitionStatistics {
    return {
      ...this.#counts,
      waiting: this.#mailbox.size + this.#loading + this.#held.size,
      openAsks: this.#asks.size,
      unitsInMemory: this.#units.size,
      dirtyUnits: this.#units.dirtyCount,
      unitsToLoad: this.#parts.recovered.tails.size,
      sequence: this.#tip.sequence,
      checkpointed: this.#checkpointer.checkpointed,
    };
  }

  /** From a gateway or another partition. */
  #receive({ replyTo, items }: Delivery): void {
    if (this.#state === 'stopped') return;
    for (const item of items) this.#take(item, { replyTo, correlation: item.correlation });
    this.#schedule();
  }

  #take(item: DeliveryItem, origin: Origin): void {
    // Handed over: gateways send it again to the next owner, and so does whoever asks.
    if (this.#state !== 'serving') return;
    let command: Command;
    try {
      const { meaning } = item;
      command =
        meaning === undefined ? this.#domain.decodeCommand(item.command) : this.#domain.understood(meaning);
    } catch (error) {
      if (error instanceof MalformedError) this.#outbox.reject(origin, 'MALFORMED', error.message);
      else this.#internal(origin, error);
      return;
    }
    if (this.#domain.isBackground(command)) {
      this.#parts.background.add(this.#parts.partition, () => this.#takeNow(command, origin));
      return;
    }
    this.#parts.background.otherCame();
    this.#admit(command, origin);
  }

  /** What waited outside the mailbox. Handed over meanwhile: the next owner is asked again. */
  #takeNow(command: Command, origin: Origin): void {
    if (this.#state !== 'serving') return;
    this.#admit(command, origin);
    this.#schedule();
  }

  #admit(command: Command, origin: Origin): void {
    if (this.#isFullFor(command)) this.#outbox.reject(origin, 'OVERLOADED', OVERLOADED);
    else this.#submit(command, origin);
  }

  #isFullFor(command: Command): boolean {
    const refused = this.#mailbox.refuses(this.#loading);
    if (refused === 'new') return !this.#domain.isReserved(command, (key) => this.#units.get(key)?.state);
    return refused === 'all';
  }

  #answered(ask: Ask, reply: Uint8Array, meaning: unknown): void {
    if (this.#state !== 'serving') return;
    try {
      this.#submit(this.#domain.answered(ask, reply, meaning), undefined);
      this.#schedule();
    } catch (error) {
      this.#parts.log(`answer to ${ask.key} cannot be read: ${String(error)}`);
    }
  }

  #submit(command: Command, origin: Origin | undefined): void {
    const isReady = this.#mailbox.size === 0 && takesMore(this.#open, this.#parts.clock);
    if (isReady) this.#run(command, origin);
    else this.#mailbox.add(command, origin);
  }

  /** Decides the command if everything it may touch is in memory; else it waits for what is missing (D4). */
  #run(command: Command, origin: Origin | undefined): void {
    const keys = this.#domain.unitsOf(command);
    const units = new Array<Unit<State>>(keys.length);
    let at = 0;
    for (const key of keys) {
      const unit = this.#inMemory(key);
      if (unit === undefined) {
        this.#runWhenLoaded(command, origin, keys);
        return;
      }
      units[at++] = unit;
    }
    this.#decide(command, origin, units);
  }

  #runWhenLoaded(command: Command, origin: Origin | undefined, keys: readonly string[]): void {
    const missing = keys.filter((key) => this.#inMemory(key) === undefined);
    this.#loading += 1;
    this.#loader.loadAll(missing, () => {
      if (this.#state === 'stopped') return;
      this.#loading -= 1;
      this.#submit(command, origin);
      this.#schedule();
    });
  }

  #inMemory(key: string): Unit<State> | undefined {
    return this.#units.get(key) ?? this.#newcomer(key);
  }

  /** A unit that is not in the index has never existed: it needs no loading. */
  #newcomer(key: string): Unit<State> | undefined {
    if (this.#parts.recovered.tails.position(key) > 0) return undefined;
    const unit = new Unit<State>(key, undefined, 0, 0);
    this.#units.add(unit);
    return unit;
  }

  #decide(command: Command, origin: Origin | undefined, units: readonly Unit<State>[]): void {
    const frame = this.#open;
    if (frame.decided === 0) frame.time = this.#now();
    let turn: Turn<Event>;
    let record: TurnRecord;
    try {
      turn = this.#domain.decide(command, units.map(stateOf), new TurnInFrame(frame, units));
      if (turn.response.kind === 'hold') {
        if (origin !== undefined) this.#held.add(command, origin, turn.response);
        return;
      }
      record = recordOf(this.#domain, turn);
      frame.bytes += checkedSize(record);
    } catch (error) {
      this.#internal(origin, error);
      return;
    }
    try {
      this.#stage(frame, turn, record, units);
    } catch (error) {
      // The journal may never hold what its actors cannot take: nothing of the open frame is stored.
      this.stop(new Error(`an event cannot be applied: ${String(error)}`, { cause: error }));
      return;
    }
    this.#respond(frame, turn, origin);
  }

  #stage(
    frame: OpenFrame<State>,
    turn: Turn<Event>,
    record: TurnRecord,
    units: readonly Unit<State>[],
  ): void {
    frame.decided += 1;
    if (turn.events.length === 0) return;
    for (const unit of units) {
      if (!turn.units.includes(unit.key)) continue;
      unit.state = evolveAll(this.#domain, unit.key, unit.state, turn.events);
      unit.unfinished = unit.state !== undefined && this.#domain.isUnfinished(unit.state);
      if (unit.position !== frame.position) frame.staged.push(unit);
      unit.position = frame.position;
    }
    frame.turns.push(record);
    this.#counts.turns += 1;
    this.#counts.events += turn.events.length;
  }

  #respond(frame: OpenFrame<State>, turn: Turn<Event>, origin: Origin | undefined): void {
    const { response } = turn;
    const { sabotage } = this.#parts;
    if (origin !== undefined) {
      if (response.kind === 'reply' && isEarly(turn, sabotage)) this.#outbox.reply(origin, response.bytes);
      else if (response.kind === 'reply' || response.kind === 'reject')
        frame.replies.push({ origin, response });
      else if (response.kind === 'wait') {
        const dropped = this.#waiters.add(response.key, origin);
        if (dropped !== undefined) this.#outbox.reject(dropped, 'UNAVAILABLE', MANY_WAIT);
      }
    }
    for (const key of turn.settles) this.#settle(key);
    for (const ask of turn.asks) {
      if (sabotage?.askAtOnce === true) this.#asks.release(ask);
      else frame.asks.set(ask.key, ask);
    }
    if (turn.notices !== undefined) frame.notices.push(...turn.notices);
    for (const { key, bytes } of turn.releases) {
      for (const origin of this.#waiters.take(key))
        frame.replies.push({ origin, response: { kind: 'reply', bytes } });
    }
  }

  /** Also one that still waits for its frame: released later, nobody would ever settle it again. */
  #settle(key: string): void {
    this.#asks.settle(key);
    if (this.#inFlight !== undefined && this.#inFlight.asks.size > 0) this.#inFlight.asks.delete(key);
    if (this.#open.asks.size > 0) this.#open.asks.delete(key);
  }

  #internal(origin: Origin | undefined, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#parts.log(`a turn was dropped: ${text}`);
    if (origin !== undefined)
      this.#outbox.reject(origin, 'INTERNAL', 'the command could not be decided; nothing was recorded');
  }

  /** The partition's time (D13). */
  #now(): number {
    return Math.max(this.#parts.clock.now(), this.#inFlight?.time ?? this.#tip.time);
  }

  /** Seals what has collected, once everything that is ready now has been decided. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#parts.clock.soon(() => {
      this.#scheduled = false;
      if (this.#state === 'stopped') return;
      this.#outbox.flush();
      this.#seal();
      this.#checkDrained();
    });
  }

  #seal(): void {
    if (this.#inFlight !== undefined || this.#segments.isUnderWay || this.#open.decided === 0) return;
    const frame = this.#open;
    this.#inFlight = frame;
    frame.states = frame.staged.map(stateOf);
    const bytes = this.#encode(frame.time, { kind: 'turns', turns: frame.turns });
    frame.endsSegment = this.#segments.isFullWith(bytes.length);
    // Turns are told their position when they are decided.
    this.#open = openFrame(frame.position + 1 + (frame.endsSegment ? FRAMES_BETWEEN_SEGMENTS : 0));
    this.#counts.frames += 1;
    this.#counts.frameBytes += bytes.length;
    void this.#store(bytes, frame);
    this.#drainMailbox();
  }

  #encode(time: number, body: FrameBody): Uint8Array {
    const { sequence, hash } = this.#tip;
    return encodeFrame({ sequence: sequence + 1, previousHash: hash, epoch: this.#parts.epoch, time, body });
  }

  async #store(bytes: Uint8Array, frame: OpenFrame<State>): Promise<void> {
    try {
      const appended = await this.#appender.append(bytes, frame.position - 1, this.#tip.hash);
      if (appended === 'found') {
        if (this.#open.decided === 0) this.#open.time = this.#now();
        putOff(frame, this.#open);
      }
      if (appended === 'stored' || appended === 'found')
        this.#acknowledge(bytes, frame, appended === 'found');
      else if (appended === 'fenced') this.stop(new FencedError('another owner has written to the journal'));
    } catch (error) {
      await this.#fail(error);
    }
  }

  #acknowledge(bytes: Uint8Array, frame: OpenFrame<State>, found: boolean): void {
    if (this.#isStopped()) return;
    this.#tip = { sequence: frame.position, hash: hashOf(bytes), time: frame.time };
    this.#inFlight = undefined;
    this.#parts.follower?.stored(this.#tip, frame.turns, bytes.length);
    this.#units.acknowledgeAll(frame.staged, frame.states, frame.position);
    // Before anything else is decided: what settles one of these must find it released.
    for (const ask of frame.asks.values()) this.#asks.release(ask);
    if (frame.endsSegment) void this.#endSegment(found);
    // Then the next frame: the disk works while replies are sent.
    this.#seal();
    for (const { origin, response } of frame.replies) {
      if (response.kind === 'reply') this.#outbox.reply(origin, response.bytes, response.meaning);
      else this.#outbox.reject(origin, response.rejection, response.detail);
    }
    this.#outbox.flush();
    this.#asks.flush();
    const { bus, subjects, partition } = this.#parts;
    if (frame.notices.length > 0) publishNotices(bus, subjects.notices(partition), frame.notices);
    this.#checkDrained();
  }

  /** What was decided meanwhile has its positions behind the frames that are stored now. */
  async #endSegment(found: boolean): Promise<void> {
    try {
      await this.#segments.end(found);
    } catch (error) {
      await this.#fail(error);
    }
    if (this.#isStopped()) return;
    this.#seal();
    this.#checkDrained();
  }

  /** A frame without turns was acknowledged. */
  #follow({ frame, bytes }: FrameAsStored): void {
    if (this.#isStopped()) return;
    this.#tip = { sequence: frame.sequence, hash: hashOf(bytes), time: frame.time };
    this.#parts.follower?.stored(this.#tip, [], bytes.length);
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  #drainMailbox(): void {
    if (this.#mailbox.size === 0) return;
    this.#mailbox.drain(() => takesMore(this.#open, this.#parts.clock), this.#run.bind(this));
    this.#schedule();
  }

  /** Before it is handed over: what is written while it serves, nobody waits for. False: Redis could not take it. */
  async checkpoint(): Promise<boolean> {
    await this.#recovered;
    return this.#isStopped() ? false : this.#checkpointer.checkpoint();
  }

  /** Another partition has a new owner: what this one asks of it is asked again at once. */
  servedAnew(partition: number): void {
    if (this.#state === 'serving') this.#asks.servedAnew(partition);
  }

  get isServing(): boolean {
    return this.#state === 'serving';
  }

  /**
   * Hands the partition over: nothing new, everything decided is stored, checkpointed, RELEASED (D18). Without
   * `checkpoint` the next owner reads the frames since the last one. False when it could not be released: then it has
   * stopped, and whoever finds it silent takes it.
   */
  async release(successor: string, checkpoint: boolean): Promise<boolean> {
    if (this.#state !== 'serving') return false;
    this.#state = 'draining';
    try {
      await this.#drain();
      if (this.#isStopped()) return false;
      if (checkpoint) await this.checkpoint();
      const frame = this.#encode(this.#now(), { kind: 'released', successor });
      const appended = await this.#appender.append(frame, this.#tip.sequence, this.#tip.hash);
      this.#outbox.flush();
      const released = appended === 'stored' || appended === 'found';
      this.stop(released ? undefined : new FencedError('another owner took the partition first'));
      return released;
    } catch (error) {
      await this.#fail(error);
      return false;
    }
  }

  async #drain(): Promise<void> {
    this.#asks.stop();
    // Who waits for an answer, or is held, is not told: its gateway asks the next owner.
    this.#held.stop();
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
      this.#schedule();
      this.#checkDrained();
    });
  }

  #checkDrained(): void {
    const empty =
      this.#open.decided === 0 &&
      this.#inFlight === undefined &&
      !this.#segments.isUnderWay &&
      this.#mailbox.size === 0 &&
      this.#loading === 0;
    if (empty || this.#isStopped()) this.#drained?.();
  }

  async #fail(error: unknown): Promise<void> {
    // Else the next owner would serve what is left of the journal.
    if (error instanceof FramesGoneError) await this.#checkpointer.witness();
    this.stop(error instanceof Error ? error : new Error(String(error)));
  }

  /** Ends at once. What was not acknowledged is nobody's: it is never answered from here. */
  stop(reason: Error | undefined): void {
    if (this.#isStopped()) return;
    this.#state = 'stopped';
    this.#unsubscribe?.();
    this.#waking?.();
    this.#unlisten?.();
    this.#held.stop();
    this.#appender.stop();
    this.#asks.stop();
    this.#loader.stop();
    this.#checkpointer.stop();
    this.#parts.follower?.stop();
    void this.#parts.bases?.close();
    this.#drained?.();
    this.#endRecovery();
    this.#parts.onStopped(reason);
  }
}
