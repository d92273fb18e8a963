import { RedisConnection } from '../../../../actors/adapters/redis/connection.js';
import { RedisSnapshotStore } from '../../../../actors/adapters/redis/snapshotStore.js';
import { encodeValue } from '../../../../actors/adapters/redis/versionedValue.js';
import { useRedis } from '../../../support/servers.js';
import { describeSnapshotStore, type SnapshotWorld } from '../contract/snapshotStore.js';

describe('Redis', () => {
  const server = useRedis();
  let deployments = 0;

  describeSnapshotStore('Redis', async (): Promise<SnapshotWorld> => {
    deployments += 1;
    const connections: RedisConnection[] = [];
    const connect = async () => {
      const connection = new RedisConnection(server.current.url, { name: 'test' });
      connections.push(connection);
      await connection.ready();
      return connection;
    };
    return {
      connect: async (partition) => new RedisSnapshotStore(await connect(), `test${deployments}`, partition),
      takeAway: async () => {
        await server.away('SIGKILL');
        return async () => {
          await server.restart();
        };
      },
      empty: async () => {
        const connection = await connect();
        await connection.run((client) => client.flushall());
      },
      damage: async (header) => {
        const connection = await connect();
        const value = encodeValue({ ...header, bytes: new Uint8Array() });
        await connection.run(async (client) => {
          for (const key of await client.keys(`emoney:test${deployments}:*`)) await client.set(key, value);
        });
      },
      dispose: async () => {
        await Promise.all(connections.map((connection) => connection.close()));
      },
    };
  });
});
