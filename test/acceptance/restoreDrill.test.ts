/** OPERATIONS.md, "Restore drill", command by command: backup, new servers, restore, audit, and paying goes on. */
import { randomBytes } from 'node:crypto';
import { readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { connectOperator } from '../../client/operator.js';
import { connectTerminal } from '../../client/terminal.js';
import { backUp, restore } from '../../operator/cli/backup/copies.js';
import { emoney, startEmoney, type Ended, type Running } from '../operator/cli/emoney.js';
import { useNats, useRedis } from '../support/servers.js';
import { temporaryFolder, type Folder } from '../support/folder.js';
import { thrownBy } from '../support/thrownBy.js';
import { until } from '../support/until.js';

const SECRETS = { EMONEY_OPERATOR_SECRET: 'an operator', EMONEY_PIN_KEY: randomBytes(32).toString('hex') };
const PARTITIONS = 2;

interface Site {
  readonly env: NodeJS.ProcessEnv;
  readonly gateway: string;
  readonly url: string;
  /** In order: gateway, worker (SIGTERM). */
  stop(): Promise<void>;
}

async function begun(running: Running): Promise<string> {
  await until(() => running.stdout().includes('\n'), { what: 'it works', deadlineMs: 30_000 });
  return running.stdout();
}

async function startSite(natsUrl: string, redisUrl: string): Promise<Site> {
  const env = { NATS_URL: natsUrl, REDIS_URL: redisUrl };
  const worker = startEmoney(['worker', '--json'], env);
  const desk = startEmoney(['gateway', '--json'], { ...env, ...SECRETS });
  await begun(worker);
  const { gateway } = JSON.parse(await begun(desk)) as { readonly gateway: string };
  await until(async () => (await fetch(`${gateway}/readyz`)).ok, { what: 'it is ready', deadlineMs: 30_000 });
  return {
    ...{ env, gateway, url: `${gateway.replace(/^http/, 'ws')}/v1` },
    stop: async () => {
      for (const { child, ended } of [desk, worker]) {
        child.kill('SIGTERM');
        await ended;
      }
    },
  };
}

function said({ code, stdout, stderr }: Ended): string {
  expect(code, stderr).to.equal(0);
  return stdout;
}

describe('the restore drill', function () {
  this.timeout(120_000);
  const lost = { nats: useNats(), redis: useRedis() };
  const fresh = { nats: useNats(), redis: useRedis() };
  const empty = useNats();
  let folder: Folder;
  let running: Site | undefined;

  before(async () => {
    folder = await temporaryFolder();
  });
  after(async () => {
    await running?.stop();
    await folder.remove();
  });

  it('everything that was paid is there on new servers, and paying goes on', async () => {
    const backup = join(folder.path, 'backup');
    const env = { NATS_URL: lost.nats.current.url };
    said(await emoney(['create', '--partitions', String(PARTITIONS)], env));
    running = await startSite(env.NATS_URL, lost.redis.current.url);

    const operator = await connectOperator({ url: running.url, secret: SECRETS.EMONEY_OPERATOR_SECRET });
    await operator.registerTerminal('T1', { role: 'PURCHASE' });
    await operator.issueCard('C1', { storedValue: 1_000, limit: 0 });
    await operator.issueCard('C2', { storedValue: 500, limit: 0 });
    await operator.prohibit('C2');
    const till = await connectTerminal({ url: running.url, terminal: 'T1' });
    const payment = { card: 'C1', amount: 300, number: 1, timeMs: Date.now() };
    const paid = await till.purchase(payment);
    expect(paid).to.include({ outcome: 'APPROVED' });
    const { remembered } = till;
    await till.close();
    await operator.close();
    await running.stop();
    running = undefined;

    said(await emoney(['backup', backup], env));
    // The site burns down.
    await lost.nats.away('SIGKILL');
    await lost.redis.away('SIGKILL');

    const there = { NATS_URL: fresh.nats.current.url };
    said(await emoney(['restore', backup], there));
    running = await startSite(there.NATS_URL, fresh.redis.current.url);
    const { gateway, url } = running;
    const audit = ['audit', '--drained', '--gateway', gateway, '--json'];
    const report = JSON.parse(said(await emoney(audit, SECRETS))) as Record<string, unknown>;
    expect(report).to.include({ verdict: 'pass', partitions: PARTITIONS, ids: 1, cards: 2 });

    const again = await connectTerminal({ url, terminal: 'T1', remember: remembered });
    expect(await again.purchase(payment)).to.deep.equal(paid);
    expect(await again.purchase({ card: 'C1', amount: 200 })).to.include({ outcome: 'APPROVED' });
    expect(await again.purchase({ card: 'C2', amount: 1 })).to.include({ outcome: 'CARD_PROHIBITED' });
    await again.close();
    const office = await connectOperator({ url, secret: SECRETS.EMONEY_OPERATOR_SECRET });
    const [card] = await office.describeCards(['C1']);
    expect(card?.card?.balances).to.include({ storedValue: 500 });

    // What somebody writes to is not copied, and nothing of it is left.
    const backing = thrownBy(() => backUp(there.NATS_URL, 'emoney', join(folder.path, 'busy')));
    let [refused, number] = [false, 0];
    void backing.finally(() => (refused = true));
    while (!refused) await office.changeLimit('C1', (number += 1));
    expect(String(await backing)).to.match(/went on while it was copied: end every worker/);
    expect(await readdir(folder.path)).to.deep.equal(['backup']);
    await office.close();
  });

  it('refuses what is no backup, what is there already, and what is damaged', async () => {
    const backup = join(folder.path, 'backup');
    const refusal = async (dir: string, { current } = fresh.nats): Promise<string> =>
      String(await thrownBy(() => restore(current.url, dir, undefined)));
    expect(await refusal(join(folder.path, 'none'))).to.match(/is no backup: it holds no stream/);
    expect(await refusal(backup)).to.match(
      /EMONEY_emoney_JOURNAL_0_0 is there already: restore onto servers without it/,
    );
    const [first = ''] = (await readdir(backup)).sort();
    await truncate(join(backup, first, 'stream.tar.s2'), 100);
    expect(await refusal(backup, empty)).to.include(`${first} cannot be restored: `);
    await writeFile(join(backup, 'note'), '');
    expect(await refusal(backup)).to.match(/holds no backup\.json/);
  });
});
