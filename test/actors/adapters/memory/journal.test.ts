import { MemoryJournalServer } from '../../../../actors/adapters/memory/journalServer.js';
import { MemoryJournalStore } from '../../../../actors/adapters/memory/journal.js';
import { systemClock } from '../../../../actors/adapters/system/clock.js';
import { describeJournal } from '../contract/journal.js';

describeJournal('the twin in memory', async () => {
  const server = new MemoryJournalServer(systemClock);
  const connect = async () => new MemoryJournalStore(server, systemClock);
  return {
    connect,
    createWithHole: async (partition, count, hole) => {
      server.create(partition);
      const stream = server.stream(partition)!;
      for (let i = 0; i < count; i += 1) stream.append(Uint8Array.of(i), i, Date.now());
      stream.makeHole(hole);
    },
    createDeletable: async (partition) => {
      server.create(partition);
      server.stream(partition)!.misconfigure('deny_delete');
    },
    seal: async (partition, segment) => server.stream(partition, segment)!.seal(),
    length: async (partition, segment) => server.stream(partition, segment)!.last,
    lose: async (partition, segment) => {
      server.remove(partition, segment);
    },
    takeAway: async () => {
      for (const partition of server.partitions()) server.stream(partition)!.setReachable(false);
      return async () => {
        for (const partition of server.partitions()) server.stream(partition)!.setReachable(true);
      };
    },
    dispose: async () => undefined,
  };
});
