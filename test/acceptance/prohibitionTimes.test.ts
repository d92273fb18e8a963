/** From the decision's commit to the last connected terminal's acknowledgement, as an operator reads it in /metrics. */
import { expect } from 'chai';
import { connectConcentrator, type Concentrator } from '../../client/index.js';
import { until } from '../support/until.js';
import { startSystem, type TestSystem } from './system.js';

const TERMINALS = 300;

describe('a prohibition reaches every terminal', () => {
  let system: TestSystem;
  let concentrator: Concentrator;
  before(async () => {
    system = await startSystem();
    const operator = await system.operator();
    await Promise.all(
      Array.from({ length: TERMINALS }, (_, at) => operator.registerTerminal(`T${at}`, { role: 'PURCHASE' })),
    );
    await operator.issueCard('C1', { storedValue: 0, loan: 800, limit: 10_000 });
    concentrator = await connectConcentrator({ url: system.url });
    await Promise.all(
      Array.from({ length: TERMINALS }, (_, at) => concentrator.hello({ terminal: `T${at}` })),
    );
    await Promise.all(Array.from(concentrator.stations.values(), async (station) => station.ready));
  });
  after(async () => {
    await concentrator.close();
    await system.stop();
  });

  async function metrics(): Promise<ReadonlyMap<string, number>> {
    const url = `${system.url.replace(/^ws/, 'http').replace(/\/v1$/, '')}/metrics`;
    const lines = (await (await fetch(url)).text()).split('\n').filter((line) => line.startsWith('emoney_'));
    return new Map(
      lines.map((line) => {
        const [, name = '', value = ''] = /^emoney_gateway_(\S+) (\S+)/.exec(line) ?? [];
        return [name, Number(value)];
      }),
    );
  }

  it('and how long that took is measured, with what was spent in between: nothing', async () => {
    const operator = await system.operator();
    const cut = await operator.changeLimit('C1', 500);
    expect(cut.reasons).to.deep.equal(['LIMIT']);
    const measured = await until(
      async () => {
        const now = await metrics();
        return now.get('prohibition_acknowledgement_seconds_count') === 1 ? now : undefined;
      },
      { what: 'the last acknowledgement is measured' },
    );
    expect(measured.get('list_told_terminals')).to.equal(TERMINALS);
    expect(measured.get('list_unacknowledged_terminals')).to.equal(0);
    expect(measured.get('prohibition_arrival_seconds_count')).to.equal(1);
    const arrived = measured.get('prohibition_arrival_seconds_sum') ?? -1;
    const acknowledged = measured.get('prohibition_acknowledgement_seconds_sum') ?? -1;
    expect(arrived).to.be.within(0, acknowledged);
    expect(acknowledged).to.be.below(10);
    for (const part of ['arrival', 'acknowledgement']) {
      expect(measured.get(`prohibitions_unmeasured_total{part="${part}"}`)).to.equal(0);
    }
    const station = concentrator.stations.get('T7');
    const { outcome, position } = await new Promise<{ outcome: string; position: number }>(
      (resolve, reject) => {
        station?.purchase({ card: 'C1', amount: 5 }, (result) => {
          if (result instanceof Error) reject(result);
          else resolve(result);
        });
      },
    );
    expect([outcome, position]).to.deep.equal(['CARD_PROHIBITED', 0]);
    expect((await metrics()).get('prohibited_taps_total{stopped_by="list"}')).to.equal(1);
  });

  it('none of their acknowledgements was sent back because a worker had not read the list yet', async () => {
    const operator = await system.operator();
    const pushes = async () => (await metrics()).get('list_acknowledgement_seconds_count') ?? 0;
    for (const limit of [10_000, 500, 10_000, 500]) {
      const before = await pushes();
      await operator.changeLimit('C1', limit);
      await until(async () => (await pushes()) > before, { what: 'every terminal holds the next list' });
    }
    const names = [...(await metrics()).keys()];
    expect(names.filter((name) => name.startsWith('rejections_total{code="UNAVAILABLE"'))).to.deep.equal([]);
  });
});
