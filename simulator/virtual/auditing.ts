import { JOURNAL_READ_FRAMES } from '../../actors/bounds.js';
import type { AuditSource } from '../auditor/index.js';
import type { Operator } from './operator.js';
import type { ServerRoom } from './servers.js';

/** The world as the auditor sees it: what is stored, and what the running actors say of themselves. */
export function auditSourceOf(servers: ServerRoom, operator: Operator, partitions: number): AuditSource {
  const streamOf = (partition: number) => {
    const stream = servers.journals.stream(partition);
    if (stream === undefined) throw new Error(`partition ${partition} has no journal`);
    return stream;
  };
  return {
    partitionCount: () => Promise.resolve(partitions),
    lastSequence: (partition) => Promise.resolve(streamOf(partition).last),
    async *readFrames(partition, from) {
      const { last } = streamOf(partition);
      for (let next = from; next <= last;) {
        const frames = servers.journals.following(partition, next, JOURNAL_READ_FRAMES);
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
      return snapshots?.snapshots ?? undefined;
    },
  };
}
