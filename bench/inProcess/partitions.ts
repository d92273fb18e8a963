/**
 * All partitions of a deployment in this process: the real ones, with registry, codecs, frames and hash chain, on
 * stubs. No history, no network, no disk.
 */
import { systemClock } from '../../actors/adapters/system/clock.js';
import { createRegistry } from '../../actors/registry/registry.js';
import { encodeRules } from '../../actors/registry/rules.js';
import { Background } from '../../actors/runtime/background.js';
import { Partition } from '../../actors/runtime/partition.js';
import type { Bus } from '../../actors/runtime/ports.js';
import { BusPost, LocalPost } from '../../actors/runtime/post.js';
import { StoreFaults } from '../../actors/runtime/storeFaults.js';
import { subjectsOf } from '../../actors/runtime/subjects.js';
import { Tails } from '../../actors/runtime/tails.js';
import { UnitIndex } from '../../actors/runtime/unitIndex.js';
import { Units } from '../../actors/runtime/units.js';
import { MAX_UNITS_IN_MEMORY } from '../../actors/bounds.js';
import type { Command } from '../../actors/registry/command.js';
import type { Event } from '../../actors/registry/event.js';
import type { State } from '../../actors/registry/unit.js';
import { Partitions } from '../../gateway/partitions.js';
import { StubJournal, stubBus, stubStore } from './stubs.js';

export interface InProcess {
  readonly bus: Bus;
  /** The way to them, as a gateway has it. */
  readonly partitions: Partitions;
  /** By partition. */
  readonly journals: readonly StubJournal[];
  stop(): void;
}

const DEPLOYMENT = 'in-process';
/** Of a list in which no card is. */
export const LIST_VERSION = { incarnation: 1, sequence: 1 };
export const LIST = { prohibitedSince: () => undefined, listVersion: () => LIST_VERSION };
export const SUBJECTS = subjectsOf(DEPLOYMENT);
const HASH_BYTES = 32;

/** The rules of a deployment without interest. */
export function plainRules(): Uint8Array {
  return encodeRules({
    ...{ currency: 'JPY', currencyScale: 0, timeZone: 'UTC', created: Date.now() },
    ...{ businessClock: undefined, parameters: undefined },
  });
}

export function startInProcess(count: number, log: (line: string) => void): InProcess {
  const bus = stubBus();
  const post = new LocalPost(new BusPost(bus, log), systemClock);
  const journals = Array.from({ length: count }, () => new StubJournal());
  const rules = plainRules();
  const background = new Background(systemClock);
  const started = journals.map((journal, partition) => {
    const deployment = { deployment: DEPLOYMENT, partition, partitions: count, rules };
    const domain = createRegistry(deployment, LIST);
    const index = new UnitIndex();
    const made = new Partition<Command, Event, State>({
      ...{ partition, epoch: 1, generation: 1, domain, journal, store: stubStore(), bus, log },
      ...{
        background,
        post,
        clock: systemClock,
        subjects: SUBJECTS,
        outlets: new Map(),
        follower: undefined,
      },
      recovered: {
        tip: { sequence: 1, hash: new Uint8Array(HASH_BYTES), time: 0 },
        ...{ index, units: new Units<State>(domain), pages: new Map() },
        ...{ tails: new Tails(domain, index), unfinished: [] },
        ...{ replayedFrames: 0, fromCheckpoint: 0, fromBase: 0 },
      },
      unitsInMemory: MAX_UNITS_IN_MEMORY,
      ...{ segment: { segment: 0, first: 1, bytes: 0, since: Date.now() }, segmentBytes: Infinity },
      faults: new StoreFaults(systemClock, log),
      onStopped: (reason) => {
        if (reason !== undefined) log(`partition ${partition} stopped: ${reason.message}`);
      },
    });
    made.start();
    return made;
  });
  const partitions = new Partitions({
    ...{ bus, clock: systemClock, subjects: SUBJECTS, partitions: count, instance: 'bench', log },
    stoppedBecause: () => undefined,
  });
  return {
    bus,
    partitions,
    journals,
    stop: () => {
      partitions.close();
      for (const each of started) each.stop(undefined);
    },
  };
}
