import { MemoryHistoryDisk, MemoryHistoryStore } from '../../../../actors/adapters/memory/historyStore.js';
import { describeHistoryStore } from '../contract/historyStore.js';

describeHistoryStore('the twin in memory', async () => {
  const disk = new MemoryHistoryDisk();
  return {
    open: async () => new MemoryHistoryStore(disk),
    crash: async () => {
      disk.loseNewest(2);
    },
    dispose: async () => undefined,
  };
});
