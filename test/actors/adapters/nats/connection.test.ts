import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { connectNats } from '../../../../actors/adapters/nats/connection.js';
import { startNats, type NatsServer } from '../../../../servers/nats.js';
import { temporaryFolder } from '../../../support/folder.js';
import { thrownBy } from '../../../support/thrownBy.js';
import { until } from '../../../support/until.js';

/** Attempts to come back: the client that believes the first two refusals has given up by then. */
const ATTEMPTS = 4;

describe('a connection to NATS', () => {
  it('comes back however often it was refused meanwhile', async () => {
    const folder = await temporaryFolder();
    const start = (password: string, port?: number): Promise<NatsServer> =>
      startNats({
        dir: join(folder.path, 'nats'),
        extraConfig: [`authorization { user: a, password: ${password} }`],
        ...(port === undefined ? {} : { port }),
      });
    let server = await start('right');
    const { port } = server;
    const nats = await connectNats(`nats://a:right@127.0.0.1:${port}`, { name: 'refused' });
    try {
      let attempts = 0;
      void (async () => {
        for await (const { type } of nats.client.status()) if (type === 'reconnecting') attempts += 1;
      })();
      await server.stop();
      server = await start('another', port);
      const before = attempts;
      await until(() => attempts >= before + ATTEMPTS || nats.client.isClosed(), { what: 'refusals' });
      await server.stop();
      server = await start('right', port);
      const works = (): Promise<boolean> =>
        nats.client.flush().then(
          () => true,
          () => false,
        );
      await until(works, { what: 'the connection works again' });
      expect(nats.client.isClosed()).to.equal(false);
    } finally {
      await nats.close();
      await server.stop();
      await folder.remove();
    }
  }).timeout(60_000);

  it('leaves nothing open to somebody who accepts and never greets', async () => {
    // given
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    const accepted = once(mute, 'connection');
    // when
    const error = await thrownBy(() => connectNats(`nats://127.0.0.1:${port}`, { name: 'mute' }));
    // then
    const [socket] = (await accepted) as [Socket];
    socket.resume();
    expect(error).to.be.instanceOf(Error);
    await until(() => socket.closed, { what: 'the end of the connection' });
    mute.close();
  });
});
