import { expect } from 'chai';
import type { Operator } from '../../client/operator.js';
import { until } from '../support/until.js';
import { startSystem, type TestSystem } from './system.js';

const SERVED_AGAIN_MS = 5_000;

describe('workers', function () {
  this.timeout(60_000);
  let system: TestSystem;
  let operator: Operator;

  before(async () => {
    system = await startSystem();
    operator = await system.operator();
  });

  after(async () => {
    await system.stop();
  });

  async function owners(): Promise<string[]> {
    const { partitions } = await operator.describeSystem();
    return partitions.map(({ worker }) => worker).filter((worker) => worker !== '');
  }

  it('a second worker is handed its share, payments go on, and a killed one is replaced within five seconds', async () => {
    await operator.registerTerminal('T1', { role: 'PURCHASE' });
    const terminal = await system.terminal('T1');
    const cards = Array.from({ length: 12 }, (_, at) => `W${String(at)}`);
    for (const card of cards) await operator.issueCard(card, { storedValue: 10_000, limit: 0 });
    const payEverywhere = async (): Promise<void> => {
      const replies = await Promise.all(cards.map((card) => terminal.purchase({ card, amount: 10 })));
      expect(replies.map(({ outcome }) => outcome)).to.deep.equal(cards.map(() => 'APPROVED'));
    };
    await payEverywhere();

    const kill = await system.addWorker();
    await until(
      async () => {
        const names = await owners();
        return (
          names.length === 4 &&
          new Set(names).size === 2 &&
          names.filter((name) => name === names[0]).length === 2
        );
      },
      { what: 'two partitions each', deadlineMs: 20_000 },
    );
    await payEverywhere();

    await kill();
    const killed = performance.now();
    await payEverywhere();
    expect(performance.now() - killed).to.be.below(SERVED_AGAIN_MS);
    expect(new Set(await owners()).size).to.equal(1);
    const described = await operator.describeCards(cards);
    for (const { card } of described) expect(card?.balances.storedValue).to.equal(10_000 - 30);
  });
});
