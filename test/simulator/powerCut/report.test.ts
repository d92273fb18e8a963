import { expect } from 'chai';
import { powerCutReport, type Examined } from '../../../simulator/powerCut/report.js';
import { renderCuts } from '../../../simulator/powerCut/reportText.js';
import type { SimulationReport } from '../../../simulator/report.js';

const simulation = { verdict: 'pass', reason: '', seed: 7 } as unknown as SimulationReport;
const KEPT: Examined = {
  made: { cut: 1, kind: 'copy', atMs: 1_530, replies: 310, awayMs: undefined },
  ...{ acknowledged: 308, recovered: 314, segments: 9, lost: 0, doubled: 0, examples: [] },
  ...{ recoverMs: 4_240, refused: '', violations: [] },
};
const LOST: Examined = { ...KEPT, lost: 2, examples: ['I9: acknowledged APPROVED: it is not there'] };

const of = (examined: readonly Examined[], control = false) =>
  powerCutReport({ control, examined, simulation });

describe('report of power cuts', () => {
  it('passes when everything that was told before each cut is there, once, and is served', () => {
    const shutdown: Examined = { ...KEPT, made: { ...KEPT.made, cut: 2, kind: 'shutdown', awayMs: 3_790 } };
    const report = of([KEPT, shutdown]);
    expect(report).to.include({ verdict: 'pass', reason: '', seed: 7, control: false });
    expect(report.cuts[0]).to.include({ cut: 1, verdict: 'pass', awayMs: null, recoverMs: 4_240 });
    const [, copy, failure] = renderCuts(report).split('\n');
    expect(copy).to.match(/^1 copy +1\.53 s +308 +314 +9 +0 +0 +4\.24 s +ok$/);
    expect(failure).to.match(/^2 shutdown, away 3\.79 s /);
  });

  it('fails, with the seed, for each thing that is wrong with a cut, and says what', () => {
    const wrong: readonly [Examined, RegExp][] = [
      [LOST, /it is not there/],
      [{ ...KEPT, doubled: 1, examples: ['I5: decided a second time'] }, /a second time/],
      [{ ...KEPT, recovered: 307 }, /307/],
      [{ ...KEPT, refused: 'partition 0 has stopped', recoverMs: undefined }, /never[^]*partition 0/],
      [{ ...KEPT, violations: ['ACTOR: differs'] }, /ACTOR: differs/],
    ];
    for (const [examined, said] of wrong) {
      const report = of([examined]);
      expect(report).to.include({ verdict: 'fail', reason: 'cut 1: see the table; seed 7' });
      expect(renderCuts(report)).to.match(said);
    }
  });

  it('fails when the system that was cut failed, and when nothing could have been lost', () => {
    const failed = { ...simulation, verdict: 'fail', reason: '3 without an answer; seed 7' } as const;
    expect(powerCutReport({ control: false, examined: [KEPT], simulation: failed }).reason).to.equal(
      '3 without an answer; seed 7',
    );
    expect(of([]).reason).to.match(/no cut was made/);
    expect(of([{ ...KEPT, acknowledged: 0, recovered: 0 }]).reason).to.match(/nothing was acknowledged/);
  });

  it('passes as a control only when it has seen a loss', () => {
    expect(of([KEPT, LOST], true)).to.include({ verdict: 'pass', control: true });
    expect(of([KEPT], true)).to.include({ verdict: 'fail' });
    expect(of([KEPT], true).reason).to.match(/no loss was seen/);
  });
});
