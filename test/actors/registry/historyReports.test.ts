import { expect } from 'chai';
import fc from 'fast-check';
import type { Balances } from '../../../actors/money/balances.js';
import { owed } from '../../../actors/money/balances.js';
import type { Parts } from '../../../actors/money/parts.js';
import { NO_PARTS } from '../../../actors/money/parts.js';
import { type BatchTotals, type CountedAmount, LINES, sumOf } from '../../../actors/money/totals.js';
import type { Event } from '../../../actors/registry/event.js';
import { fileEvent } from '../../../actors/registry/history.js';
import { dayTotals, loans } from '../../../actors/registry/historyReports.js';
import type { State } from '../../../actors/registry/unit.js';
import type { DayTotalsQuery } from '../../../actors/registry/wire/historyCodec.js';
import { decodeTotals } from '../../../actors/registry/wire/totalsCodec.js';
import type { v1 } from '../../../proto/generated/emoney.js';
import { toBigInt, toNumber } from '../../../proto/guard.js';
import { HistoryWorld, PARTITION } from '../history/world.js';
import { calmHistory, troubledHistory } from './actions.js';
import { act, createScene, drain, type Scene } from './scene.js';
import type { Node } from './world.js';

const FRAME_MS = 1_000;

/** A partition's journal, filed, and what is asked of it. */
class Filed {
  readonly node: Node;
  readonly world = new HistoryWorld(fileEvent);
  /** Of each frame. */
  readonly times: number[] = [];

  constructor(node: Node) {
    this.node = node;
  }

  async file(): Promise<void> {
    await this.world.take();
    await this.world.clock.runUntil(() => this.world.log.length > 0, 'the history is complete');
    for (const { turns } of this.node.journal) {
      this.world.acknowledgeBytes(turns.flatMap(({ events }) => events));
      this.times.push(this.world.tip.time);
      await this.world.clock.advance(FRAME_MS);
    }
  }

  /** In small pages. */
  async loansBefore(before: number, limit: number): Promise<v1.Loan.$Properties[]> {
    return this.#pages(async (after) => {
      const { loans: items, next } = await loans(this.world.history, PARTITION, { before, after, limit });
      return { items, next };
    });
  }

  async totals(limit: number): Promise<v1.DayTotals.$Properties[]> {
    return this.#totals({ from: 1, to: 99_991_231, terminal: undefined, limit });
  }

  async totalsOf(terminal: string, from: number, to: number): Promise<v1.DayTotals.$Properties[]> {
    return this.#totals({ from, to, terminal, limit: 70 });
  }

  async #totals(query: Omit<DayTotalsQuery, 'after'>): Promise<v1.DayTotals.$Properties[]> {
    return this.#pages((after) => dayTotals(this.world.history, PARTITION, { ...query, after }));
  }

  async #pages<Item>(
    read: (after: Uint8Array) => Promise<{ readonly items: readonly Item[]; readonly next: Uint8Array }>,
  ): Promise<Item[]> {
    const all: Item[] = [];
    for (let after: Uint8Array = new Uint8Array(0); ;) {
      const { items, next } = await this.world.finished(read(after), 'a page');
      all.push(...items);
      if (next.length === 0) return all;
      after = next;
    }
  }
}

/** Record balances of every card after the frames of before `time`: each event is evolved, none is left out. */
function balancesBefore({ node, times }: Filed, time: number): Map<string, Balances> {
  const states = new Map<string, State | undefined>();
  for (const [at, { turns }] of node.journal.entries()) {
    if ((times[at] ?? 0) >= time) break;
    for (const { units, events } of turns) {
      for (const key of units.filter((each) => each.startsWith('card/'))) {
        for (const event of events) {
          states.set(key, node.registry.evolve(key, states.get(key), node.registry.decodeEvent(event)));
        }
      }
    }
  }
  const balances = new Map<string, Balances>();
  for (const state of states.values()) {
    if (state?.unit === 'card' && state.record !== undefined) {
      balances.set(state.record.card, state.record.balances);
    }
  }
  return balances;
}

function plainLoan(loan: v1.Loan.$Properties): unknown {
  const { card, ...amounts } = loan;
  return {
    card,
    ...Object.fromEntries(
      Object.entries(amounts).map(([name, value]) => [name, toNumber(value as number, name)]),
    ),
  };
}

/** By terminal and date, of all batches: as the actors have compiled. */
function compiled(node: Node): Map<string, BatchTotals> {
  const rows = new Map<string, BatchTotals>();
  const add = (terminal: string, row: BatchTotals): void => {
    const name = `${row.businessDate} ${terminal}`;
    const one = { ...row, batch: 0 };
    const present = rows.get(name);
    rows.set(name, present === undefined ? one : sumOf(present, one));
  };
  for (const [key, state] of node.states()) {
    const name = key.slice(key.indexOf('/') + 1);
    if (state.unit === 'visitor') for (const row of state.totals) add(name, row);
    if (state.unit !== 'terminal') continue;
    for (const { batch, businessDate, ownRefusals } of state.state.totals) {
      if (ownRefusals.count > 0) add(name, { ...emptyRow(batch, businessDate), ownRefusals });
    }
  }
  return rows;
}

function emptyRow(batch: number, businessDate: number): BatchTotals {
  return decodeTotals({ batch: batch === 0 ? 1 : batch, businessDate });
}

