import { expect } from 'chai';
import type { Operator } from '../../client/operator.js';
import type { Terminal } from '../../client/terminal.js';
import { connectNats } from '../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import { readFrame } from '../../actors/runtime/frame.js';
import { partitionOf } from '../../actors/runtime/placement.js';
import { until } from '../support/until.js';
import { DEPLOYMENT, startSystem, type TestSystem } from './system.js';

const PARTITIONS = 6;
const WORKERS = 3;
const TERMINALS = 12;
const CARDS = 60;
const AMOUNT = 1;

describe('a rolling restart of all workers', function () {
  this.timeout(90_000);
  let system: TestSystem;
  let operator: Operator;

  before(async () => {
    system = await startSystem({ partitions: PARTITIONS });
    operator = await system.operator();
  });
  after(async () => {
    await system.stop();
  });

  /** Partitions of each worker. */
  async function owned(): Promise<ReadonlyMap<string, number>> {
    const { partitions } = await operator.describeSystem();
    const counts = new Map<string, number>();
    for (const { worker, state } of partitions) {
      if (state === 'SERVING') counts.set(worker, (counts.get(worker) ?? 0) + 1);
    }
    return counts;
  }

  async function shared(): Promise<void> {
    await until(
      async () => {
        const counts = [...(await owned()).values()];
        return counts.length === WORKERS && counts.every((count) => count === PARTITIONS / WORKERS);
      },
      { what: 'each worker serves as many partitions', deadlineMs: 30_000 },
    );
  }

  /** What was refused so far, by the metric's labels: the code, and who refused. */
  async function rejections(): Promise<Readonly<Record<string, number>>> {
    const text = await (await fetch(system.url.replace(/^ws/, 'http').replace(/\/v1$/, '/metrics'))).text();
    const found = text.matchAll(/^emoney_gateway_rejections_total\{(.*)\} (\d+)$/gm);
    return Object.fromEntries(
      Array.from(found, ([, labels = '', count]) => [labels, Number(count)] as const),
    );
  }

  /** What kind of frame each is, partition by partition. */
  async function bodiesOfJournals(): Promise<string[][]> {
    const nats = await connectNats(system.natsUrl, { name: 'reader' });
    const store = await natsJournalStore(nats, { deployment: DEPLOYMENT });
    const read = async (partition: number): Promise<string[]> => {
      const kinds: string[] = [];
      const journal = await store.open(partition);
      await journal.read(1, await journal.lastSequence(), (stored) =>
        kinds.push(readFrame(stored).body.kind),
      );
      return kinds;
    };
    try {
      return await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => read(partition)));
    } finally {
      await nats.close();
    }
  }

  it('under load: no terminal sees more than a retry that succeeds, and no payment is lost', async () => {
    const cards = Array.from({ length: CARDS }, (_, at) => `R${at}`);
    const ids = Array.from({ length: TERMINALS }, (_, at) => `T${at}`);
    await Promise.all(ids.map((id) => operator.registerTerminal(id, { role: 'PURCHASE' })));
    await Promise.all(cards.map((card) => operator.issueCard(card, { storedValue: 100_000, limit: 0 })));
    const terminals = await Promise.all(ids.map((id) => system.terminal(id)));
    const stops = [await system.addWorker(), await system.addWorker()];
    await shared();
    const refused = await rejections();

    const paid = new Map<string, number>();
    let over = false;
    const pay = async (terminal: Terminal, at: number): Promise<void> => {
      for (let turn = at; !over; turn += TERMINALS) {
        const card = cards[turn % CARDS] ?? '';
        const { outcome } = await terminal.purchase({ card, amount: AMOUNT });
        expect(outcome).to.equal('APPROVED');
        paid.set(card, (paid.get(card) ?? 0) + AMOUNT);
      }
    };
    const load = Promise.all(terminals.map((terminal, at) => pay(terminal, at)));
    const failed = load.then(
      () => undefined,
      (error: unknown) => error,
    );

    for (const stop of stops) {
      await stop('SIGTERM');
      await system.addWorker();
      await shared();
    }
    await system.endWorker('SIGTERM');
    await shared();
    over = true;
    expect(await failed).to.equal(undefined);

    // Nobody had to repeat anything: what came while a partition was handed over went to its next owner.
    expect(await rejections()).to.deep.equal(refused);
    expect(new Set(cards.map((card) => partitionOf(card, PARTITIONS))).size).to.equal(PARTITIONS);
    // How long each was silent `emoney chaos --faults rolling-restart` measures; here: nobody waited for a timeout.
    const bodies = await until(bodiesOfJournals, { what: 'the journals are read' });
    for (const [partition, kinds] of bodies.entries()) {
      const before = kinds.flatMap((kind, at) => (kind === 'epoch' ? [kinds[at - 1]] : []));
      expect(new Set(before.slice(1)), `partition ${partition}`).to.deep.equal(new Set(['released']));
    }
    for (const { id, card } of await operator.describeCards(cards))
      expect(card?.balances.storedValue, id).to.equal(100_000 - (paid.get(id) ?? 0));
  });
});
