/** What a partition is made of. */
import type { Outlet } from './asks.js';
import type { Background } from './background.js';
import type { Bases } from './bases.js';
import type { Domain } from './domain.js';
import type { Bus, Cancel, Clock, Follower, Journal, Segment, SnapshotStore } from './ports.js';
import type { Post } from './post.js';
import type { Recovered } from './recovery.js';
import type { Sabotage } from './sabotage.js';
import type { StoreFaults } from './storeFaults.js';
import type { Subjects } from './subjects.js';

export interface PartitionParts<Command, Event, State> {
  readonly partition: number;
  readonly epoch: number;
  readonly generation: number;
  readonly domain: Domain<Command, Event, State>;
  readonly journal: Journal;
  readonly store: SnapshotStore;
  /** For commands and replies. */
  readonly post: Post;
  /** For notices. */
  readonly bus: Bus;
  /** Of the whole worker. */
  readonly background: Background;
  readonly clock: Clock;
  readonly subjects: Subjects;
  readonly outlets: ReadonlyMap<string, Outlet>;
  readonly recovered: Recovered<Command, Event, State>;
  readonly bases?: Bases | undefined;
  readonly follower: Follower | undefined;
  /** Calls back when something has come for which commands may be held; absent: they are looked at in the end only. */
  readonly onNews?: ((listener: () => void) => Cancel) | undefined;
  /** Actors in memory; idle ones beyond it leave. */
  readonly unitsInMemory: number;
  /** To which frames are appended now. */
  readonly segment: Segment;
  /** Bytes after which the journal goes on in another one. */
  readonly segmentBytes: number;
  /** Absent in production. */
  readonly sabotage?: Sabotage | undefined;
  readonly faults: StoreFaults;
  readonly log: (line: string) => void;
  /** The partition does not serve any more: fenced, damaged, or released. */
  readonly onStopped: (reason: Error | undefined) => void;
}