/** Lines of the center's own rows, event by event. */
function centerLines(node: Node): Map<string, { count: bigint; amount: bigint }> {
  const lines = new Map<string, { count: bigint; amount: bigint }>();
  const add = (date: number, line: string, parts: Partial<Parts>): void => {
    const { value, account, loan, interest, fare } = { ...NO_PARTS, ...parts };
    const name = `${date} ${line}`;
    const { count, amount } = lines.get(name) ?? { count: 0n, amount: 0n };
    lines.set(name, { count: count + 1n, amount: amount + BigInt(value + account + loan + interest + fare) });
  };
  for (const { turns } of node.journal) {
    for (const bytes of turns.flatMap(({ events }) => events)) {
      const event: Event = node.registry.decodeEvent(bytes);
      switch (event.type) {
        case 'RecordOpened': {
          const { storedValue, loan, interest, fareOwed } = event.terms;
          add(event.businessDate, 'openings', { value: storedValue, loan, interest, fare: fareOwed });
          break;
        }
        case 'RecordStored':
          add(event.businessDate, 'stores', event.parts);
          break;
        case 'RecordInterestPosted':
          add(event.through, 'interest', { interest: event.amount });
          break;
        case 'RecordCollectionOrdered':
          add(event.businessDate, event.credit ? 'credits' : 'debits', { account: event.amount });
          break;
        case 'RecordCollectionReturned':
          add(event.businessDate, 'returns', { loan: event.amount });
          break;
        case 'RecordAdjusted': {
          const { storedValue, loan, interest, fareOwed } = event.adjustment;
          add(event.businessDate, 'adjustments', { value: storedValue, loan, interest, fare: fareOwed });
          break;
        }
        default:
      }
    }
  }
  return lines;
}

function sameCounted(
  told: v1.CountedAmount.$Properties | null | undefined,
  { count, amount, parts }: CountedAmount,
) {
  expect(toNumber(told?.count ?? 0, 'count')).to.equal(count);
  expect(toBigInt(told?.amount ?? 0, 'amount')).to.equal(amount);
  for (const [part, sum] of Object.entries(parts)) {
    expect(toBigInt(told?.parts?.[part as keyof Parts] ?? 0, part), part).to.equal(sum);
  }
}

async function checkLoans(filed: Filed, at: number, limit: number): Promise<void> {
  const times = [...filed.times, filed.world.clock.now()];
  const before = (times[Math.floor((at / 100) * times.length)] ?? 0) + (at % 2);
  const found = await filed.loansBefore(before, limit);
  const expected = [...balancesBefore(filed, before)]
    .filter(([, balances]) => owed(balances) > 0)
    .map(([card, balances]) => {
      const { fareOwed, interest, loan, limit: most } = balances;
      return { card, fareOwed, interest, loan, owed: owed(balances), limit: most, available: most - loan };
    });
  expect(found.map(plainLoan)).to.have.deep.members(expected);
}

async function checkTotals(filed: Filed, limit: number): Promise<void> {
  const rows = await filed.totals(limit);
  const ofTerminals = rows.filter(({ terminal }) => terminal);
  const expected = compiled(filed.node);
  // A reversal that undoes nothing, and what moves nothing, has no line.
  for (const [name, row] of expected) {
    const told = ofTerminals.find(({ businessDate, terminal }) => `${businessDate} ${terminal}` === name);
    for (const line of LINES) sameCounted(told?.totals?.[line], row[line]);
    expect(toNumber(told?.totals?.enquiries ?? 0, 'enquiries'), name).to.equal(row.enquiries);
    expect(toNumber(told?.totals?.entries ?? 0, 'entries'), name).to.equal(row.entries);
  }
  expect([...expected.keys()]).to.include.members(
    ofTerminals.map(({ businessDate, terminal }) => `${businessDate} ${terminal}`),
  );
  const lines = rows
    .filter(({ terminal }) => !terminal)
    .flatMap(({ businessDate, center }) =>
      Object.entries(center ?? {}).map(([line, counted]) => {
        const { count, amount } = counted as v1.CountedAmount.$Properties;
        const sums = { count: toBigInt(count ?? 0, 'count'), amount: toBigInt(amount ?? 0, 'amount') };
        return [`${businessDate} ${line}`, sums];
      }),
    );
  expect(lines).to.have.deep.members([...centerLines(filed.node)]);
  for (const terminal of ['T1', 'D1', 'G1']) {
    const dates = rows.map(({ businessDate }) => businessDate ?? 0);
    if (dates.length === 0) break;
    const own = await filed.totalsOf(terminal, Math.min(...dates), Math.max(...dates));
    expect(own.map(({ businessDate }) => businessDate)).to.deep.equal(
      ofTerminals.filter((row) => row.terminal === terminal).map(({ businessDate }) => businessDate),
    );
  }
}

describe('what an accountant asks the histories', () => {
  const asked = fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 5 }));

  async function check(scene: Scene, at: number, limit: number): Promise<void> {
    drain(scene);
    for (const node of scene.world.nodes) {
      const filed = new Filed(node);
      await filed.file();
      await checkLoans(filed, at, limit);
      await checkTotals(filed, limit);
    }
  }

  it('is what a fold over everything says, whatever happened in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(troubledHistory, asked, async (actions, [at, limit]) => {
        const scene = createScene();
        for (const each of actions) act(scene, each);
        await check(scene, at, limit);
      }),
      { numRuns: 25 },
    );
  }).timeout(120_000);

  it('and where cards are put through everything', async () => {
    await fc.assert(
      fc.asyncProperty(calmHistory, asked, async (actions, [at, limit]) => {
        const scene = createScene();
        for (const each of actions) {
          act(scene, each);
          scene.world.settle();
        }
        await check(scene, at, limit);
      }),
      { numRuns: 25 },
    );
  }).timeout(120_000);
});
