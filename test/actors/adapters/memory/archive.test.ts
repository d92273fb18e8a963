import { MemoryArchive, MemoryArchiveDisk } from '../../../../actors/adapters/memory/archive.js';
import { describeArchive } from '../contract/archive.js';

describeArchive('the twin in memory', async () => {
  const disk = new MemoryArchiveDisk();
  return {
    open: () => new MemoryArchive(disk),
    damageFoot: async (partition, segment) => {
      disk.damage(partition, segment);
    },
    damageFrame: async (partition, segment, { sequence }) => {
      disk.damage(partition, segment, sequence);
    },
    takeAway: async () => {
      disk.isAway = true;
      return async () => {
        disk.isAway = false;
      };
    },
    dispose: async () => undefined,
  };
});
