import { expect } from 'chai';
import { renderVirtual } from '../../../simulator/virtual/reportText.js';
import { reportOf } from '../../../simulator/virtual/run.js';

describe('the report of virtual worlds', () => {
  it('says how fast they were, and on which Node', () => {
    const world = { commands: 2_000, replies: 1_900, frames: 1_500, elapsedMs: 60_000, faults: {} };
    const worlds = [1, 2].map((seed) => ({ ...world, seed, violations: [], digest: '' }));
    const text = renderVirtual(reportOf(worlds, '26.10.0'), 'abc', 600, (plain) => plain);
    expect(text).to.include('2 seeds in 1 s (200 a minute) on Node 26.10.0, at least 2,000 commands in each');
  });

  it('counts one as one', () => {
    const world = { commands: 1, replies: 1, frames: 1, elapsedMs: 60_000, faults: {} };
    const report = reportOf([{ ...world, seed: 1, violations: [], digest: '' }], '26.10.0');
    const text = renderVirtual(report, 'abc', 600, (plain) => plain);
    expect(text)
      .to.match(/^1 seed in /m)
      .and.match(/^in all 1 command, 1 frame, 1 minute of /m);
  });
});
