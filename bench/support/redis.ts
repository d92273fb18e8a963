/** What a bench looks up in the Redis of its system. */
import { Redis } from 'ioredis';
import { RedisConnection } from '../../actors/adapters/redis/connection.js';
import { RedisSnapshotStore } from '../../actors/adapters/redis/snapshotStore.js';
import type { SnapshotStore } from '../../actors/runtime/ports.js';
import { DEPLOYMENT, type BenchSystem } from './system.js';

export interface Snapshots {
  /** By partition. */
  readonly stores: readonly SnapshotStore[];
  close(): Promise<void>;
}

export async function openSnapshots({ redisUrl, partitions }: BenchSystem): Promise<Snapshots> {
  const redis = new RedisConnection(redisUrl, { name: 'bench: snapshots' });
  await redis.ready();
  const stores = Array.from(
    { length: partitions },
    (_, partition) => new RedisSnapshotStore(redis, DEPLOYMENT, partition),
  );
  return { stores, close: () => redis.close() };
}

/** Sequence of a partition's newest checkpoint; 0: none yet. */
export async function checkpointOf(store: SnapshotStore | undefined): Promise<number> {
  return (await store?.readCheckpoint())?.sequence ?? 0;
}

/** Bytes of everything that Redis holds (INFO memory, used_memory). */
export async function redisBytes({ redisUrl }: BenchSystem): Promise<number> {
  const redis = new Redis(redisUrl);
  try {
    const bytes = /^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1];
    if (bytes === undefined) throw new Error('INFO memory of Redis has no used_memory');
    return Number(bytes);
  } finally {
    redis.disconnect();
  }
}
