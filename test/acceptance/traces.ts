/** Everything that a deployment leaves behind, to be searched for what must not be there. */
import { jetstreamManager } from '@nats-io/jetstream';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectNats } from '../../actors/adapters/nats/connection.js';
import { RedisConnection } from '../../actors/adapters/redis/connection.js';
import type { TestSystem } from './system.js';

/** `bus`: what travelled on NATS while it was listened to. `file`: what servers and workers have on disk. */
export type Place = 'bus' | 'stream' | 'redis key' | 'redis value' | 'log' | 'file';

export interface Traces {
  /** Where this text is found, sorted. */
  of(text: string): Promise<readonly Place[]>;
  stop(): Promise<void>;
}

/** Listens to NATS from now on. */
export async function followTraces(system: TestSystem): Promise<Traces> {
  const nats = await connectNats(system.natsUrl, { name: 'traces' });
  const redis = new RedisConnection(system.redisUrl, { name: 'traces' });
  await redis.ready();
  const heard: Buffer[] = [];
  nats.client.subscribe('>', {
    callback: (_, message) => {
      heard.push(Buffer.from(message.subject), Buffer.from(message.data));
    },
  });
  await nats.client.flush();
  const manager = await jetstreamManager(nats.client);

  async function streamed(): Promise<Buffer[]> {
    const found: Buffer[] = [];
    for await (const { config, state } of manager.streams.list()) {
      // An empty stream begins at 0, which is no sequence.
      for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq += 1) {
        const message = await manager.streams.getMessage(config.name, { seq });
        if (message !== null) found.push(Buffer.from(message.subject), Buffer.from(message.data));
      }
    }
    return found;
  }

  async function snapshots(): Promise<readonly [keys: Buffer[], values: Buffer[]]> {
    return redis.run(async (client) => {
      const keys = await client.keysBuffer('*');
      const values = keys.length === 0 ? [] : await client.mgetBuffer(...keys);
      return [keys, values.map((value, at) => value ?? unread(keys[at]))];
    });
  }

  return {
    of: async (text) => {
      const [keys, values] = await snapshots();
      const everything: Record<Place, readonly Buffer[]> = {
        bus: heard,
        stream: await streamed(),
        'redis key': keys,
        'redis value': values,
        log: system.logged.map((line) => Buffer.from(line)),
        file: await filesIn(system.dir),
      };
      const places = Object.keys(everything) as Place[];
      return places.filter((place) => everything[place].some((bytes) => bytes.includes(text))).sort();
    },
    stop: async () => {
      await redis.close();
      await nats.close();
    },
  };
}

/** MGET reads strings only. */
function unread(key: Buffer | undefined): never {
  throw new Error(`Redis holds something else than a string under ${String(key)}`);
}

async function filesIn(folder: string): Promise<readonly Buffer[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  // What servers remove meanwhile is not there any more.
  const read = files.map(({ parentPath, name }) => readFile(join(parentPath, name)).catch(() => undefined));
  return (await Promise.all(read)).filter((bytes) => bytes !== undefined);
}
