import { expect } from 'chai';
import { connectNats, type Nats } from '../../../../actors/adapters/nats/connection.js';
import { fixOnce } from '../../../../actors/adapters/nats/fixedProperty.js';
import { useNats } from '../../../support/servers.js';

describe('what no frame of a deployment fixes', () => {
  const server = useNats({ sync: 'interval' });
  let nats: Nats;

  beforeEach(async () => {
    nats = await connectNats(server.current.url, { name: 'test' });
  });
  afterEach(() => nats.close());

  const fix = (deployment: string, value: string) => fixOnce(nats, { deployment, name: 'PIN_KEY', value });

  it('is fixed by who states it first, also of many at once, and after a restart', async () => {
    const values = ['a', 'b', 'c', 'd'];
    const standing = await Promise.all(values.map((value) => fix('shop', value)));
    expect(new Set(standing).size).to.equal(1);
    const [first = ''] = standing;
    expect(values).to.include(first);
    await nats.close();
    await server.restart('SIGKILL');
    nats = await connectNats(server.current.url, { name: 'test' });
    expect(await fix('shop', 'e')).to.equal(first);
  });

  it('of each deployment apart', async () => {
    expect(await fix('one', 'a')).to.equal('a');
    expect(await fix('two', 'b')).to.equal('b');
  });
});
