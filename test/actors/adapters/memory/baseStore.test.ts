import { MemoryBaseDisk, MemoryBaseStore } from '../../../../actors/adapters/memory/baseStore.js';
import { describeBaseStore } from '../contract/baseStore.js';

describeBaseStore('the twin in memory', async () => {
  const disk = new MemoryBaseDisk();
  return {
    store: new MemoryBaseStore(disk),
    damageFoot: async (partition, position) => {
      disk.damage(partition, position);
    },
    dispose: async () => undefined,
  };
});
