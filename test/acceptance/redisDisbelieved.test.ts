import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { RedisConnection } from '../../actors/adapters/redis/connection.js';
import { useNats, useRedis } from '../support/servers.js';
import { until } from '../support/until.js';
import { OneWorker } from './oneWorker.js';

const CARDS = Array.from({ length: 20 }, (_, at) => `C${at}`);
const ISSUED = 10_000;

describe('Redis is never believed', function () {
  this.timeout(60_000);
  const servers = { nats: useNats({ sync: 'interval' }), redis: useRedis() };

  // Within a suite of its own: it ends before its servers do.
  describe('whatever becomes of it', () => {
    let system: OneWorker;
    let redis: RedisConnection;
    let paid = 0;

    before(async () => {
      system = await OneWorker.create(servers, 2);
      redis = new RedisConnection(servers.redis.current.url, { name: 'fault' });
      await redis.ready();
      await system.start();
      await system.operator.registerTerminal('T1', { role: 'PURCHASE' });
      for (const card of CARDS) await system.operator.issueCard(card, { storedValue: ISSUED, limit: 0 });
    });
    after(async () => {
      await system.end();
      await redis.close();
    });

    beforeEach(async () => {
      await pay();
      await system.restart();
    });
    afterEach('every balance is right', async () => {
      expect(await system.values(CARDS)).to.deep.equal(CARDS.map(() => ISSUED - paid));
    });

    async function pay(): Promise<void> {
      await system.pay('T1', CARDS, 1);
      paid += 1;
    }

    async function expectSaid(text: RegExp, fault: string): Promise<void> {
      expect(system.log.join('\n')).to.match(text);
      await until(async () => text.test(await system.degraded()), { what: `/readyz says ${String(text)}` });
      expect(
        await system.metric(new RegExp(`^emoney_redis_faults_total\\{fault="${fault}"\\} [1-9]`, 'm')),
      ).to.equal(true);
    }

    async function keys(pattern: string): Promise<string[]> {
      return redis.run((client) => client.keys(pattern));
    }

    async function away<T>(damage: (client: Redis) => Promise<T>): Promise<void> {
      await system.stop();
      await redis.run(damage);
      await system.start();
    }

    it('emptied: says so, and rebuilds everything', async () => {
      await away((client) => client.flushall());
      await expectSaid(/partition \d: Redis has no checkpoint: all actors are rebuilt/, 'CHECKPOINT_LOST');
    });

    it('emptied under load: the owner notices it before its next checkpoint, and writes everything again', async () => {
      await redis.run((client) => client.flushall());
      await pay();
      await until(
        () => system.log.join('\n').includes('Redis has lost what was written (the checkpoint is missing'),
        {
          what: 'it is noticed',
        },
      );
      await expectSaid(/Redis has lost what was written/, 'CHECKPOINT_LOST');
      await system.restart();
      expect(system.log.join('\n')).to.not.include('after checkpoint 0');
    });

    it('snapshots of single cards gone: each is named, and rebuilt', async () => {
      await away(async (client) => client.del(...(await client.keys('*:u:card/*'))));
      expect(await system.values(CARDS)).to.deep.equal(CARDS.map(() => ISSUED - paid));
      await expectSaid(
        /snapshot of card\/C\d+( and \d+ others)? is missing in Redis: rebuilt/,
        'SNAPSHOT_MISSING',
      );
    });

    it('snapshots of yesterday under a checkpoint of today: they do not count', async () => {
      const names = await keys('*:u:card/*');
      const yesterday = await redis.run((client) => client.mgetBuffer(...names));
      await pay();
      await away((client) => client.mset(names.flatMap((name, at) => [name, yesterday[at] ?? ''])));
      expect(await system.values(CARDS)).to.deep.equal(CARDS.map(() => ISSUED - paid));
      await expectSaid(
        /snapshot of card\/C\d+.* in Redis is not of its last event: rebuilt/,
        'SNAPSHOT_STALE',
      );
    });

    it('all of it set back to yesterday: the journal tells what happened since', async () => {
      const names = await keys('emoney:*');
      const yesterday = await redis.run((client) => client.mgetBuffer(...names));
      await pay();
      await away((client) => client.mset(names.flatMap((name, at) => [name, yesterday[at] ?? ''])));
      expect(system.log.join('\n')).to.match(/recovered to \d+: [1-9]\d* frames after checkpoint [1-9]/);
    });

    it('a page of the index gone: says so, and rebuilds', async () => {
      await away(async (client) => client.del(...(await client.keys('*:page:*'))));
      await expectSaid(/index page \d+ is missing in Redis: all actors are rebuilt/, 'PAGE_LOST');
    });

    it('its memory full: payments go on, and a takeover reads what was not written from the journal', async () => {
      await redis.run((client) => client.config('SET', 'maxmemory', '1'));
      await pay();
      await until(() => /snapshots cannot be written .*OOM/.test(system.log.join('\n')), {
        what: 'it is noticed',
      });
      await expectSaid(/snapshots cannot be written .*OOM/, 'WRITE_FAILED');
      await system.restart();
      await redis.run((client) => client.config('SET', 'maxmemory', '0'));
    });

    it('one that evicts is warned about, not refused; what it evicted is rebuilt', async () => {
      await redis.run((client) => client.config('SET', 'maxmemory-policy', 'allkeys-lru'));
      const before = await keys('emoney:*');
      await redis.run((client) => client.config('SET', 'maxmemory', '1'));
      await pay();
      await system.restart();
      await redis.run((client) => client.config('SET', 'maxmemory', '0'));
      expect((await keys('emoney:*')).length).to.be.below(before.length);
      await until(
        async () => (await system.degraded()).includes('may evict snapshots (maxmemory-policy allkeys-lru)'),
        {
          what: '/readyz warns',
        },
      );
      await redis.run((client) => client.config('SET', 'maxmemory-policy', 'noeviction'));
    });
  });
});
