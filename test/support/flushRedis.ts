import { RedisConnection } from '../../actors/adapters/redis/connection.js';

/** Everything that it holds is gone. */
export async function flushRedis(url: string): Promise<void> {
  const connection = new RedisConnection(url, { name: 'loss' });
  await connection.ready();
  await connection.run((client) => client.flushall());
  await connection.close();
}
