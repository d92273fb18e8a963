/** A disk that does not do what nats-server asks of it, by strace's fault injection in its fsync. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { connectNats } from '../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import { partitionOf } from '../../actors/runtime/placement.js';
import { OperatorLink } from '../../simulator/operatorLink.js';
import { auditSourceOf } from '../../simulator/auditSource.js';
import { auditSystem } from '../../simulator/auditor/run.js';
import { until } from '../support/until.js';
import { DEPLOYMENT, startSystem, type TestSystem } from './system.js';

/** Nobody answers before the first failure; the stream stays frozen when fsync works again. */
async function failNextSyncs(pid: number): Promise<{ failed(): number; end(): Promise<void> }> {
  const words = ['-f', '-p', String(pid), '-e', 'trace=fsync', '-e', 'inject=fsync:error=EIO'];
  const strace = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  strace.stderr.on('data', (piece: Buffer) => (text += piece.toString()));
  const exited = once(strace, 'exit');
  const end = async (): Promise<void> => {
    strace.kill('SIGINT');
    await exited;
  };
  await Promise.race([
    until(() => text.includes(' attached'), { what: 'strace is attached' }),
    exited.then(() => Promise.reject(new Error(`strace: ${text.trim()}`))),
  ]);
  return { failed: () => text.split('INJECTED').length - 1, end };
}

/** Why it cannot be done here; undefined: it can. */
async function missing(): Promise<string | undefined> {
  const tried = spawn('strace', ['-e', 'trace=none', '-e', 'inject=fsync:error=EIO', 'true'], {
    stdio: 'ignore',
  });
  const ended = new Promise<string | undefined>((resolve) => {
    tried.once('error', () => {
      resolve('needs strace: apt-get install -y strace');
    });
    tried.once('exit', (code) => {
      resolve(code === 0 ? undefined : 'strace may not follow a process here (ptrace)');
    });
  });
  return ended;
}

describe('a nats-server whose fsync fails', function () {
  this.timeout(60_000);
  let system: TestSystem;

  before(async function () {
    const reason = process.platform === 'linux' ? await missing() : 'needs Linux';
    if (reason !== undefined) {
      console.log(`    skipped: ${reason}`);
      this.skip();
    }
    system = await startSystem({ partitions: 1 });
  });
  after(async () => {
    // Undefined where the tests were skipped.
    await (system as TestSystem | undefined)?.stop();
  });

  it('is silent until it is started again; what was under way is unknown, and then done once', async () => {
    const operator = await system.operator();
    await operator.registerTerminal('T1', { role: 'PURCHASE' });
    await operator.issueCard('C1', { storedValue: 1_000, limit: 0 });
    const till = await system.terminal('T1');
    expect(await till.purchase({ card: 'C1', amount: 10 })).to.include({ outcome: 'APPROVED' });
    const nats = await connectNats(system.natsUrl, { name: 'reading' });
    const journal = await (
      await natsJournalStore(nats, { deployment: DEPLOYMENT })
    ).open(partitionOf('C1', 1));
    const before = await journal.lastSequence();

    const syncs = await failNextSyncs(system.nats.pid);
    let answered = false;
    const paying = till.purchase({ card: 'C1', amount: 300 }).finally(() => {
      answered = true;
    });
    await until(() => syncs.failed() > 0, { what: 'an fsync fails' });
    await syncs.end();
    // Its disk works again, but the stream is frozen: it takes nothing, and nobody is answered.
    await until(async () => !(await fetch(`${system.nats.monitorUrl}/healthz`)).ok, {
      what: 'nats-server says that it is unhealthy',
    });
    const frozen = await journal.append(Uint8Array.of(1), before);
    expect(frozen.kind).to.equal('unknown');
    expect(answered).to.equal(false);
    await nats.close();

    await system.restartNats();
    const paid = await paying;
    expect(paid).to.include({ outcome: 'APPROVED', amount: 300 });
    expect(await till.purchase({ card: 'C1', amount: 20 })).to.include({ outcome: 'APPROVED' });
    const [described] = await operator.describeCards(['C1']);
    expect(described?.card?.balances).to.include({ storedValue: 670 });
    const link = await OperatorLink.open({ url: system.url, secret: system.secret });
    const report = await auditSystem(auditSourceOf(link)).finally(() => link.close());
    expect(report.violations).to.deep.equal([]);
    expect(report.ids).to.equal(3);
  });
});
