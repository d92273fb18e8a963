import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { APPEND_TIMEOUT_MS, NATS_PING_INTERVAL_MS, READ_TIMEOUT_MS } from '../../../../actors/bounds.js';
import { JournalUnavailableError } from '../../../../actors/adapters/errors.js';
import { connectNats } from '../../../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../../../actors/adapters/nats/journalStore.js';
import { FORGOTTEN } from '../../../../simulator/chaos/passage.js';
import { TcpProxy } from '../../../../simulator/chaos/tcpProxy.js';
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
    // At the latest: by then the connection may have been given up, since no ping was answered.
    expect(performance.now() - begin).to.be.below(READ_TIMEOUT_MS + 3_000);
    server.current.kill('SIGCONT');
    // What was unknown was in the socket: it is stored after all, long after its sender gave up.
    const arrived = async () => (await journal.lastSequence()) === 2;
    await until(arrived, { what: 'the late frame' });
    await nats.close();
  });
});

describe('a connection to NATS that a network has forgotten', () => {
  const server = useNats({ sync: 'interval' });

  it('is noticed although nothing ends it, and replaced by a new one', async () => {
    const proxy = await TcpProxy.listen({ targets: () => [server.current.port] });
    const seen: string[] = [];
    const nats = await connectNats(`nats://127.0.0.1:${proxy.port}`, {
      name: 'forgotten',
      onStatus: (status) => seen.push(status),
    });
    proxy.disturb(FORGOTTEN);
    const begin = performance.now();
    await until(() => seen.includes('reconnected'), { what: 'another connection', deadlineMs: 20_000 });
    expect(performance.now() - begin).to.be.within(2 * NATS_PING_INTERVAL_MS - 50, 8 * NATS_PING_INTERVAL_MS);
    expect(seen[0]).to.equal('disconnected');
    await nats.bus.flush();
    await nats.close();
    await proxy.close();
  });
});
