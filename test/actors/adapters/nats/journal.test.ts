import { jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import { connectNats, type Nats } from '../../../../actors/adapters/nats/connection.js';
import { journalConfiguration, journalName } from '../../../../actors/adapters/nats/journalConfiguration.js';
import { natsJournalStore } from '../../../../actors/adapters/nats/journalStore.js';
import { useNats } from '../../../support/servers.js';
import { describeJournal, type JournalWorld } from '../contract/journal.js';

describe('JetStream', () => {
  const server = useNats({ sync: 'interval' });
  let deployments = 0;

  describeJournal('JetStream', async (): Promise<JournalWorld> => {
    deployments += 1;
    const deployment = `test${deployments}`;
    const connections: Nats[] = [];
    const connection = async () => {
      const nats = await connectNats(server.current.url, { name: 'test' });
      connections.push(nats);
      return nats;
    };
    const createDeletable = async (partition: number) => {
      const { client } = await connection();
      const manager = await jetstreamManager(client);
      const name = journalName(deployment, partition, 1);
      await manager.streams.add({ ...journalConfiguration(name), deny_delete: false });
      return { client, manager, name };
    };
    const streamOf = (partition: number, segment: number): string =>
      journalName(deployment, partition, 1, { segment, first: 1 }).stream;
    return {
      connect: async () => natsJournalStore(await connection(), { deployment }),
      createDeletable: async (partition) => {
        await createDeletable(partition);
      },
      createWithHole: async (partition, count, hole) => {
        const { client, manager, name } = await createDeletable(partition);
        for (let i = 0; i < count; i += 1) await client.request(name.subject, Uint8Array.of(i));
        await manager.streams.deleteMessage(name.stream, hole);
      },
      seal: async (partition, segment) => {
        const { streams } = await jetstreamManager((await connection()).client);
        const stream = streamOf(partition, segment);
        // The client's type of an update does not know of it.
        const sealed: Partial<StreamConfig> = { ...(await streams.info(stream)).config, sealed: true };
        await streams.update(stream, sealed);
      },
      length: async (partition, segment) => {
        const { streams } = await jetstreamManager((await connection()).client);
        return (await streams.info(streamOf(partition, segment))).state.last_seq;
      },
      lose: async (partition, segment) => {
        const { streams } = await jetstreamManager((await connection()).client);
        await streams.delete(streamOf(partition, segment));
      },
      takeAway: async () => {
        await server.away('SIGKILL');
        return async () => {
          await server.restart();
        };
      },
      dispose: async () => {
        await Promise.all(connections.map((nats) => nats.close()));
      },
    };
  });
});
