import { expect } from 'chai';
import { listAlerts, listCollections, listInstructions, listTerminals } from '../../client/matters.js';
import type { Body } from '../../client/connection.js';
import { v1 } from '../../proto/generated/emoney.js';

const { Matter } = v1;
type Entry = v1.HistoryEntry.$Properties;

function answering(...pages: readonly (readonly Entry[])[]) {
  const asked: v1.ListMatters.$Properties[] = [];
  const ask = async ({ listMatters }: Body): Promise<v1.ServerMessage> => {
    asked.push(listMatters ?? {});
    const last = asked.length >= pages.length;
    const entries = [...(pages[asked.length - 1] ?? [])];
    const matters = { entries, next: last ? new Uint8Array(0) : Uint8Array.of(asked.length) };
    return v1.ServerMessage.decode(v1.ServerMessage.encode({ matters }).finish());
  };
  return { ask, asked };
}

function ordered(order: string, credit = false): Entry {
  const transaction = { terminal: 'T1', incarnation: 1, number: 7 };
  const recordCollectionOrdered = {
    ...{ card: 'C1', order, settlement: 2, transaction, amount: 800, credit, account: 'A' },
    ...{ businessDate: 20260105, timeMs: 9 },
  };
  return { event: { recordCollectionOrdered } };
}

describe('client: lists of matters', () => {
  it('collection orders are those of a settlement, by its partitions and frames', async () => {
    const { ask, asked } = answering([ordered('2-1-9-0'), ordered('2-1-10-0', true)], [ordered('2-0-99-1')]);
    const orders = await listCollections(ask, 2);
    expect(orders.map(({ order }) => order)).to.deep.equal(['2-0-99-1', '2-1-9-0', '2-1-10-0']);
    expect(orders[2]).to.deep.equal({
      ...{ order: '2-1-10-0', settlement: 2, card: 'C1', account: 'A', amount: 800, kind: 'credit' },
      ...{ transaction: { terminal: 'T1', incarnation: 1, number: 7 }, businessDate: 20260105, timeMs: 9 },
    });
    expect(
      asked.map(({ matter, settlement, after }) => [matter, settlement, [...(after ?? [])]]),
    ).to.deep.equal([
      [Matter.MATTER_ORDERED, 2, []],
      [Matter.MATTER_ORDERED, 2, [1]],
    ]);
  });

  it('or those that are open', async () => {
    const { ask, asked } = answering([ordered('2-1-9-0')]);
    expect((await listCollections(ask)).map(({ kind }) => kind)).to.deep.equal(['debit']);
    expect(asked[0]).to.deep.include({ matter: Matter.MATTER_COLLECTION, settlement: 0 });
  });

  it('terminals come by name, from all pages', async () => {
    const registered = (terminal: string): Entry => {
      const role = v1.TerminalRole.TERMINAL_ROLE_GATE;
      return { timeMs: 9, event: { terminalRegistered: { terminal, role, mayDefer: true, zone: 'A' } } };
    };
    const { ask, asked } = answering([registered('T10')], [registered('T9')]);
    const gate = { role: 'GATE', mayDefer: true, zone: 'A', card: '', device: 0, timeMs: 9 };
    expect(await listTerminals(ask)).to.deep.equal([
      { terminal: 'T9', ...gate },
      { terminal: 'T10', ...gate },
    ]);
    expect(asked.map(({ matter }) => matter)).to.deep.equal([Matter.MATTER_TERMINAL, Matter.MATTER_TERMINAL]);
  });

  it('instructions and alerts come oldest first', async () => {
    const instructed = (reference: string, timeMs: number): Entry => {
      const recordInstructed = { card: 'C1', instruction: { reference, amount: 5, timeMs }, note: 'n' };
      return { event: { recordInstructed } };
    };
    const instructions = await listInstructions(answering([instructed('b', 2)], [instructed('a', 1)]).ask);
    expect(instructions).to.deep.equal([
      { card: 'C1', reference: 'a', amount: 5, note: 'n', timeMs: 1 },
      { card: 'C1', reference: 'b', amount: 5, note: 'n', timeMs: 2 },
    ]);
    const alerted = (card: string, timeMs: number): Entry => {
      return { timeMs, event: { recordAlerted: { card, above: true, owed: 8, limit: 10 } } };
    };
    const alerts = await listAlerts(answering([alerted('C2', 2), alerted('C1', 1)]).ask);
    expect(alerts).to.deep.equal([
      { card: 'C1', owed: 8, limit: 10, timeMs: 1 },
      { card: 'C2', owed: 8, limit: 10, timeMs: 2 },
    ]);
  });
});
