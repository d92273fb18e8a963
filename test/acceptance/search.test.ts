import { expect } from 'chai';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_FOUND } from '../../actors/bounds.js';
import { idText } from '../../actors/money/idText.js';
import type { Operator } from '../../client/operator.js';
import type { FoundEntry, SearchQuery } from '../../client/search.js';
import type { Terminal } from '../../client/terminal.js';
import { startSystem, type TestSystem } from './system.js';

describe('searches (rule 12)', function () {
  this.timeout(60_000);
  let system: TestSystem;
  let operator: Operator;
  let till: Terminal;
  let begun: number;
  let between: number;
  let incarnation: number;
  /** Numbers at the till. */
  let numbers: { paid: number; declined: number; reversed: number; refused: number };

  const shown = ({ type, outcome, amount }: FoundEntry): string =>
    [type, outcome, String(amount)].filter((part) => part !== undefined).join(' ');
  const search = async (query: SearchQuery): Promise<string[]> => {
    const { entries, more } = await operator.search(query);
    return more ? [...entries.map(shown), '…'] : entries.map(shown);
  };
  const id = (number: number): string => {
    return idText({ terminal: 'T1', incarnation, number });
  };

  const PAID = 'RecordMoved APPROVED 2000';
  const DECLINED = 'RecordDeclined CREDIT_LIMIT 12000';
  const PAID_2 = 'RecordMoved APPROVED 300';
  const REVERSED = 'RecordReversed REVERSED 300';
  const REFUSED = 'TransactionRefused NOT_PERMITTED 400';
  const OTHER = 'RecordMoved APPROVED 70';

  before('a deployment in which something has happened', async () => {
    system = await startSystem();
    operator = await system.operator();
    await operator.registerTerminal('T1', { role: 'PURCHASE' });
    await operator.registerTerminal('T10', { role: 'PURCHASE' });
    await operator.issueCard('C1', { storedValue: 1_200, limit: 10_000 });
    await operator.issueCard('C2', { storedValue: 1_000, limit: 0 });
    till = await system.terminal('T1');
    begun = Date.now();
    const paid = await till.purchase({ card: 'C1', amount: 2_000 });
    const declined = await till.purchase({ card: 'C1', amount: 12_000 });
    between = Date.now();
    incarnation = paid.id.incarnation;
    const second = await till.purchase({ card: 'C2', amount: 300 });
    await till.reverse({ card: 'C2', number: second.id.number });
    const refused = await till.deposit({ card: 'C2', amount: 400 });
    numbers = {
      paid: paid.id.number,
      declined: declined.id.number,
      reversed: second.id.number,
      refused: refused.id.number,
    };
    const other = await system.terminal('T10');
    await other.purchase({ card: 'C2', amount: 70 });
  });

  after(async () => {
    await system.stop();
  });

  async function expectAll(): Promise<void> {
    expect(await search({ id: id(numbers.paid) })).to.deep.equal([PAID]);
    expect(await search({ id: id(numbers.reversed) })).to.deep.equal([REVERSED, PAID_2]);
    expect(await search({ id: id(numbers.refused) })).to.deep.equal([REFUSED]);
    const ofTill = [REFUSED, REVERSED, PAID_2, DECLINED, PAID];
    expect(await search({ terminal: 'T1' })).to.deep.equal(ofTill);
    expect(await search({ id: 'T1#' })).to.deep.equal(ofTill);
    expect(await search({ id: `T1#${incarnation}` })).to.deep.equal(ofTill);
    expect(await search({ id: `T1#${incarnation + 1}` })).to.deep.equal([]);
    expect(await search({ id: 'T1' })).to.deep.equal([OTHER, ...ofTill]);
    expect(await search({ card: 'C1' })).to.deep.equal([DECLINED, PAID]);
    expect(await search({ card: 'C2' })).to.deep.equal([OTHER, REVERSED, PAID_2]);
    expect(await search({ card: 'C2', terminal: 'T1' })).to.deep.equal([REFUSED, REVERSED, PAID_2]);
    expect(await search({ fromMs: begun, toMs: between })).to.deep.equal([DECLINED, PAID]);
    expect(await search({ fromMs: between, terminal: 'T10' })).to.deep.equal([OTHER]);
    expect(await search({ limit: 2, terminal: 'T1' })).to.deep.equal([REFUSED, REVERSED, '…']);
  }

  it('find by id, by its beginning, by card, terminal and time, and by any of these together', async () => {
    await expectAll();
  });

  it('show what the center recorded: split, both times, business date, batch', async () => {
    const { entries, asOf } = await operator.search({ id: id(numbers.paid) });
    const [entry] = entries;
    expect(entry?.parts).to.deep.include({ value: 1_200, loan: 800 });
    expect(entry?.balances).to.deep.include({ storedValue: 0, loan: 800 });
    expect(entry).to.deep.include({ card: 'C1', kind: 'PURCHASE', batch: 1 });
    expect(entry?.businessDate).to.be.above(20_260_000);
    for (const time of [entry?.terminalTimeMs, entry?.receiveTimeMs, entry?.timeMs]) {
      expect(time).to.be.within(begun, between);
    }
    expect(asOf).to.have.length(4);
  });

  it('answer the same after the worker was killed, and after its folder was lost', async () => {
    await system.restartWorker();
    await expectAll();
    await rm(join(system.dir, 'workers', 'history'), { recursive: true });
    await system.restartWorker();
    await expectAll();
  });

  it('give at most a hundred, newest first, and say that there are more', async () => {
    const amounts = Array.from({ length: MAX_FOUND + 5 }, (_, at) => at + 1);
    await operator.issueCard('C3', { storedValue: 100_000, limit: 0 });
    const teller = await system.terminal('T10');
    for (const amount of amounts) await teller.purchase({ card: 'C3', amount });
    const newest = amounts.reverse().slice(0, MAX_FOUND);
    for (const query of [{ card: 'C3' }, { terminal: 'T10' }, {}]) {
      const { entries, more } = await operator.search(query);
      expect(entries.map(({ amount }) => amount)).to.deep.equal(newest);
      expect(more).to.equal(true);
    }
  });
});
