import { jetstreamManager } from '@nats-io/jetstream';
import { connectNats, type Nats } from '../../../../actors/adapters/nats/connection.js';
import { createProhibitions, natsProhibitions } from '../../../../actors/adapters/nats/prohibitions.js';
import { prohibitionNames } from '../../../../actors/adapters/nats/prohibitionStream.js';
import { useNats } from '../../../support/servers.js';
import { describeProhibitions, type ProhibitionWorld } from '../contract/prohibitions.js';

describe('JetStream', () => {
  const server = useNats({ sync: 'interval' });
  let deployments = 0;

  describeProhibitions('JetStream', async (): Promise<ProhibitionWorld> => {
    deployments += 1;
    const deployment = `test${deployments}`;
    const connections: Nats[] = [];
    const connect = async () => {
      const nats = await connectNats(server.current.url, { name: 'test' });
      connections.push(nats);
      return nats;
    };
    const nats = await connect();
    await createProhibitions(nats, { deployment });
    return {
      connect: async () => natsProhibitions(await connect(), { deployment }),
      recreate: async () => {
        const manager = await jetstreamManager(nats.client);
        await manager.streams.delete(prohibitionNames({ deployment }).stream);
        await createProhibitions(nats, { deployment });
      },
      takeAway: async () => {
        await server.away('SIGKILL');
        return async () => {
          await server.restart();
        };
      },
      dispose: async () => {
        await Promise.all(connections.map((each) => each.close()));
      },
    };
  });
});
