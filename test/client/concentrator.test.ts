import { expect } from 'chai';
import { ACKNOWLEDGED_TERMINALS } from '../../actors/bounds.js';
import { connectConcentrator, type Concentrator, type Result } from '../../client/index.js';
import { v1 } from '../../proto/generated/emoney.js';
import { startTestGateway, type TestGateway } from '../gateway/harness.js';

describe('client: concentrator', () => {
  let test: TestGateway;
  let concentrator: Concentrator;
  beforeEach(async () => {
    test = await startTestGateway();
    concentrator = await connectConcentrator({ url: test.gateway.url });
  });
  afterEach(async () => {
    await concentrator.close();
    await test.close();
  });

  it('many terminals on one connection: each has its session and numbers, all share the list', async () => {
    const names = Array.from({ length: ACKNOWLEDGED_TERMINALS * 2 + 10 }, (_, index) => `T${index}`);
    const stations = await Promise.all(names.map((terminal) => concentrator.hello({ terminal })));
    await Promise.all(stations.map(({ ready }) => ready));
    const held = test.partitions.received.flatMap(({ command }) => command.holdList ?? []);
    expect(new Set(held.map(({ terminal }) => terminal)).size).to.equal(names.length);
    const results = await new Promise<Result[]>((resolve) => {
      const all: Result[] = [];
      for (const station of stations) {
        station.purchase({ card: 'C1', amount: 7 }, (result) => {
          all.push(result);
          if (all.length === stations.length) resolve(all);
        });
      }
    });
    const terminals = results.map((result) =>
      result instanceof Error ? String(result) : result.id.terminal,
    );
    expect(terminals.sort()).to.deep.equal(names.sort());
  });

  it('acknowledges the newest version for all when the list changes quickly, not every one', async () => {
    const stations = await Promise.all(['T1', 'T2'].map((terminal) => concentrator.hello({ terminal })));
    await Promise.all(stations.map(({ ready }) => ready));
    for (let position = 1; position <= 50; position += 1) {
      test.prohibitions.put({ card: `C${position}`, reasons: ['OPERATOR'], position });
    }
    const newest = () =>
      test.partitions.received.filter(({ command }) => Number(command.holdList?.version?.sequence) === 50);
    await test.partitions.until(() => newest().length === 2);
    const holds = test.partitions.received.filter(({ command }) => command.holdList != null);
    expect(holds.length).to.be.below(20);
    expect(concentrator.list.size).to.equal(50);
  });

  it('acknowledges again what was rejected for now', async () => {
    let rejected = 0;
    const { respond } = test.partitions;
    test.partitions.respond = (received) => {
      if (received.command.holdList == null || rejected > 0) return respond(received);
      rejected += 1;
      return { reject: v1.Rejection.REJECTION_UNAVAILABLE };
    };
    const station = await concentrator.hello({ terminal: 'T1' });
    await station.ready;
    expect(rejected).to.equal(1);
  });

  it('tells everyone that the connection is lost before it says so, also who waits to be sent again', async () => {
    const told: string[] = [];
    const other = await connectConcentrator({ url: test.gateway.url, onLost: () => told.push('lost') });
    const station = await other.hello({ terminal: 'T1' });
    await station.ready;
    const rejected = new Promise<void>((resolve) => (station.onRejected = () => resolve()));
    test.partitions.respond = ({ command }) =>
      Number(command.transact?.id?.number) === 1 ? { reject: v1.Rejection.REJECTION_UNAVAILABLE } : undefined;
    for (const number of [1, 2])
      station.purchase({ card: 'C1', amount: 7, number }, (result) => {
        told.push(`${number}: ${result instanceof Error ? result.name : result.outcome}`);
      });
    await rejected;
    await other.close();
    expect(told).to.deep.equal(['2: ConnectionLostError', '1: ConnectionLostError', 'lost']);
  });
});
