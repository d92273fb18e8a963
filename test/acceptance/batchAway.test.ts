import { expect } from 'chai';
import { partitionOf } from '../../actors/runtime/placement.js';
import type { BatchSettlement } from '../../client/batch.js';
import type { Operator } from '../../client/operator.js';
import { until } from '../support/until.js';
import { startSystem, type TestSystem } from './system.js';

const PARTITIONS = 4;

describe('a batch that is closed while a worker is away', function () {
  this.timeout(60_000);
  let system: TestSystem;
  let operator: Operator;

  before(async () => {
    system = await startSystem({ partitions: PARTITIONS });
    operator = await system.operator();
  });
  after(async () => {
    await system.stop();
  });

  async function owners(): Promise<readonly string[]> {
    const { partitions } = await operator.describeSystem();
    return partitions.map(({ worker }) => worker);
  }

  async function batchOf(terminal: string): Promise<BatchSettlement | undefined> {
    const [described] = await operator.describeTerminals([terminal]);
    return described?.settlements.find(({ batch }) => batch === 1);
  }

  /** Ids, one in each of these partitions. */
  function idsIn(prefix: string, partitions: readonly number[]): readonly string[] {
    return partitions.map((partition) => {
      for (let number = 1; ; number += 1) {
        const id = `${prefix}${String(number)}`;
        if (partitionOf(id, PARTITIONS) === partition) return id;
      }
    });
  }

  it('R10 says which part it waits for, and is settled when that partition is served again', async () => {
    const [first = ''] = await owners();
    const kill = await system.addWorker();
    await until(async () => (await owners()).filter((name) => name !== '' && name !== first).length === 2, {
      what: 'the second worker has two partitions',
      deadlineMs: 20_000,
    });
    const places = (await owners()).map((name, partition) => ({ partition, away: name !== first }));
    const [away, here] = [true, false].map((each) =>
      places.filter((place) => place.away === each).map(({ partition }) => partition),
    ) as [number[], number[]];
    const [terminal = ''] = idsIn('T', here);
    const cards = idsIn('C', [...here, ...away]);
    await operator.registerTerminal(terminal, { role: 'PURCHASE' });
    for (const card of cards) await operator.issueCard(card, { storedValue: 1_000, limit: 0 });
    const till = await system.terminal(terminal);
    for (const card of cards)
      expect((await till.purchase({ card, amount: 100 })).outcome).to.equal('APPROVED');

    // Looked for from the beginning: whoever is left takes over within seconds, and then it waits for nobody.
    const seen = until(
      async () => {
        const batch = await batchOf(terminal);
        return batch?.compiling.length === away.length ? batch : undefined;
      },
      { what: 'it waits for what is away alone', deadlineMs: 10_000, everyMs: 5 },
    );
    await kill();
    const [waiting] = await Promise.all([
      seen,
      till.closeBatch({ totals: { purchases: { count: 4, amount: 400 } } }),
    ]);
    expect([...waiting.compiling].sort()).to.deep.equal(away);
    expect(waiting).to.deep.include({ openIds: 0, awaited: [], settledTimeMs: undefined });

    const settled = await until(
      async () => {
        const batch = await batchOf(terminal);
        return batch?.settledTimeMs === undefined ? undefined : batch;
      },
      { what: 'it is settled', deadlineMs: 20_000 },
    );
    expect(settled.compiling).to.deep.equal([]);
    expect(settled.terminal?.purchases).to.deep.include({ count: 4, amount: 400n });
    expect(settled.center).to.deep.equal(settled.terminal);
    expect(settled.device?.purchases).to.deep.include({ count: 4, amount: 400n });
  });
});
