import { join } from 'node:path';
import { expect } from 'chai';
import { NatsAddressError } from '../../../../actors/adapters/errors.js';
import { JetStreamApi } from '../../../../actors/adapters/nats/api.js';
import { connectNats, type Nats } from '../../../../actors/adapters/nats/connection.js';
import { openElections } from '../../../../actors/adapters/nats/elections.js';
import { natsJournalStore } from '../../../../actors/adapters/nats/journalStore.js';
import { natsPlans, SYSTEM_LOGIN } from '../../../../operator/cli/chaos/natsNodes.js';
import { startNats, type NatsServer } from '../../../../servers/nats.js';
import { temporaryFolder, type Folder } from '../../../support/folder.js';
import { thrownBy } from '../../../support/thrownBy.js';
import { until } from '../../../support/until.js';

const JOURNAL = 'EMONEY_elections_JOURNAL_0_0';

/** Its servers wait for 4 s since they last heard the leader, which they do every second: nats-server's constants. */
const BY_THEMSELVES_MS = 3_000;

describe('a cluster of three nats-servers', function () {
  this.timeout(120_000);
  let folder: Folder;
  let servers: NatsServer[] = [];
  let nats: Nats;
  const url = (login = ''): string => servers.map(({ port }) => `nats://${login}127.0.0.1:${port}`).join(',');

  before(async () => {
    folder = await temporaryFolder();
    const plans = await natsPlans(join(folder.path, 'nats'), 3, {});
    servers = await Promise.all(plans.map((plan) => startNats(plan)));
    nats = await connectNats(url(), { name: 'elections' });
  });

  after(async () => {
    await nats.close();
    await Promise.all(servers.map((server) => server.stop()));
    await folder.remove();
  });

  it('replaces a leader that was killed before its servers would by themselves', async () => {
    const said: string[] = [];
    const elections = await openElections(nats, {
      systemUrl: url(SYSTEM_LOGIN),
      name: 'test',
      log: (line) => said.push(line),
    });
    const onSilence = (): void => elections.suspect();
    const store = await natsJournalStore(nats, { deployment: 'elections', replicas: 3, onSilence });
    await until(
      () =>
        store.create(0).then(
          () => true,
          () => false,
        ),
      { what: 'a journal in three copies', deadlineMs: 30_000 },
    );
    const journal = await store.open(0);
    await until(async () => (await journal.append(Uint8Array.of(1), 0)).kind !== 'unknown', {
      what: 'a first frame',
    });
    const leader = (await (await JetStreamApi.of(nats)).info(JOURNAL))?.cluster?.leader;
    const names = await Promise.all(servers.map(nameOf));
    const lost = servers[names.findIndex((name) => name === leader)];
    expect(lost, `${leader ?? 'nobody'} of ${names.join()}`).to.not.equal(undefined);

    lost?.kill('SIGKILL');
    const begin = performance.now();
    const last = async (): Promise<boolean> => {
      const answer = await journal.append(Uint8Array.of(2), 1);
      return answer.kind === 'stored' || answer.kind === 'refused';
    };
    await until(last, { what: 'a frame under another leader', deadlineMs: 30_000 });
    expect(performance.now() - begin, said.join('\n')).to.be.below(BY_THEMSELVES_MS);
    expect(said.join('\n')).to.match(/S-R3F-\w+ has lost its leader: another is elected/);
    expect(await journal.lastSequence()).to.equal(2);
    await elections.close();
  });

  it('makes a stream for two who ask at the same time', async () => {
    const other = await connectNats(url(), { name: 'elections: another' });
    const plan = { name: 'both', subjects: ['both'], num_replicas: 3, metadata: { value: 'one' } };
    const apis = await Promise.all([nats, other].map((each) => JetStreamApi.of(each)));
    await Promise.all(apis.map((api) => api.ensure(plan)));
    expect((await apis[0]?.info('both'))?.config.metadata).to.include({ value: 'one' });
    await other.close();
  });

  it('says when the user is not of the system account', async () => {
    const error = await thrownBy(() =>
      openElections(nats, { systemUrl: url(), name: 'test', log: () => undefined }),
    );
    expect(error).to.be.instanceOf(NatsAddressError).with.property('message').that.includes('system account');
  });
});

async function nameOf({ monitorUrl }: NatsServer): Promise<string | undefined> {
  try {
    const { server_name: name } = (await (await fetch(`${monitorUrl}/varz`)).json()) as {
      server_name: string;
    };
    return name;
  } catch {
    return undefined;
  }
}
