import { expect } from 'chai';
import { connectNats, type Nats } from '../../../../actors/adapters/nats/connection.js';
import { useNats } from '../../../support/servers.js';
import { until } from '../../../support/until.js';
import { describeBus } from '../contract/bus.js';

describe('core NATS', () => {
  const server = useNats({ sync: 'interval' });
  let connections: Nats[];

  const connect = async () => {
    const nats = await connectNats(server.current.url, { name: 'test' });
    connections.push(nats);
    return nats.bus;
  };
  beforeEach(() => {
    connections = [];
  });
  afterEach(() => Promise.all(connections.map((nats) => nats.close())));

  describeBus('core NATS', async () => ({ connect, dispose: async () => undefined }));

  it('comes back by itself after the server was restarted, with its subscriptions', async () => {
    const [sender, receiver] = [await connect(), await connect()];
    let seen = 0;
    receiver.subscribe('again', () => (seen += 1));
    await server.restart('SIGKILL');
    const heard = () => {
      sender.publish('again', new Uint8Array());
      return seen > 0;
    };
    await until(heard, { what: 'a message through the restarted server' });
  });

  it('loses what is published after the end of the connection, and does not throw', async () => {
    const bus = await connect();
    await connections[0]!.close();
    bus.publish('nobody', new Uint8Array());
  });

  it('fails at once when nobody can be reached at first', async () => {
    const error = await connectNats('nats://127.0.0.1:9', { name: 'test' }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Error);
  });
});
