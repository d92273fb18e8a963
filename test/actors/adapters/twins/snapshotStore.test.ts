import fc from 'fast-check';
import { MemorySnapshotServer } from '../../../../actors/adapters/memory/snapshotServer.js';
import { MemorySnapshotStore } from '../../../../actors/adapters/memory/snapshotStore.js';
import { RedisConnection } from '../../../../actors/adapters/redis/connection.js';
import { RedisSnapshotStore } from '../../../../actors/adapters/redis/snapshotStore.js';
import { systemClock as clock } from '../../../../actors/adapters/system/clock.js';
import type { SnapshotStore } from '../../../../actors/runtime/ports.js';
import { useRedis } from '../../../support/servers.js';
import { sameAnswers, type Operation } from './compare.js';

const UNITS = ['a', 'b', 'card/1', 'card/2'];

describe('twin and Redis give the same answers', () => {
  const redis = useRedis();
  let deployments = 0;

  it('to the same operations on a snapshot store', async () => {
    const connection = new RedisConnection(redis.current.url, { name: 'twins' });
    await connection.ready();
    await sameAnswers(operations(), async (use) => {
      deployments += 1;
      const place = { deployment: `twins${deployments}`, partition: 0 };
      const twin = new MemorySnapshotStore({ server: new MemorySnapshotServer(), clock, ...place });
      await use(twin, new RedisSnapshotStore(connection, place.deployment, place.partition));
    });
    await connection.close();
  });
});

function operations(): fc.Arbitrary<Operation<SnapshotStore>> {
  const version = {
    generation: fc.integer({ min: 1, max: 2 }),
    sequence: fc.constantFrom(1, 2, 255, 256, 70_000, 2 ** 40),
  };
  const bytes = fc.uint8Array({ maxLength: 40 });
  const value = fc.record({ ...version, bytes });
  const place = fc.record({ page: fc.integer({ min: 0, max: 2 }), slot: fc.integer({ min: 0, max: 1 }) });
  const snapshot = fc.record({ unit: fc.constantFrom(...UNITS), ...version, state: bytes });
  const operation = (name: string, run: Operation<SnapshotStore>['run']) => ({ name, run });
  return fc.oneof(
    fc
      .uniqueArray(snapshot, { selector: ({ unit }) => unit, maxLength: UNITS.length })
      .map((all) => operation('write units', (store) => store.writeUnits(all))),
    fc
      .tuple(place, value)
      .map(([{ page, slot }, content]) =>
        operation('write page', (store) => store.writePage(page, slot, content)),
      ),
    value.map((checkpoint) => operation('write checkpoint', (store) => store.writeCheckpoint(checkpoint))),
    value.map((highest) => operation('raise highest', (store) => store.raiseHighest(highest))),
    fc.shuffledSubarray(UNITS).map((units) => operation('read units', (store) => store.readUnits(units))),
    fc.array(place, { maxLength: 4 }).map((all) => operation('read pages', (store) => store.readPages(all))),
    fc.constant(operation('read checkpoint', (store) => store.readCheckpoint())),
    fc.constant(operation('read highest', (store) => store.readHighest())),
  );
}
