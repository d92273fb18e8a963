import { RedisConnection } from '../../../../actors/adapters/redis/connection.js';
import { RedisSnapshotStore } from '../../../../actors/adapters/redis/snapshotStore.js';
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
      dispose: async () => {
        await Promise.all(connections.map((connection) => connection.close()));
      },
    };
  });
});
