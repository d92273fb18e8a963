/** Servers of a bench's own, in a folder of their own: every write is on the disk before it is acknowledged. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats, type NatsServer } from '../../servers/nats.js';
import { startRedis, type RedisServer } from '../../servers/redis.js';
import { Endings } from './ending.js';

export interface Servers {
  readonly dir: string;
  readonly nats: NatsServer;
  readonly redis: RedisServer;
  /** What is pushed here is ended before the servers. */
  readonly endings: Endings;
}

/** Nothing is left running when it throws. `endings.end()` ends the servers and removes their folder. */
export async function startServers(log: (line: string) => void): Promise<Servers> {
  const endings = new Endings();
  try {
    const dir = await mkdtemp(join(tmpdir(), 'emoney-bench-'));
    endings.push(() => rm(dir, { recursive: true, force: true }));
    const nats = await startNats({ dir: join(dir, 'nats'), sync: 'always', log });
    endings.push(() => nats.stop());
    const redis = await startRedis({ dir: join(dir, 'redis'), sync: 'always', log });
    endings.push(() => redis.stop());
    return { dir, nats, redis, endings };
  } catch (error) {
    await endings.end();
    throw error;
  }
}
