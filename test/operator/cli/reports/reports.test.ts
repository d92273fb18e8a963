import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { v1 } from '../../../../proto/generated/emoney.js';
import { FakeHistories } from '../../../gateway/fakeHistories.js';
import { SECRET, startTestGateway, type TestGateway } from '../../../gateway/harness.js';
import { temporaryFolder } from '../../../support/folder.js';
import { emoney, type Ended } from '../emoney.js';

const { Frequency, Matter, ProhibitionReason, TerminalRole } = v1;

describe('what an operator looks at', () => {
  let test: TestGateway;
  let histories: FakeHistories;

  beforeEach(async () => {
    test = await startTestGateway();
    histories = new FakeHistories(test.bus);
    const parameters = [
      { number: 0, effectiveFrom: 20251201, ratePpm: 180_000, frequency: Frequency.FREQUENCY_DAILY },
      { number: 1, effectiveFrom: 20260201, ratePpm: 150_000, frequency: Frequency.FREQUENCY_DAILY },
    ];
    test.partitions.respond = () => ({
      center: { businessDate: 20260105, parameters, chargedThrough: 20260104, settlements: 3 },
    });
    histories.respond = ({ partition, request }) => ({
      sequence: 10 + partition,
      ...answer(partition, request),
    });
  });
  afterEach(async () => {
    await test.close();
  });

  function answer(partition: number, request: v1.HistoryRequest): v1.HistoryReply.$Properties {
    const { listLoans, listDayTotals, listMatters } = request;
    if (listLoans != null) {
      const card = `C${partition}`;
      const owed = 100 * (partition + 1);
      const loan = { card, interest: 5, loan: owed - 5, owed, limit: 1_000, available: 1_005 - owed };
      return { loans: [loan], over: listLoans.businessDate !== 20260105 };
    }
    if (listDayTotals != null) {
      const purchases = { count: 2, amount: 500, parts: { value: 300, loan: 200 } };
      const row = { businessDate: 20260104, terminal: `T${partition % 2}`, totals: { purchases } };
      const center = { interest: { count: 1, amount: 9, parts: { interest: 9 } } };
      return { totals: partition === 0 ? [{ businessDate: 20260104, center }, row] : [row] };
    }
    return { entries: partition === 0 ? entriesOf(listMatters?.matter) : [] };
  }

  function entriesOf(matter: v1.Matter | null | undefined): v1.HistoryEntry.$Properties[] {
    const timeMs = Date.UTC(2026, 0, 1);
    const { PROHIBITION_REASON_LIMIT, PROHIBITION_REASON_LOST } = ProhibitionReason;
    switch (matter) {
      case Matter.MATTER_COLLECTION:
        return [{ event: { recordCollectionOrdered: { order: '1-0-1-0', amount: 800, timeMs } } }];
      case Matter.MATTER_INSTRUCTION:
        return [{ event: { recordInstructed: { instruction: { amount: 70, timeMs } } } }];
      case Matter.MATTER_ALERT:
        return [{ timeMs, event: { recordAlerted: { card: 'C1', above: true } } }];
      case Matter.MATTER_PROHIBITION:
        return [[PROHIBITION_REASON_LIMIT], [PROHIBITION_REASON_LIMIT, PROHIBITION_REASON_LOST]].map(
          (reasons, at) => ({ timeMs, event: { recordProhibitionChanged: { card: `C${at}`, reasons } } }),
        );
      case Matter.MATTER_TERMINAL:
        return ['till-2', 'gate-1'].map((terminal) => {
          const zone = terminal === 'gate-1' ? 'A' : '';
          const role = zone === '' ? TerminalRole.TERMINAL_ROLE_PURCHASE : TerminalRole.TERMINAL_ROLE_GATE;
          return { timeMs, event: { terminalRegistered: { terminal, role, mayDefer: true, zone } } };
        });
      default:
        return [];
    }
  }

  async function run(...args: readonly string[]): Promise<Ended> {
    return emoney([...args, '--gateway', test.http, '--secret', SECRET]);
  }

  it('card prohibited: with reasons, as many as wanted, and how many there are', async () => {
    const { code, stdout } = await run('card', 'prohibited');
    expect([code, stdout.split('\n')]).to.deep.equal([
      0,
      [
        'CARD  SINCE                 REASONS      NOTE',
        'C0    2026-01-01 00:00:00Z  LIMIT',
        'C1    2026-01-01 00:00:00Z  LIMIT, LOST',
        '2 cards prohibited',
        '',
      ],
    ]);
    const one = await run('card', 'prohibited', '--limit', '1');
    expect(one.stdout).to.match(/LIMIT\nand 1 more: --limit, or --json for all\n2 cards prohibited\n$/);
    const json = JSON.parse((await run('card', 'prohibited', '--limit', '1', '--json')).stdout) as object;
    expect(json).to.have.property('prohibitions').with.length(2);
  });

  it('terminal list: by name, as many as wanted, and how many there are', async () => {
    const { code, stdout } = await run('terminal', 'list');
    expect([code, stdout.split('\n')]).to.deep.equal([
      0,
      [
        'TERMINAL  ROLE      DEFERRAL   REGISTERED',
        'gate-1    gate      permitted  2026-01-01 00:00:00Z  zone A',
        'till-2    purchase  permitted  2026-01-01 00:00:00Z',
        '2 terminals registered',
        '',
      ],
    ]);
    const one = await run('terminal', 'list', '--limit', '1');
    expect(one.stdout).to.match(/zone A\nand 1 more: --limit, or --json for all\n2 terminals registered\n$/);
    const json = JSON.parse((await run('terminal', 'list', '--json')).stdout) as object;
    expect(json).to.have.property('terminals').with.length(2);
  });

  it('loans: who owes most first, capped, with the sum of all, as of which frames', async () => {
    const { code, stdout, stderr } = await run('loans', '--at', '2026-01-04', '--limit', '2');
    expect(code).to.equal(0);
    expect(stdout.split('\n')).to.deep.equal([
      'CARD  FARE OWED  INTEREST  LOAN  OWED  LIMIT  AVAILABLE',
      'C3            0         5   395   400   1000        605',
      'C2            0         5   295   300   1000        705',
      'and 2 more, who owe less: --limit, or --csv for all',
      '4 cards owe 1000 = fare owed 0 + interest 20 + loan 980',
      '',
    ]);
    expect(stderr).to.equal('as of 0:10 1:11 2:12 3:13\n');
    expect(histories.asked[0]?.request.listLoans?.businessDate).to.equal(20260104);
  });

  it('loans of today say that the day is not over; as JSON with sums and frames', async () => {
    const { stdout, stderr } = await run('loans', '--json');
    expect(stderr).to.include('2026-01-05 is not over: as it is now');
    const loans = JSON.parse(stdout) as Record<string, unknown>;
    expect(loans).to.deep.include({ businessDate: 20260105, over: false, cards: 4, more: false });
    expect(loans['sums']).to.deep.include({ owed: 1_000, interest: 20 });
  });

  it('loans as CSV: every card', async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, 'loans.csv');
    await run('loans', '--limit', '1', '--csv', file);
    const lines = (await readFile(file, 'utf8')).split('\n');
    expect(lines).to.have.length(6);
    expect(lines.slice(0, 2)).to.deep.equal([
      'card,fare_owed,interest,loan,owed,limit,available',
      'C3,0,5,395,400,1000,605',
    ]);
    await folder.remove();
    expect((await run('loans', '--csv', '-', '--json')).code).to.equal(2);
  });

  it('totals: by terminal and kind, in all, and what no terminal asked for', async () => {
    const { code, stdout, stderr } = await run('totals', '--from', '2026-01-01', '--to', '2026-01-04');
    expect(code).to.equal(0);
    expect(stdout).to.match(/^T0 +purchases +4 +1000 +=/m);
    expect(stdout).to.match(/ALL TERMINALS\n.*\npurchases +8 +2000 +=/);
    expect(stdout).to.match(/THE CENTER BY ITSELF\n.*\ninterest posted +1 +9 +=/);
    expect(stderr).to.include('2026-01-01 to 2026-01-04: 2 terminals; as of 0:10');
    const csv = await run('totals', '--from', '2026-01-04', '--csv', '-');
    expect(csv.stdout.split('\n').slice(1, 4)).to.deep.equal([
      'T0,purchases,4,1000,600,0,400,0,0,0,0,0',
      'T1,purchases,4,1000,600,0,400,0,0,0,0,0',
      ',interest,1,9,0,0,0,9,0,0,0,0',
    ]);
    const json = JSON.parse((await run('totals', '--json')).stdout) as { from: number; terminals: unknown[] };
    expect([json.from, json.terminals.length]).to.deep.equal([20260105, 2]);
    expect((await run('totals', '--from', '2026-01-05', '--to', '2026-01-04')).code).to.equal(2);
  });

  it('center: everything on one screen', async () => {
    const { code, stdout } = await run('center');
    expect(code).to.equal(0);
    for (const line of [
      /^business date +2026-01-05$/m,
      /^parameters +number 0: 18 % a year, daily; refunds within 180 days; 0 fares; number 1 from 2026-02-01$/m,
      /^interest +charged through 2026-01-04$/m,
      /^loans +4 cards owe 1000 = fare owed 0 \+ interest 20 \+ loan 980$/m,
      /^collections +1: up to 7 days: 1 = 800; 8 to 30 days: 0; older: 0$/m,
      /^pending +1: up to 7 days: 1 = 70;/m,
      /^prohibited +2 cards: LIMIT 2, LOST 1$/m,
      /^alerts +1 card at 80 %/m,
      /^ +3 +/m,
    ]) {
      expect(stdout).to.match(line);
    }
    const view = JSON.parse((await run('center', '--json')).stdout) as Record<string, unknown>;
    expect(view).to.deep.include({ deployment: 'test', businessDate: 20260105, chargedThrough: 20260104 });
    expect(view['prohibited']).to.deep.equal({ cards: 2, byReason: { LIMIT: 2, LOST: 1 } });
    expect(view['collections']).to.deep.include({ count: 1, amount: 800 });
  });
});
