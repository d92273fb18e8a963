import { expect } from 'chai';
import { subjectsOf } from '../../../actors/runtime/subjects.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { PARTITIONS, SECRET, startTestGateway, type TestGateway } from '../../gateway/harness.js';
import { emoney } from './emoney.js';

const TIME = Date.UTC(2026, 0, 5, 3);
const id = { terminal: 'T1', incarnation: 1, number: 4 };
const asked = { id, card: 'C1', kind: v1.Kind.KIND_PURCHASE, amount: 2_000, batch: 1 };
const moved: v1.Event.$Properties = {
  recordMoved: {
    asked,
    parts: { value: 1_200, loan: 800 },
    balances: { loan: 800, limit: 10_000 },
    receiveTimeMs: TIME,
  },
};
const declined: v1.Event.$Properties = {
  recordDeclined: { asked: { ...asked, id: { ...id, number: 5 } }, outcome: v1.Outcome.OUTCOME_CREDIT_LIMIT },
};

describe('emoney search', function () {
  this.timeout(60_000);
  let test: TestGateway;
  let asks: v1.Search[];

  before(async () => {
    test = await startTestGateway();
    const subjects = subjectsOf('test');
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      test.bus.subscribe(subjects.history(partition), (bytes) => {
        const { replyTo, items } = v1.Delivery.decode(bytes);
        const [{ correlation, command }] = items as [v1.DeliveryItem.$Properties];
        asks.push(v1.HistoryRequest.decode(command!).search as v1.Search);
        const entries = [declined, moved].map((event, at) => {
          return { partition, sequence: 17 - at, index: 0, timeMs: TIME - at, event };
        });
        const reply = v1.HistoryReply.encode({ sequence: 20 + partition, entries, more: true }).finish();
        const replies = { partition, epoch: 2, items: [{ correlation: correlation ?? 0, reply }] };
        test.bus.publish(replyTo, v1.Replies.encode(replies).finish());
      });
    }
  });
  beforeEach(() => {
    asks = [];
  });
  after(() => test.close());

  async function search(...args: readonly string[]) {
    return emoney(['search', '--gateway', test.http, '--secret', SECRET, ...args]);
  }

  it('shows what is found as tail shows it, newest first, and says that there is more', async () => {
    const { code, stdout, stderr } = await search('--card', 'C1');
    expect(code, stderr).to.equal(0);
    const [header = '', first = '', second = '', ...rest] = stdout.trimEnd().split('\n');
    expect(rest).to.deep.equal([]);
    const columnOf = (name: string): number => header.indexOf(name);
    expect(first).to.match(/^2026-01-05 03:00:00.000 \d:17 /);
    expect(first).to.include('RecordDeclined').and.include('CREDIT_LIMIT');
    expect(second.slice(columnOf('ID')).startsWith('T1#1#4')).to.equal(true);
    expect(second.slice(columnOf('CARD')).startsWith('C1')).to.equal(true);
    expect(header.indexOf('BALANCES')).to.equal(second.indexOf('SV 0'));
    expect(second).to.match(/APPROVED +2000 value 1200 \+ loan 800 +SV 0 loan 800\/10000/);
    expect(stderr).to.match(/^2 found, and there are more, older ones: .*--to 2026-01-05T03:00:00.000Z/m);
    expect(stderr).to.match(/\(as of \d:2\d\)/);
  });

  it('writes one document with --json', async () => {
    const { stdout } = await search('--card', 'C1', '--json');
    const document = JSON.parse(stdout) as {
      events: Record<string, unknown>[];
      more: boolean;
      asOf: unknown[];
    };
    expect(document.more).to.equal(true);
    expect(document.asOf).to.have.length(1);
    expect(document.events).to.have.length(2);
    expect(document.events[1]).to.deep.include({
      type: 'RecordMoved',
      id: 'T1#1#4',
      outcome: 'APPROVED',
      amount: 2_000,
    });
  });

  it('asks for what its options say', async () => {
    const times = ['--from', '2026-01-05T00:00:00Z', '--to', '2026-01-06T00:00:00Z'];
    await search('--id', 'T1#1#4', '--card', 'C1', '--terminal', 'T1', ...times, '--limit', '7');
    const [{ id: text, card, terminal, fromMs, toMs, limit }] = asks as [v1.Search];
    expect([text, card, terminal, limit]).to.deep.equal(['T1#1#4', 'C1', 'T1', 7]);
    expect([Number(fromMs), Number(toMs)]).to.deep.equal([Date.UTC(2026, 0, 5), Date.UTC(2026, 0, 6)]);
    asks = [];
    await search();
    expect(asks).to.have.length(PARTITIONS);
  });

  it('refuses what it cannot look for', async () => {
    const wrong: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['--from', '1m', '--to', '2m'], 2, /--to is not after --from/],
      [['--limit', '101'], 2, /from 1 to 100/],
      [['--from', 'yesterday'], 2, /duration such as 10m/],
      [['--id', 'T1#1#99999999999999999'], 1, /search\.id/],
    ];
    for (const [args, exitCode, problem] of wrong) {
      const { code, stdout, stderr } = await search(...args);
      expect([code, stdout], args.join(' ')).to.deep.equal([exitCode, '']);
      expect(stderr).to.match(problem);
    }
  });
});
