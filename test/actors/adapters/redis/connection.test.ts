import { expect } from 'chai';
import { REDIS_SILENCE_MS } from '../../../../actors/bounds.js';
import { RedisConnection } from '../../../../actors/adapters/redis/connection.js';
import { RedisSnapshotStore } from '../../../../actors/adapters/redis/snapshotStore.js';
import { StoreUnavailableError } from '../../../../actors/runtime/errors.js';
import { FORGOTTEN } from '../../../../simulator/chaos/passage.js';
import { TcpProxy } from '../../../../simulator/chaos/tcpProxy.js';
import { useRedis } from '../../../support/servers.js';
import { thrownBy } from '../../../support/thrownBy.js';
import { until } from '../../../support/until.js';
import { unit } from '../contract/snapshotStore.js';

describe('a connection to Redis', () => {
  const server = useRedis();

  it('fails at once, without collecting commands, while nobody is there', async () => {
    const connection = new RedisConnection('redis://:secret@127.0.0.1:9', { name: 'test' });
    const store = new RedisSnapshotStore(connection, 'test', 0);
    const begin = performance.now();
    for (let i = 0; i < 100; i += 1) {
      const error = await thrownBy(() => store.readUnits(['a']));
      expect(error).to.be.instanceOf(StoreUnavailableError);
      expect(error.message).to.contain('127.0.0.1:9').and.not.contain('secret');
    }
    expect(performance.now() - begin).to.be.below(1_000);
    await connection.close();
  });

  it('says when Redis went away and when it is back, and writes again by itself', async () => {
    const seen: string[] = [];
    const connection = new RedisConnection(server.current.url, {
      name: 'test',
      onStatus: (status) => seen.push(status),
    });
    await connection.ready();
    const store = new RedisSnapshotStore(connection, 'again', 0);
    await store.writeUnits([unit('a', 1, 1, 'x')]);
    await server.restart('SIGKILL');
    await until(() => connection.isReady && seen.length >= 3, { what: 'the connection is back' });
    expect([seen[0], seen.at(-1)]).to.deep.equal(['ready', 'ready']);
    expect(seen).to.include('away');
    expect((await store.readUnits(['a']))[0]?.sequence).to.equal(1);
    await store.writeUnits([unit('a', 1, 2, 'y')]);
    await connection.close();
  });

  it('notices a connection that a network has forgotten, and makes a new one', async () => {
    const proxy = await TcpProxy.listen({ targets: () => [server.current.port] });
    const connection = new RedisConnection(`redis://127.0.0.1:${proxy.port}`, { name: 'test' });
    await connection.ready();
    const store = new RedisSnapshotStore(connection, 'forgotten', 0);
    await store.writeUnits([unit('a', 1, 1, 'x')]);
    proxy.disturb(FORGOTTEN);
    const begin = performance.now();
    expect(await thrownBy(() => store.readUnits(['a']))).to.be.instanceOf(StoreUnavailableError);
    expect(performance.now() - begin).to.be.within(REDIS_SILENCE_MS - 50, REDIS_SILENCE_MS + 2_000);
    await until(() => connection.isReady, { what: 'a new connection' });
    expect((await store.readUnits(['a']))[0]?.sequence).to.equal(1);
    await connection.close();
    await proxy.close();
  });

  describe('to a Redis that becomes a replica', () => {
    const successor = useRedis();
    let port: number;
    let proxy: TcpProxy;
    let connection: RedisConnection;
    let store: RedisSnapshotStore;
    let seen: string[];

    /** The address is the proxy's, which leads where `port` says. */
    beforeEach(async () => {
      port = server.current.port;
      seen = [];
      proxy = await TcpProxy.listen({ targets: () => [port] });
      connection = new RedisConnection(`redis://127.0.0.1:${proxy.port}`, {
        name: 'test',
        onStatus: (status) => seen.push(status),
      });
      await connection.ready();
      store = new RedisSnapshotStore(connection, 'replica', 0);
      await connection.run((client) => client.flushall());
      await store.writeUnits([unit('a', 1, 1, 'x')]);
      // Of one that is away: so it keeps what it has.
      await connection.run((client) => client.replicaof('127.0.0.1', 9));
    });
    afterEach(async () => {
      await connection.close();
      const direct = new RedisConnection(server.current.url, { name: 'test' });
      await direct.ready();
      await direct.run((client) => client.replicaof('NO', 'ONE'));
      await direct.close();
      await proxy.close();
    });

    const write = () =>
      store.writeUnits([unit('a', 1, 2, 'y')]).then(
        () => true,
        () => false,
      );
    const readsOf = (sequence: number) =>
      store.readUnits(['a']).then(
        ([found]) => found?.sequence === sequence,
        () => false,
      );
    const refusedWrites = async (times: number) => {
      for (let i = 0; i < times; i += 1) {
        const error = await thrownBy(() => store.writeUnits([unit('a', 1, 2, 'y')]));
        expect(error).to.be.instanceOf(StoreUnavailableError);
        expect(error.message).to.contain('READONLY');
        await new Promise((resolve) => setTimeout(resolve, 5));
        expect((await store.readUnits(['a']))[0]?.sequence).to.equal(1);
      }
    };

    it('goes on reading while each write is refused, and writes when it is the primary again', async () => {
      await refusedWrites(100);
      expect(seen).to.deep.equal(['ready']);
      await connection.run((client) => client.replicaof('NO', 'ONE'));
      await until(write, { what: 'a write' });
      // A look that the last refused write began may have found the primary: then a new connection is on its way.
      await until(() => readsOf(2), { what: 'what was written' });
    });

    it('follows its address to the new primary', async () => {
      await refusedWrites(1);
      port = successor.current.port;
      await until(write, { what: 'a write on the successor' });
      expect(await readsOf(2)).to.equal(true);
      expect(seen).to.deep.equal(['ready', 'away', 'ready']);
    });
  });

  it('takes what is no snapshot for absent, and replaces it', async () => {
    const connection = new RedisConnection(server.current.url, { name: 'test' });
    await connection.ready();
    await connection.run((client) => client.set('emoney:odd:0:u:a', 'short'));
    const store = new RedisSnapshotStore(connection, 'odd', 0);
    expect(await store.readUnits(['a'])).to.deep.equal([undefined]);
    await store.writeUnits([unit('a', 1, 1, 'x')]);
    expect((await store.readUnits(['a']))[0]?.sequence).to.equal(1);
    await connection.close();
  });

  it('replaces a key of another type, and writes all that is written with it', async () => {
    const connection = new RedisConnection(server.current.url, { name: 'test' });
    await connection.ready();
    await connection.run((client) => client.rpush('emoney:types:0:u:b', 'a list'));
    await connection.run((client) => client.hset('emoney:types:0:u:c', 'a', 'hash'));
    const store = new RedisSnapshotStore(connection, 'types', 0);
    const names = ['a', 'b', 'c', 'd'];
    expect((await store.readUnits(names)).filter((found) => found !== undefined)).to.deep.equal([]);
    await store.writeUnits(names.map((name) => unit(name, 1, 1, 'x')));
    expect((await store.readUnits(names)).map((found) => found?.sequence)).to.deep.equal([1, 1, 1, 1]);
    await connection.close();
  });
});
