import { expect } from 'chai';
import { listDifferences } from '../../client/differences.js';
import type { Body } from '../../client/connection.js';
import { v1 } from '../../proto/generated/emoney.js';

const { Column, Kind, Outcome } = v1;

/** What a gateway answers, one page after the other. */
function answering(...pages: readonly v1.Differences.$Properties[]) {
  const asked: Body[] = [];
  const ask = async (body: Body): Promise<v1.ServerMessage> => {
    asked.push(body);
    const differences = pages[asked.length - 1] ?? {};
    return v1.ServerMessage.decode(v1.ServerMessage.encode({ differences }).finish());
  };
  return { ask, asked };
}

const id = { terminal: 'T1', incarnation: 1, number: 7 };

describe('client: differences of a batch', () => {
  it('are those of all pages; the last one says what became of the batch', async () => {
    const { ask, asked } = answering(
      { differences: [{ id }], next: Uint8Array.of(5), closed: false, compared: 9 },
      {
        ...{ differences: [{ id: { ...id, number: 8 } }], closed: true, compared: 10, reported: 4 },
        ...{ deviceCompared: true, away: [2], settled: { timeMs: 77, own: { batch: 3, enquiries: 2 } } },
      },
    );
    const found = await listDifferences(ask, 'T1', 3);
    expect(asked.map(({ listDifferences: body }) => [...(body?.after ?? [])])).to.deep.equal([[], [5]]);
    expect(asked[0]?.listDifferences).to.deep.include({ terminal: 'T1', batch: 3 });
    expect(found.differences.map((each) => each.id.number)).to.deep.equal([7, 8]);
    expect(found).to.deep.include({
      ...{ terminal: 'T1', batch: 3, closed: true, compared: 10, reported: 4 },
      ...{ deviceCompared: true, away: [2] },
    });
    expect(found.settled?.settledTimeMs).to.equal(77);
    expect([found.settled?.terminal?.enquiries, found.settled?.center]).to.deep.equal([2, undefined]);
  });

  it('have what each column says, and which of them lack it', async () => {
    const { ask } = answering({
      differences: [
        {
          ...{ id, card: 'C1', reversal: true, inFlight: true, lacking: [Column.COLUMN_DEVICE] },
          terminal: { outcome: Outcome.OUTCOME_REVERSED, amount: 5, parts: { value: 5 } },
          center: { kind: Kind.KIND_PURCHASE, outcome: Outcome.OUTCOME_CREDIT_LIMIT, amount: 6 },
        },
      ],
    });
    const { differences, settled } = await listDifferences(ask, 'T1', 3);
    expect(settled).to.equal(undefined);
    const [difference] = differences;
    expect(difference).to.deep.include({
      ...{ id, card: 'C1', reversal: true, inFlight: true, lacking: ['device'], device: undefined },
      center: { kind: 'PURCHASE', outcome: 'CREDIT_LIMIT', amount: 6, parts: undefined },
    });
    expect(difference?.terminal).to.deep.include({ kind: undefined, outcome: 'REVERSED', amount: 5 });
    expect(difference?.terminal?.parts).to.deep.include({ value: 5, loan: 0 });
  });
});
