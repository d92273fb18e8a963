import type { MemoryArchiveDisk } from '../../actors/adapters/memory/archive.js';
import type { MemoryBaseDisk } from '../../actors/adapters/memory/baseStore.js';
import { JOURNAL_READ_FRAMES } from '../../actors/bounds.js';
import type { v1 } from '../../proto/generated/emoney.js';
import type { AuditSource } from '../auditor/index.js';
import type { Operator } from './operator.js';
import type { ServerRoom } from './servers.js';

/** Of a world. */
export interface Stored {
  readonly servers: ServerRoom;
  readonly partitions: number;
  readonly bases: MemoryBaseDisk;
  readonly archive: MemoryArchiveDisk;
}

/**
 * The world as the auditor sees it: what is stored, and what the running actors say of themselves. The states in bases
 * are shown with those in Redis: each is held against the journal.
 */
export function auditSourceOf(
  { servers, bases, archive, partitions }: Stored,
  operator: Operator,
): AuditSource {
  const { journals } = servers;
  const streamOf = (partition: number) => {
    const stream = journals.stream(partition);
    if (stream === undefined) throw new Error(`partition ${partition} has no journal`);
    return stream;
  };
  /** Undefined: there is a stream for it. */
  const archivedAt = (partition: number, from: number) => {
    if (journals.holding(partition, from) !== undefined) return undefined;
    const stored = archive.holding(partition, from);
    if (stored === undefined || stored.lost || stored.damaged.size > 0) {
      throw new Error(
        `frame ${from} of partition ${partition} has no stream, and is not whole in the archive`,
      );
    }
    return stored.frames.slice(from - stored.foot.first);
  };
  return {
    partitionCount: () => Promise.resolve(partitions),
    lastSequence: (partition) => Promise.resolve(streamOf(partition).last),
    async *readFrames(partition, from) {
      const { last } = streamOf(partition);
      for (let next = from; next <= last;) {
        const frames =
          archivedAt(partition, next) ?? journals.following(partition, next, JOURNAL_READ_FRAMES);
        yield frames;
        next = (frames.at(-1)?.sequence ?? last) + 1;
      }
    },
    describeCards: async (ids) => {
      const { cards } = await operator.ask({ describeCards: { cards: [...ids] } });
      return cards?.cards ?? [];
    },
    describeTerminals: async (ids) => {
      const { terminals } = await operator.ask({ describeTerminals: { terminals: [...ids] } });
      return terminals?.terminals ?? [];
    },
    describeTotals: async (ids) => {
      const { totals } = await operator.ask({ describeTotals: { terminals: [...ids] } });
      return totals?.terminals ?? [];
    },
    readSnapshots: async (partition, units) => {
      const { snapshots } = await operator.ask({ readSnapshots: { partition, units: [...units] } });
      return snapshots?.snapshots == null
        ? undefined
        : [...snapshots.snapshots, ...inBases(bases, partition, units)];
    },
  };
}

/** What can be read of these units in the partition's bases. */
function inBases(
  bases: MemoryBaseDisk,
  partition: number,
  units: readonly string[],
): readonly v1.SnapshotDescription.$Properties[] {
  const wanted = new Set(units);
  return bases.positions(partition).flatMap((position) => {
    const base = bases.get(partition, position);
    if (base === undefined || base.lost) return [];
    const { generation } = base.head;
    return base.units
      .filter(({ key, state }) => wanted.has(key) && state !== undefined && !base.damaged.has(key))
      .map(({ key, sequence, state }) => ({ unit: key, sequence, generation, state: state ?? null }));
  });
}
