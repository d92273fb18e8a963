import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { expect } from 'chai';
import { connectNats } from '../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import type { Journal, StoredFrame } from '../../actors/runtime/ports.js';
import { useNats, useRedis } from '../support/servers.js';
import { until } from '../support/until.js';
import { DEPLOYMENT, OneWorker } from './oneWorker.js';

const CARD = 'C1';
const ORDER = new Map([[0, 'a drill']]);

describe('a journal whose tail is gone', function () {
  this.timeout(60_000);

  describe('because nats-server was set back to an older copy', () => {
    const servers = { nats: useNats(), redis: useRedis() };

    it('is not served without what was lost; an order of the operator goes on, once, and it is recorded', async () => {
      const system = await OneWorker.create(servers, 1);
      await system.start();
      await system.operator.registerTerminal('T1', { role: 'PURCHASE' });
      await system.operator.issueCard(CARD, { storedValue: 1_000, limit: 0 });
      await system.pay('T1', [CARD], 1);
      await system.stop();
      const storeDir = join(servers.nats.current.dir, 'store');
      await servers.nats.away();
      await cp(storeDir, `${storeDir}.copy`, { recursive: true });
      await servers.nats.restart();
      await system.start();
      await system.pay('T1', [CARD], 100);
      await system.stop();
      await servers.nats.away();
      await rm(storeDir, { recursive: true });
      await cp(`${storeDir}.copy`, storeDir, { recursive: true });
      await servers.nats.restart();

      await system.start();
      expect(await system.states()).to.deep.equal(['STOPPED']);
      expect(system.log.join('\n')).to.match(
        /partition 0: stopped \(FramesGoneError: .*acknowledged frames are gone\. Restore the stream .*--accept-loss/,
      );
      // Not by itself, however often it is tried.
      await system.restart();
      expect(await system.states()).to.deep.equal(['STOPPED']);

      await system.restart(ORDER);
      expect(await system.states()).to.deep.equal(['SERVING']);
      expect(await system.values([CARD])).to.deep.equal([999]);
      await system.pay('T1', [CARD], 10);
      await system.restart();
      expect(await system.values([CARD])).to.deep.equal([989]);
      await system.end();
    });
  });

  describe('because its stream was deleted and filled again, shorter, under its owner', () => {
    const servers = { nats: useNats(), redis: useRedis() };

    it('the owner stops at its next frame, and says so; without the order nobody serves', async () => {
      const system = await OneWorker.create(servers, 1);
      await system.start();
      await system.operator.registerTerminal('T1', { role: 'PURCHASE' });
      await system.operator.issueCard(CARD, { storedValue: 1_000, limit: 0 });
      await system.pay('T1', [CARD], 1);
      const kept = await lengthOf(servers.nats.current.url);
      await system.pay('T1', [CARD], 100);
      await refill(servers.nats.current.url, kept);

      void system.operator.changeLimit(CARD, 5).catch(() => undefined);
      await until(async () => (await system.states())[0] === 'STOPPED', {
        what: 'it stops',
        deadlineMs: 20_000,
      });
      expect(system.log.join('\n')).to.match(
        /FramesGoneError: the journal ends at \d+, but frame \d+ was acknowledged/,
      );
      // Nor does the next owner, although no checkpoint was written yet.
      await system.restart();
      expect(await system.states()).to.deep.equal(['STOPPED']);
      await system.restart(ORDER);
      expect(await system.states()).to.deep.equal(['SERVING']);
      expect(await system.values([CARD])).to.deep.equal([999]);
      await system.end();
    });
  });
});

async function lengthOf(url: string): Promise<number> {
  const nats = await connectNats(url, { name: 'reader' });
  const journal = await (await natsJournalStore(nats, { deployment: DEPLOYMENT })).open(0);
  const length = await journal.lastSequence();
  await nats.close();
  return length;
}

/** The first `kept` frames of the only partition, in a stream of the same name. */
async function refill(url: string, kept: number): Promise<void> {
  const nats = await connectNats(url, { name: 'damage' });
  const store = await natsJournalStore(nats, { deployment: DEPLOYMENT });
  const frames: StoredFrame[] = [];
  await (await store.open(0)).read(1, kept, (frame) => frames.push(frame));
  const { streams } = await jetstreamManager(nats.client);
  for await (const { config } of streams.list()) {
    if (config.subjects.some((subject) => subject.includes('.journal.0'))) await streams.delete(config.name);
  }
  await store.create(0);
  const journal: Journal = await store.open(0);
  for (const [at, { bytes }] of frames.entries()) {
    expect((await journal.append(bytes, at)).kind).to.equal('stored');
  }
  await nats.close();
}
