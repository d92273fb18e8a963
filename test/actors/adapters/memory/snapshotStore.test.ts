import { MemorySnapshotServer } from '../../../../actors/adapters/memory/snapshotServer.js';
import { MemorySnapshotStore } from '../../../../actors/adapters/memory/snapshotStore.js';
import { systemClock as clock } from '../../../../actors/adapters/system/clock.js';
import { describeSnapshotStore } from '../contract/snapshotStore.js';

describeSnapshotStore('the twin in memory', async () => {
  const server = new MemorySnapshotServer();
  return {
    connect: async (partition) => new MemorySnapshotStore({ server, clock, deployment: 'test', partition }),
    takeAway: async () => {
      server.setAvailable(false);
      return async () => server.setAvailable(true);
    },
    empty: async () => void server.delete(() => true),
    damage: async (header) => {
      for (const key of server.keys()) server.replace(key, { ...header, bytes: new Uint8Array() });
    },
    dispose: async () => undefined,
  };
});
