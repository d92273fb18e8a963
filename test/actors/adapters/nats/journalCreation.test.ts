import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { connectNats, type Nats } from '../../../../actors/adapters/nats/connection.js';
import { journalName } from '../../../../actors/adapters/nats/journalConfiguration.js';
import { natsJournalStore } from '../../../../actors/adapters/nats/journalStore.js';
import type { JournalStore } from '../../../../actors/runtime/ports.js';
import { useNats } from '../../../support/servers.js';

const DEPLOYMENT = 'halfMade';

/** What a power cut may leave of a stream's folder while nats-server makes the stream. */
const LEFTOVERS: readonly { readonly what: string; readonly leave: (folder: string) => Promise<void> }[] = [
  { what: 'no checksum', leave: (folder) => rm(join(folder, 'meta.sum')) },
  { what: 'an empty checksum', leave: (folder) => truncate(join(folder, 'meta.sum'), 0) },
  { what: 'another checksum', leave: (folder) => writeFile(join(folder, 'meta.sum'), '0123456789abcdef') },
  { what: 'half of the metadata', leave: (folder) => truncate(join(folder, 'meta.inf'), 100) },
  { what: 'empty metadata', leave: (folder) => truncate(join(folder, 'meta.inf'), 0) },
  {
    what: 'metadata only',
    leave: async (folder) => {
      await rm(join(folder, 'meta.sum'));
      await rm(join(folder, 'msgs'), { recursive: true });
    },
  },
];

const frame = Uint8Array.of(1, 2, 3);

describe('a stream of which a power cut left a half', () => {
  const server = useNats();
  let nats: Nats;
  let store: JournalStore;

  const connect = async (): Promise<void> => {
    nats = await connectNats(server.current.url, { name: 'test' });
    store = await natsJournalStore(nats, { deployment: DEPLOYMENT });
  };
  beforeEach(connect);
  afterEach(() => nats.close());

  const cut = async (segment: number): Promise<void> => {
    await end();
    const { dir } = server.current;
    for (const [partition, { leave }] of LEFTOVERS.entries()) {
      const { stream } = journalName(DEPLOYMENT, partition, 1, { segment, first: 1 });
      await leave(join(dir, 'store', 'jetstream', '$G', 'streams', stream));
    }
    await begin();
  };
  const end = async (): Promise<void> => {
    await nats.close();
    await server.away('SIGKILL');
  };
  const begin = async (): Promise<void> => {
    await server.restart();
    await connect();
  };

  it('is made again, and keeps what it then acknowledges over the next start', async () => {
    for (const partition of LEFTOVERS.keys()) await store.create(partition);
    await cut(0);
    expect(await store.list(), 'the server skips them').to.deep.equal([]);
    for (const partition of LEFTOVERS.keys()) {
      await store.create(partition);
      const journal = await store.open(partition);
      expect(await journal.append(frame, 0)).to.have.property('kind', 'stored');
      await journal.beginSegment(1, 2);
    }
    await cut(1);
    for (const [partition, { what }] of LEFTOVERS.entries()) {
      const journal = await store.open(partition);
      expect(await journal.lastSequence(), what).to.equal(1);
      expect(await journal.hasSegment(1), what).to.equal(false);
      await journal.beginSegment(1, 2);
      expect(await journal.append(frame, 1), what).to.have.property('kind', 'stored');
      await journal.closeSegment(0);
    }
    await end();
    await begin();
    for (const [partition, { what }] of LEFTOVERS.entries()) {
      const journal = await store.open(partition);
      expect(await journal.lastSequence(), what).to.equal(2);
      await journal.verifyConfiguration();
    }
  });
});
