import { expect } from 'chai';
import { MIN_DATE, MIN_TIME } from '../../actors/money/businessDate.js';
import { flushRedis } from '../support/flushRedis.js';
import { useNats, useRedis } from '../support/servers.js';
import { OneWorker } from './oneWorker.js';

describe('a terminal that has lost its clock', function () {
  this.timeout(60_000);
  const servers = { nats: useNats(), redis: useRedis() };

  // There 1970 begins on 31 December 1969: journaled, it could not be read again, and its partition stopped for good.
  it('is served west of Greenwich, also by an owner that begins from the journal', async () => {
    const system = await OneWorker.create(servers, 2, 'America/New_York');
    await system.start();
    await system.operator.registerTerminal('T1', { role: 'PURCHASE' });
    const cards = ['C1', 'C2', 'C3', 'C4'];
    for (const card of cards) await system.operator.issueCard(card, { storedValue: 1_000, limit: 0 });
    await system.pay('T1', cards, 1, MIN_TIME);
    await system.stop();
    await flushRedis(servers.redis.current.url);
    await system.start();
    expect(await system.states()).to.deep.equal(['SERVING', 'SERVING']);
    await system.pay('T1', cards, 10);
    expect(await system.values(cards)).to.deep.equal([989, 989, 989, 989]);
    const totals = await system.operator.listDayTotals({ from: MIN_DATE, to: MIN_DATE });
    expect(totals.all?.purchases.count).to.equal(4);
    await system.end();
  });
});
