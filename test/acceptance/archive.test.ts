import { expect } from 'chai';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connectNats, type Nats } from '../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import { runArchiver, type Archiver } from '../../actors/archiver.js';
import { idText } from '../../actors/money/idText.js';
import { ArchiveMissingError } from '../../actors/runtime/errors.js';
import type { JournalStore } from '../../actors/runtime/ports.js';
import type { Operator } from '../../client/operator.js';
import type { Terminal } from '../../client/terminal.js';
import { auditSourceOf } from '../../simulator/auditSource.js';
import { auditSystem } from '../../simulator/auditor/index.js';
import { OperatorLink } from '../../simulator/operatorLink.js';
import { thrownBy } from '../support/thrownBy.js';
import { until } from '../support/until.js';
import { DEPLOYMENT, startSystem, type TestSystem } from './system.js';

const PARTITIONS = 2;
const CARDS = ['C1', 'C2', 'C3', 'C4'];
const PAID = 700;

describe('journals whose old segments are archived and deleted', function () {
  this.timeout(120_000);
  let system: TestSystem;
  let operator: Operator;
  let till: Terminal;
  let archiver: Archiver;
  let nats: Nats;
  let journals: JournalStore;
  /** The first payment of all. */
  let first: Awaited<ReturnType<Terminal['purchase']>>;
  const spent = new Map<string, number>();

  const pay = async (card: string, amount: number): Promise<typeof first> => {
    const reply = await till.purchase({ card, amount });
    expect(reply).to.include({ outcome: 'APPROVED' });
    spent.set(card, (spent.get(card) ?? 0) + amount);
    return reply;
  };
  const newestOf = async (partition: number): Promise<number> =>
    (await (await journals.open(partition)).newestSegment()).segment;
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);

  before('some segments in every partition, all but the last archived', async () => {
    system = await startSystem({ partitions: PARTITIONS, segmentBytes: 6_000 });
    operator = await system.operator();
    await operator.registerTerminal('T1', { role: 'PURCHASE' });
    await operator.registerTerminal('T2', { role: 'DEPOSIT' });
    for (const card of CARDS) await operator.issueCard(card, { storedValue: 100_000, limit: 0 });
    till = await system.terminal('T1');
    first = await pay('C1', PAID);
    nats = await connectNats(system.natsUrl, { name: 'archive test' });
    // Without the archive: what nats-server has, and nothing else.
    journals = await natsJournalStore(nats, { deployment: DEPLOYMENT });
    await until(
      async () => {
        for (const card of CARDS) await pay(card, 10);
        return (await Promise.all(partitions.map(newestOf))).every((segment) => segment >= 3);
      },
      { what: 'every partition has some segments', deadlineMs: 60_000 },
    );
    archiver = await runArchiver({
      ...{ natsUrl: system.natsUrl, deployment: DEPLOYMENT, lookMs: 200 },
      ...{ archiveDir: join(system.dir, 'archive'), log: () => undefined },
    });
    await until(
      async () => {
        for (const partition of partitions)
          if ((await (await journals.open(partition)).closedSegments()).length > 0) return false;
        return true;
      },
      { what: 'the streams of closed segments are deleted', deadlineMs: 60_000 },
    );
  });
  after(async () => {
    await archiver.stop();
    await nats.close();
    await system.stop();
  });

  it('their first frames are in no stream any more; who has no archive is told what to do', async () => {
    for (const partition of partitions) {
      const journal = await journals.open(partition);
      expect((await journal.newestSegment()).first).to.be.above(1);
      const error = await thrownBy(() => journal.get(1));
      expect(error).to.be.instanceOf(ArchiveMissingError);
      expect(error.message).to.include('--archive');
    }
    const files = await readdir(join(system.dir, 'archive'));
    expect(files.filter((name) => name.endsWith('.segment'))).to.have.lengthOf.above(5);
    expect(files.filter((name) => name.includes('writing'))).to.deep.equal([]);
  });

  it('an archived payment is refunded, found and audited, also after Redis, history and worker are gone', async () => {
    const half = await till.refund({ card: 'C1', amount: 300, original: first.id });
    expect(half).to.include({ outcome: 'APPROVED' });
    await rm(join(system.dir, 'workers', 'history'), { recursive: true, force: true });
    await system.loseRedis();
    await system.restartWorker('SIGKILL');
    expect(await till.purchase({ card: 'C2', amount: 10 })).to.include({ outcome: 'APPROVED' });
    const rest = await till.refund({ card: 'C1', amount: 400, original: first.id });
    expect(rest).to.include({ outcome: 'APPROVED' });
    const more = await till.refund({ card: 'C1', amount: 1, original: first.id });
    expect(more.outcome).to.not.equal('APPROVED');
    const { entries } = await operator.search({ id: idText(first.id) });
    expect(entries.map(({ type }) => type)).to.include('RecordMoved');
    const cards = await operator.describeCards(['C1']);
    expect(cards[0]?.card?.balances.storedValue).to.equal(100_000 - (spent.get('C1') ?? 0) + PAID);
    const link = await OperatorLink.open({ url: system.url, secret: system.secret });
    const report = await auditSystem(auditSourceOf(link), {}).finally(() => link.close());
    expect(report.violations).to.deep.equal([]);
    expect(report.ids).to.be.above(10);
  });

  it('without a base and without Redis a worker reads the archive from the genesis frame on', async () => {
    await archiver.stop();
    const folder = join(system.dir, 'archive');
    for (const name of await readdir(folder)) if (name.endsWith('.base')) await rm(join(folder, name));
    await system.loseRedis();
    await system.restartWorker('SIGKILL');
    for (const card of CARDS)
      expect(await till.purchase({ card, amount: 1 })).to.include({ outcome: 'APPROVED' });
    expect(system.logged.join('\n')).to.include('after checkpoint 0');
  });
});
