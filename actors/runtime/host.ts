/**
 * The partitions of one worker: which it owns, which it may take, which it hands over (D18). Heartbeats decide who
 * tries; only the journal decides who writes.
 */
import {
  ARCHIVE_BACKOFF_MS,
  CLOCK_SKEW_BACKOFF_MS,
  FENCED_BACKOFF_MS,
  HEARTBEAT_MS,
  MAX_UNITS_IN_MEMORY,
  OWNER_TIMEOUT_MS,
  SEGMENT_BYTES,
} from '../bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { WholeReader } from '../../proto/wholeNumbers.js';
import type { Outlet } from './asks.js';
import { Background } from './background.js';
import { Bases } from './bases.js';
import { readGenesis } from './deployment.js';
import type { Deployment, Domain } from './domain.js';
import {
  ArchiveUnavailableError,
  ClockSetError,
  ClockSkewError,
  DeploymentMismatchError,
  FencedError,
  haltsPartition,
  JournalConfigurationError,
  RuntimeError,
} from './errors.js';
import { faultsOf, type OwnerStatus, statusOf } from './heartbeat.js';
import { Partition } from './partition.js';
import { type Peer, Peers } from './peers.js';
import type { PartitionStatistics } from './partitionStatistics.js';
import type {
  BaseStore,
  Bus,
  Cancel,
  Clock,
  Follower,
  Journal,
  JournalStore,
  Served,
  SnapshotStore,
} from './ports.js';
import type { Post } from './post.js';
import { recover } from './recovery.js';
import type { Sabotage } from './sabotage.js';
import { Stopwatch } from './stopwatch.js';
import { StoreFaults } from './storeFaults.js';
import type { Subjects } from './subjects.js';
import { newSlot, type Slot, type SlotState } from './slot.js';
import { SteadyClock } from './steadyClock.js';
import { beginEpoch, isFree, lastFrame } from './takeover.js';

export interface HostParts<Command, Event, State> {
  /** Unique among workers, new with every start of the process. */
  readonly worker: string;
  readonly deployment: Deployment;
  readonly journals: JournalStore;
  readonly snapshots: (partition: number) => SnapshotStore;
  /** Absent: what Redis does not have is rebuilt from the genesis frames. */
  readonly bases?: BaseStore | undefined;
  readonly bus: Bus;
  /** By which the partitions speak and listen: a LocalPost spares those of one worker the network. */
  readonly post: Post;
  readonly clock: Clock;
  readonly subjects: Subjects;
  /** A worker whose process has ended for certain, and in whose place this one is: nobody need miss it first. */
  readonly predecessor?: string | undefined;
  readonly outlets: ReadonlyMap<string, Outlet>;
  /** Begins to follow a partition; absent: nobody does. */
  readonly follow?: ((served: Served) => Follower) | undefined;
  readonly createDomain: (deployment: Deployment) => Domain<Command, Event, State>;
  /** 0 ≤ x < 1; seeded in a simulation. */
  readonly random: () => number;
  /** Calls back when something has come for which commands may be held; absent: they are looked at in the end only. */
  readonly onNews?: ((listener: () => void) => Cancel) | undefined;
  /** An operator's order to go on although acknowledged frames are gone: partition → its reason (D11). */
  readonly acceptLoss: ReadonlyMap<number, string>;
  /** Actors that each partition keeps in memory; default MAX_UNITS_IN_MEMORY. */
  readonly unitsInMemory?: number;
  /** What is wrong with the worker's surroundings although payments go on; for people. */
  readonly degraded?: (() => readonly string[]) | undefined;
  /** Times that the bus was lost and is back; absent: never. */
  readonly reconnections?: (() => number) | undefined;
  /** Bytes after which a journal goes on in another segment; default SEGMENT_BYTES. */
  readonly segmentBytes?: number | undefined;
  /** Bytes of turns that wait in memory after a takeover, of each partition; default MAX_TAIL_BYTES. */
  readonly tailBytes?: number | undefined;
  /** Absent in production. */
  readonly sabotage?: Sabotage | undefined;
  readonly log: (line: string) => void;
}

