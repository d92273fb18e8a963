import { expect } from 'chai';
import type { Operator } from '../../client/index.js';
import { LimitCuts } from '../../simulator/limitCuts.js';
import { Line } from '../../simulator/line.js';
import { Purse } from '../../simulator/purse.js';
import { Random } from '../../simulator/random.js';
import { CARD } from '../../simulator/terms.js';

const CARD_ID = 'C1';
const LOAN = 1_000;
const VERSION = { incarnation: 1, sequence: 1 };
const nothing = (): void => undefined;

describe('cuts of limits', () => {
  let problems: string[];
  let limits: number[];
  /** Why the center holds the card prohibited once patience has run out. */
  let reasons: string[];

  beforeEach(() => {
    [problems, limits, reasons] = [[], [], []];
  });

  /** One cut, from the first change of the limit until it is restored. */
  async function cutOnce(whileWaiting: (cuts: LimitCuts, line: Line) => void): Promise<LimitCuts> {
    const line = new Line('ws://127.0.0.1:1/v1', [], {
      ...{ onReady: nothing, onRejected: nothing, onList: nothing, onAcknowledged: nothing, onLost: nothing },
    });
    Object.defineProperty(line, 'isServing', { value: true });
    const operator = {
      changeLimit: async (_card: string, limit: number) => {
        limits.push(limit);
        const isCut = limit < LOAN;
        if (isCut)
          setImmediate(() => {
            whileWaiting(cuts, line);
          });
        else cuts.stop();
        return { reasons: isCut ? ['LIMIT'] : [] };
      },
      describeCards: async () => [{ record: { reasons } }],
    } as unknown as Operator;
    const cuts = new LimitCuts({
      operator: { use: async (work) => work(operator) },
      ...{ purses: [new Purse(CARD_ID, 0, LOAN, CARD.limit)], lines: [line], random: new Random(1) },
      ...{ everyMs: 1, patienceMs: 20, tap: undefined },
      onProblem: (text) => problems.push(text),
    });
    await cuts.run();
    expect(limits).to.deep.equal([LOAN / 2, CARD.limit]);
    return cuts;
  }

  it('measure how long it took until every line had acknowledged a list with the card', async () => {
    const cuts = await cutOnce((cuts, line) => {
      cuts.listCame(line, VERSION, (card) => card === CARD_ID);
      cuts.acknowledged(line, VERSION);
    });
    expect(problems).to.deep.equal([]);
    expect(cuts.times()?.max).to.be.greaterThan(0);
  });

  it('complain of a prohibition that did not come', async () => {
    reasons = ['LIMIT'];
    await cutOnce(nothing);
    expect(problems).to.deep.equal(['the prohibition of C1 did not reach every terminal']);
  });

  it('complain of one that came and was not acknowledged, also when it is lifted by now', async () => {
    await cutOnce((cuts, line) => {
      cuts.listCame(line, VERSION, () => true);
    });
    expect(problems).to.deep.equal(['the prohibition of C1 did not reach every terminal']);
  });

  it('do not complain of one that a deposit has lifted before any list had it', async () => {
    const cuts = await cutOnce(nothing);
    expect(problems).to.deep.equal([]);
    expect(cuts.times()).to.equal(undefined);
  });
});
