import type { Partition } from './partition.js';
import type { Journal } from './ports.js';
import type { SteadyClock } from './steadyClock.js';
import type { StoreFaults } from './storeFaults.js';

export type SlotState = 'idle' | 'taking' | 'serving' | 'releasing' | 'halted';

/** One partition, as a worker has it. */
export interface Slot<Command, Event, State> {
  readonly partition: number;
  state: SlotState;
  /** Undefined: it could not be opened yet. */
  journal: Journal | undefined;
  running: Partition<Command, Event, State> | undefined;
  /** By which it is served. */
  clock: SteadyClock | undefined;
  epoch: number;
  /** When another owner was last heard, or its journal last seen to advance. */
  heardAt: number;
  lastSequence: number;
  /** Handed over to us, or to anyone: it may be taken at once. */
  free: boolean;
  backOffUntil: number;
  /** When the journal was last asked, and had not advanced. */
  polledAt: number;
  polling: boolean;
  /** Why the journal could not be asked the last time; empty: it could. */
  unasked: string;
  /** Taking or releasing: to be awaited before the connections are closed. */
  work: Promise<void> | undefined;
  /** Of the owner that is, or was last, in this worker. */
  faults: StoreFaults | undefined;
  /** Announced in heartbeats until somebody else is heard to own it. */
  released: string | undefined;
  reason: string;
  /** Why its journal acknowledges nothing while it is taken; empty: it acknowledges. */
  silence: string;
}

/** Nothing is known of it yet. `now`: milliseconds that pass evenly. */
export function newSlot<Command, Event, State>(partition: number, now: number): Slot<Command, Event, State> {
  return {
    partition,
    state: 'idle',
    journal: undefined,
    running: undefined,
    clock: undefined,
    epoch: 0,
    heardAt: now,
    lastSequence: 0,
    free: false,
    backOffUntil: 0,
    polledAt: 0,
    polling: false,
    unasked: '',
    work: undefined,
    faults: undefined,
    released: undefined,
    reason: '',
    silence: '',
  };
}