export interface SlotStatus {
  readonly partition: number;
  readonly state: SlotState;
  readonly reason: string;
  readonly statistics: PartitionStatistics | undefined;
  /** Canonical digest of the actors in memory: for tests and audits, not for every heartbeat. */
  digest(): string | undefined;
}

export class Host<Command, Event, State> {
  readonly #parts: HostParts<Command, Event, State>;
  readonly #slots: Slot<Command, Event, State>[] = [];
  readonly #peers: Peers;
  readonly #orders: Map<number, string>;
  readonly #background: Background;
  /** The latest epoch under which a partition was heard to be served. */
  readonly #servedEpochs = new Map<number, number>();
  #timer: Cancel | undefined;
  #unsubscribe: Cancel | undefined;
  #heardSelfAt = -Infinity;
  #leaving = false;

  constructor(parts: HostParts<Command, Event, State>) {
    this.#parts = parts;
    this.#orders = new Map(parts.acceptLoss);
    this.#background = new Background(parts.clock);
    this.#peers = new Peers(parts.worker, parts.clock);
    const now = parts.clock.elapsed();
    for (let partition = 0; partition < parts.deployment.partitions; partition += 1) {
      this.#slots.push(newSlot(partition, now));
    }
  }

  /**
   * Opens the journals and begins to take what is free. A journal that cannot be read stops its partition only; one that
   * does not answer is opened later. Throws DeploymentMismatchError, JournalConfigurationError.
   */
  async start(): Promise<void> {
    const opening = this.#slots.map((slot) => this.#openOrHalt(slot));
    // All are awaited, also where one fails: nothing goes on behind the caller's back.
    for (const opened of await Promise.allSettled(opening)) {
      if (opened.status === 'rejected') throw opened.reason;
    }
    this.#unsubscribe = this.#parts.bus.subscribe(this.#parts.subjects.heartbeat, (bytes) => {
      this.#heard(bytes);
    });
    // Nobody could be heard while the journals were opened, which may take longer than an owner's timeout.
    const now = this.#parts.clock.elapsed();
    for (const slot of this.#slots) slot.heardAt = now;
    this.#tick();
  }

  status(): readonly SlotStatus[] {
    return this.#slots.map((slot) => ({
      partition: slot.partition,
      state: slot.state,
      reason: slot.reason,
      statistics: slot.running?.statistics(),
      digest: () => slot.running?.digest(),
    }));
  }

  serves(partition: number): boolean {
    return this.#slots[partition]?.state === 'serving';
  }

  hasHalted(partition: number): boolean {
    return this.#slots[partition]?.state === 'halted';
  }

  /** Why its journal takes nothing, where this worker owns it; empty: it does, or another owns it. */
  silence(partition: number): string {
    return this.#slots[partition]?.running?.silence ?? '';
  }

  /** Hands everything over and ends: drained, checkpointed, RELEASED. */
  async leave(): Promise<void> {
    this.#leaving = true;
    // Nobody hands anything to it any more.
    this.#beat();
    for (const { work } of this.#slots) await work;
    const written = await Promise.all(
      this.#slots.map(async ({ running }) => (await running?.checkpoint()) === true),
    );
    // One after the other: the next owner has its processor for the one that it takes.
    for (const [at, slot] of this.#slots.entries()) {
      await this.#release(slot, this.#successorOf(slot), written[at] ?? false);
    }
    this.#beat();
    await this.#parts.bus.flush();
    this.#timer?.();
    this.#unsubscribe?.();
  }

  async #openOrHalt(slot: Slot<Command, Event, State>): Promise<void> {
    try {
      await this.#open(slot);
    } catch (error) {
      if (error instanceof DeploymentMismatchError || error instanceof JournalConfigurationError) throw error;
      if (haltsPartition(error)) this.#ended(slot, error as Error);
      else this.#sayUnasked(slot, String(error));
    }
  }

  async #open(slot: Slot<Command, Event, State>): Promise<void> {
    const { journals, deployment } = this.#parts;
    const journal = await journals.open(slot.partition);
    await journal.verifyConfiguration();
    const genesis = await readGenesis(journal, deployment.deployment, slot.partition);
    if (genesis.partitions !== deployment.partitions) {
      throw new DeploymentMismatchError(
        `partition ${String(slot.partition)} belongs to ${String(genesis.partitions)} partitions`,
      );
    }
    const { frame } = await lastFrame(journal, this.#parts.clock);
    slot.lastSequence = frame.sequence;
    slot.free = await isFree(journal, this.#parts.clock, frame, this.#parts.predecessor);
    slot.journal = journal;
  }

  #tick(): void {
    this.#beat();
    const now = this.#parts.clock.elapsed();
    this.#stopWhereClockWasSet();
    this.#takeWhatMay(now);
    this.#handOver();
    this.#pollSilent(now);
    this.#timer = this.#parts.clock.after(HEARTBEAT_MS, () => {
      this.#tick();
    });
  }

  #stopWhereClockWasSet(): void {
    for (const { running, clock } of this.#slots) {
      if (running === undefined || clock === undefined || clock.setBy === 0) continue;
      const text = `this machine's clock was set by ${String(clock.setBy)} ms: it is compared with the server's again`;
      running.stop(new ClockSetError(text));
    }
  }

  #takeWhatMay(now: number): void {
    for (const slot of this.#slots) if (this.#mayTake(slot, now)) slot.work = this.#take(slot);
  }

  #beat(): void {
    const partitions: v1.PartitionStatus.$Properties[] = [];
    for (const slot of this.#slots) {
      const { partition, epoch } = slot;
      if (slot.state === 'serving' || slot.state === 'releasing' || (slot.state === 'taking' && epoch > 0)) {
        const sequence = slot.running?.tip.sequence ?? epoch;
        const serving = slot.running?.isServing === true;
        const silence = slot.running?.silence ?? '';
        const storeFaults = faultsOf(slot.faults);
        partitions.push({ partition, epoch, sequence, serving, silence, storeFaults });
      } else if (slot.released !== undefined) {
        partitions.push({ partition, epoch, released: true, successor: slot.released });
      }
    }
    const stopped = this.#slots.flatMap(({ partition, state, reason, journal, unasked }) => {
      if (state === 'halted') return [{ partition, reason }];
      // Else others would hand it over to this worker.
      return journal === undefined
        ? [{ partition, reason: `its journal cannot be opened (${unasked})` }]
        : [];
    });
    const { worker, bus, subjects, reconnections = () => 0 } = this.#parts;
    const heartbeat = v1.Heartbeat.encode({
      worker,
      partitions,
      leaving: this.#leaving,
      stopped,
      degraded: this.#degraded(),
      reconnections: reconnections(),
    });
    bus.publish(subjects.heartbeat, heartbeat.finish());
  }

  /** What is wrong although payments go on. */
  #degraded(): string[] {
    const { degraded = () => [] } = this.#parts;
    const caught = this.#slots.flatMap(({ partition, state, faults }) =>
      state === 'idle' || faults === undefined
        ? []
        : faults.recent().map((text) => `partition ${String(partition)}: ${text}`),
    );
    const silent = this.#slots.flatMap(({ partition, silence }) =>
      silence === '' ? [] : [`partition ${String(partition)}: ${silence}`],
    );
    return [...degraded(), ...caught, ...silent];
  }

  #heard(bytes: Uint8Array): void {
    let heartbeat: v1.Heartbeat;
    let statuses: OwnerStatus[];
    try {
      heartbeat = v1.Heartbeat.decode(new WholeReader(bytes));
      statuses = heartbeat.partitions.map(statusOf);
    } catch {
      return; // A stranger on the subject decides nothing.
    }
    const now = this.#parts.clock.elapsed();
    const own = heartbeat.worker === this.#parts.worker;
    if (own) this.#heardSelf(now);
    let owns = 0;
    for (const status of statuses) {
      if (!status.released) owns += 1;
      if (!own) this.#heardOwner(status, now);
      this.#heardServing(status);
    }
    const stopped = new Set(heartbeat.stopped.map(({ partition }) => partition ?? 0));
    const { worker, leaving } = heartbeat;
    this.#peers.heard({ worker, owns, leaving, stopped });
  }

  #heardSelf(now: number): void {
    const isFirst = this.#heardSelfAt === -Infinity;
    this.#heardSelfAt = now;
    // What is free when a worker begins is not served, and terminals wait.
    if (isFirst) this.#takeWhatMay(now);
  }

  /** What was asked of the owner before is lost with it. */
  #heardServing({ partition, epoch, serving }: OwnerStatus): void {
    const known = this.#servedEpochs.get(partition) ?? 0;
    if (!serving || epoch <= known) return;
    this.#servedEpochs.set(partition, epoch);
    for (const { running } of this.#slots) running?.servedAnew(partition);
  }

  #heardOwner({ partition, epoch, released, successor }: OwnerStatus, now: number): void {
    const slot = this.#slots[partition];
    if (slot === undefined) return;
    if (released) {
      if (slot.state !== 'idle' || epoch < slot.epoch) return;
      if (successor !== '' && successor !== this.#parts.worker) return;
      slot.free = true;
      // Every moment counts: terminals wait. Where anybody may, the next tick of one of them is the first.
      if (successor !== '' && this.#mayTake(slot, now)) slot.work = this.#take(slot);
      return;
    }
    if (slot.running !== undefined && epoch > slot.epoch) {
      // Its next frame would be refused anyway; without commands there might never be one.
      slot.running.stop(new FencedError('another worker serves it under a later epoch'));
    }
    if (epoch < slot.epoch) return; // An owner that was replaced and does not know it yet.
    slot.released = undefined;
    slot.free = false;
    slot.heardAt = now;
    if (slot.state === 'idle') slot.epoch = epoch;
  }

  #mayTake(slot: Slot<Command, Event, State>, now: number): boolean {
    if (slot.state !== 'idle' || this.#leaving || now < slot.backOffUntil) return false;
    if (slot.released !== undefined && slot.released !== '' && now - slot.heardAt < OWNER_TIMEOUT_MS)
      return false;
    // A worker that does not hear itself cannot tell a silent owner from its own deafness.
    if (now - this.#heardSelfAt > 2 * HEARTBEAT_MS) return false;
    // Silent for the whole timeout, and its journal, asked at the end of it, had not advanced.
    return slot.free || slot.polledAt - slot.heardAt > OWNER_TIMEOUT_MS;
  }

  #pollSilent(now: number): void {
    for (const slot of this.#slots) {
      // One late heartbeat is no reason to ask. What is first seen to have advanced may have done so long ago.
      const isSilent = !slot.free && now - slot.heardAt >= 2 * HEARTBEAT_MS;
      const isDue = slot.state === 'idle' && (isSilent || slot.journal === undefined);
      if (isDue && !slot.polling) void this.#poll(slot, now);
    }
  }

  /** A journal that advances has an owner, whatever its heartbeats say. One that does not answer holds up no other. */
  async #poll(slot: Slot<Command, Event, State>, now: number): Promise<void> {
    slot.polling = true;
    try {
      if (slot.journal === undefined) await this.#open(slot);
      else await this.#look(slot, slot.journal, now);
      this.#sayUnasked(slot, '');
      const asked = this.#parts.clock.elapsed();
      if (this.#mayTake(slot, asked)) slot.work = this.#take(slot);
    } catch (error) {
      // What cannot be opened is stopped; what was open may be served by another.
      if (slot.journal === undefined && haltsPartition(error)) this.#ended(slot, error as Error);
      else this.#sayUnasked(slot, String(error));
      slot.heardAt = this.#parts.clock.elapsed();
    } finally {
      slot.polling = false;
    }
  }

  async #look(slot: Slot<Command, Event, State>, journal: Journal, now: number): Promise<void> {
    const last = await journal.lastSequence();
    if (last === slot.lastSequence) {
      slot.polledAt = now;
      return;
    }
    slot.lastSequence = last;
    slot.heardAt = this.#parts.clock.elapsed();
  }

  /** Once, however often it is asked: until the reason changes, or it can be asked again. */
  #sayUnasked(slot: Slot<Command, Event, State>, reason: string): void {
    if (reason === slot.unasked) return;
    slot.unasked = reason;
    const what = reason === '' ? 'can be asked again' : `cannot be asked: ${reason}`;
    this.#parts.log(`partition ${String(slot.partition)}: its journal ${what}`);
  }

  async #take(slot: Slot<Command, Event, State>): Promise<void> {
    const { clock, worker, log } = this.#parts;
    const { journal, partition } = slot;
    if (journal === undefined) return;
    slot.state = 'taking';
    slot.epoch = 0;
    slot.free = false;
    slot.released = undefined;
    const stopwatch = new Stopwatch(clock);
    const steady = new SteadyClock(clock);
    slot.clock = steady;
    try {
      const order = this.#orders.get(partition);
      const epoch = await beginEpoch(journal, steady, worker, order, (silence) => {
        slot.silence = silence;
        log(`partition ${String(partition)}: ${silence || 'the journal acknowledges again'}`);
      });
      slot.silence = '';
      // Obeyed once: later takeovers go on under the generation that it began.
      this.#orders.delete(partition);
      slot.epoch = epoch.sequence;
      this.#beat();
      stopwatch.ended('epoch frame');
      const running = await this.#recover(slot, { journal, clock: steady }, epoch.generation, stopwatch);
      slot.running = running;
      slot.state = 'serving';
      slot.reason = '';
      running.start();
      this.#beat();
      log(`partition ${String(partition)}: serving under epoch ${String(slot.epoch)} (${stopwatch.text()})`);
    } catch (error) {
      this.#ended(slot, error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #recover(
    slot: Slot<Command, Event, State>,
    { journal, clock }: { readonly journal: Journal; readonly clock: Clock },
    generation: number,
    stopwatch: Stopwatch,
  ): Promise<Partition<Command, Event, State>> {
    const { partition, epoch } = slot;
    const domain = this.#parts.createDomain({ ...this.#parts.deployment, partition });
    const log = (line: string): void => {
      this.#parts.log(`partition ${String(partition)}: ${line}`);
    };
    const store = this.#parts.snapshots(partition);
    const faults = new StoreFaults(clock, log);
    slot.faults = faults;
    const shared = {
      ...this.#parts,
      clock,
      faults,
      partition,
      epoch,
      generation,
      domain,
      journal,
      store,
      log,
    };
    const { bases: baseStore } = this.#parts;
    const bases = baseStore && new Bases({ ...shared, store: baseStore });
    const recovered = await recover({ ...shared, bases, stopwatch }).catch(async (error: unknown) => {
      await bases?.close();
      throw error;
    });
    stopwatch.ended(recovered.fromCheckpoint > 0 ? 'frames' : 'journal');
    const { tip, replayedFrames, fromBase, fromCheckpoint } = recovered;
    const from = fromBase > 0 ? `base ${String(fromBase)}` : `checkpoint ${String(fromCheckpoint)}`;
    log(`recovered to ${String(tip.sequence)}: ${String(replayedFrames)} frames after ${from}`);
    return new Partition({
      ...shared,
      background: this.#background,
      // Its epoch frame was acknowledged: a stale read that does not show it would name the segment before.
      segment: await journal.newestSegment(epoch),
      segmentBytes: this.#parts.segmentBytes ?? SEGMENT_BYTES,
      follower: this.#parts.follow?.({ partition, epoch, journal, tip: recovered.tip }),
      unitsInMemory: this.#parts.unitsInMemory ?? MAX_UNITS_IN_MEMORY,
      recovered,
      bases,
      onStopped: (reason) => {
        this.#ended(slot, reason);
      },
    });
  }

  #ended(slot: Slot<Command, Event, State>, reason: Error | undefined): void {
    const { clock, random, log } = this.#parts;
    slot.running = undefined;
    slot.silence = '';
    slot.heardAt = clock.elapsed();
    if (reason === undefined) {
      slot.state = 'idle';
      return;
    }
    const wayOut = reason instanceof RuntimeError && reason.wayOut !== '' ? `. ${reason.wayOut}` : '';
    slot.reason = `${reason.message}${wayOut}`;
    log(`partition ${String(slot.partition)}: stopped (${reason.name}: ${reason.message})${wayOut}`);
    slot.state = haltsPartition(reason) ? 'halted' : 'idle';
    slot.backOffUntil = clock.elapsed() + pauseAfter(reason) + random() * FENCED_BACKOFF_MS;
    // So that whoever waits for it is told at once.
    if (slot.state === 'halted') this.#beat();
  }

  /** Gives one partition to a worker that has fewer: newcomers never take (D18). */
  #handOver(): void {
    if (this.#leaving || this.#slots.some((slot) => slot.state === 'releasing' || slot.state === 'taking'))
      return;
    const mine = this.#slots.filter((slot) => slot.state === 'serving');
    let poorest = '';
    let given: Slot<Command, Event, State> | undefined;
    let fewest = mine.length - 1;
    for (const { worker, owns, stopped } of this.#heirs()) {
      if (owns >= fewest) continue;
      // Never one that it has stopped: it would stop again, and nobody would serve it meanwhile.
      const slot = mine.findLast(({ partition }) => !stopped.has(partition));
      if (slot === undefined) continue;
      poorest = worker;
      given = slot;
      fewest = owns;
    }
    if (given !== undefined) given.work = this.#giveTo(given, poorest);
  }

  async #giveTo(slot: Slot<Command, Event, State>, successor: string): Promise<void> {
    slot.state = 'releasing';
    const written = await slot.running?.checkpoint();
    await this.#release(slot, successor, written === true);
  }

  /** Living peers, and what they will have once they have taken what they were given. */
  #heirs(): Peer[] {
    return this.#peers.staying().map(({ worker, owns, stopped }) => {
      const given = this.#slots.filter(({ state, released }) => state === 'idle' && released === worker);
      return { worker, owns: owns + given.length, stopped };
    });
  }

  /** Who has least of those who can serve it; empty: nobody was heard, and whoever comes may take it. */
  #successorOf({ partition }: Slot<Command, Event, State>): string {
    const able = this.#heirs().filter(({ stopped }) => !stopped.has(partition));
    return able.sort((one, other) => one.owns - other.owns)[0]?.worker ?? '';
  }

  async #release(slot: Slot<Command, Event, State>, successor: string, checkpoint: boolean): Promise<void> {
    if (slot.running === undefined) return;
    slot.state = 'releasing';
    this.#parts.log(
      `partition ${String(slot.partition)}: handing over${successor === '' ? '' : ` to ${successor}`}`,
    );
    const released = slot.running.release(successor, checkpoint);
    // It takes nothing any more: gateways are told at once, and do not take what waits from now on for an overload.
    this.#beat();
    if (!(await released)) return;
    slot.released = successor;
    slot.heardAt = this.#parts.clock.elapsed();
    this.#beat();
  }
}

/** Until a partition that was given up is tried again. */
function pauseAfter(reason: Error): number {
  if (reason instanceof ClockSkewError) return CLOCK_SKEW_BACKOFF_MS;
  if (reason instanceof ArchiveUnavailableError) return ARCHIVE_BACKOFF_MS;
  return HEARTBEAT_MS;
}
