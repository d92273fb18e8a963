import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { APPEND_TIMEOUT_MS, READ_TIMEOUT_MS } from '../../../../actors/bounds.js';
import { JournalUnavailableError } from '../../../../actors/adapters/errors.js';
import { connectNats } from '../../../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../../../actors/adapters/nats/journalStore.js';
import { useNats } from '../../../support/servers.js';
import { thrownBy } from '../../../support/thrownBy.js';
import { until } from '../../../support/until.js';

describe('a nats-server that is stopped but still connected', () => {
  const server = useNats();

  it('makes appends unknown and reads fail in their time, and both work when it goes on', async () => {
    const nats = await connectNats(server.current.url, { name: 'silence' });
    const store = await natsJournalStore(nats, { deployment: 'silence' });
    await store.create(0);
    const journal = await store.open(0);
    await journal.append(Uint8Array.of(1), 0);
    server.current.kill('SIGSTOP');
    // The signal takes its time on a busy machine: until then the server still answers.
    const { pid } = server.current;
    const stopped = () => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') T ');
    await until(stopped, { what: 'the server is stopped' });
    const begin = performance.now();
    const append = journal.append(Uint8Array.of(2), 1);
    const failures = [
      () => journal.read(1, 1, () => undefined),
      () => journal.get(1),
      () => journal.lastSequence(),
    ];
    const read = Promise.all(failures.map(thrownBy));
    expect(await append).to.have.property('kind', 'unknown');
    expect(performance.now() - begin).to.be.within(APPEND_TIMEOUT_MS - 50, APPEND_TIMEOUT_MS + 2_000);
    for (const error of await read) expect(error).to.be.instanceOf(JournalUnavailableError);
    expect(performance.now() - begin).to.be.within(READ_TIMEOUT_MS - 50, READ_TIMEOUT_MS + 3_000);
    server.current.kill('SIGCONT');
    // What was unknown was in the socket: it is stored after all, long after its sender gave up.
    const arrived = async () => (await journal.lastSequence()) === 2;
    await until(arrived, { what: 'the late frame' });
    await nats.close();
  }).timeout(30_000);
});
