import { expect } from 'chai';
import { connectNats } from '../../actors/adapters/nats/connection.js';
import { GATEWAY_DEADLINE_MS } from '../../actors/bounds.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import { partitionOf } from '../../actors/runtime/placement.js';
import { RejectedError } from '../../client/errors.js';
import { until } from '../support/until.js';
import { DEPLOYMENT, startSystem, type TestSystem } from './system.js';

const PARTITIONS = 2;
const STOPPED = 1;

/** Ids of which each lives in another partition. */
function idsLike(prefix: string): readonly string[] {
  return Array.from({ length: PARTITIONS }, (_, partition) => {
    for (let number = 1; ; number += 1) {
      if (partitionOf(`${prefix}${number}`, PARTITIONS) === partition) return `${prefix}${number}`;
    }
  });
}

describe('a partition whose journal cannot be read', function () {
  this.timeout(60_000);
  let system: TestSystem;

  before(async () => {
    system = await startSystem({ partitions: PARTITIONS });
  });
  after(async () => {
    await system.stop();
  });

  it('stops alone: UNAVAILABLE, the log and /readyz say what to do; payments in the others go on', async () => {
    const operator = await system.operator();
    const [served = '', stopped = ''] = idsLike('C');
    const [terminal = ''] = idsLike('T');
    await operator.registerTerminal(terminal, { role: 'PURCHASE' });
    for (const card of [served, stopped]) await operator.issueCard(card, { storedValue: 1_000, limit: 0 });
    const till = await system.terminal(terminal);
    expect(await till.purchase({ card: served, amount: 10 })).to.include({ outcome: 'APPROVED' });

    // A frame that no version has written: its owner is fenced by it, and no candidate can read it.
    const nats = await connectNats(system.natsUrl, { name: 'damage' });
    const journal = await (await natsJournalStore(nats, { deployment: DEPLOYMENT })).open(STOPPED);
    await until(
      async () => (await journal.append(Uint8Array.of(0xff), await journal.lastSequence())).kind === 'stored',
      { what: 'the damage is stored' },
    );
    const damaged = await journal.lastSequence();
    await nats.close();

    const said = new RegExp(
      `partition ${STOPPED}: stopped .*frame ${damaged}: bytes are no frame.*Restore the stream`,
    );
    // Asked once: the operator's own methods repeat what is unavailable.
    const attempt = (): Promise<unknown> =>
      operator.connection
        .ask({ changeLimit: { card: stopped, limit: 500 } })
        .catch((error: unknown) => error);
    void attempt();
    await until(async () => system.logged.some((line) => said.test(line)), {
      what: 'the partition stops and says why',
      deadlineMs: 30_000,
    });
    // The next heartbeat tells the gateway; then it refuses at once and says why.
    await until(async () => (await operator.describeSystem()).partitions[STOPPED]?.state === 'STOPPED', {
      what: 'the gateway knows that it has stopped',
    });
    const asked = performance.now();
    const refusal = await attempt();
    expect(refusal).to.be.instanceOf(RejectedError).and.include({ code: 'UNAVAILABLE' });
    expect(String(refusal)).to.include(
      `partition ${STOPPED} has stopped: frame ${damaged}: bytes are no frame`,
    );
    expect(performance.now() - asked).to.be.below(GATEWAY_DEADLINE_MS / 2);
    const ready = await fetch(system.url.replace(/^ws/, 'http').replace(/\/v1$/, '/readyz'));
    expect(ready.status).to.equal(503);
    expect(await ready.text()).to.include(`partition ${STOPPED} has stopped: frame ${damaged}`);
    expect(await till.purchase({ card: served, amount: 20 })).to.include({ outcome: 'APPROVED' });
  });
});
