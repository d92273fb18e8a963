import { expect } from 'chai';
import { FAULTS } from '../../../simulator/virtual/faults.js';
import { renderVirtual } from '../../../simulator/virtual/reportText.js';
import { reportOf } from '../../../simulator/virtual/run.js';

const counts = { commandsUnderFaults: 0, replies: 1_900, frames: 1_500, elapsedMs: 60_000, faults: {} };

describe('the report of virtual worlds', () => {
  it('says how fast they were, and on which Node', () => {
    const world = { ...counts, commands: 2_000, commandsUnderFaults: 1_300 };
    const worlds = [1, 2].map((seed) => ({ ...world, seed, violations: [], digest: '' }));
    const text = renderVirtual(reportOf(worlds, '26.10.0'), 'abc', 600, (plain) => plain);
    expect(text).to.include('2 seeds in 1 s (200 a minute) on Node 26.10.0, at least 2,000 commands in each');
    expect(text).to.include(
      'of these 2,600 commands while something was wrong, at least 1,300 in each world\n',
    );
  });

  it('fails where a kind of fault occurs in none of many worlds, and names it', () => {
    const world = { ...counts, commands: 2_000, violations: [], digest: '' };
    const met = Object.fromEntries(FAULTS.filter((kind) => kind !== 'tail cut').map((kind) => [kind, 1]));
    const worlds = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...world, seed: index + 1, faults: met }));
    expect(reportOf(worlds(199), '26.10.0')).to.deep.include({ verdict: 'pass', missing: [] });
    const report = reportOf(worlds(200), '26.10.0');
    expect(report).to.deep.include({ verdict: 'fail', missing: ['tail cut'] });
    expect(renderVirtual(report, 'abc', 600, (plain) => plain)).to.include(
      'MISSING in so many worlds these should occur: tail cut',
    );
  });

  it('counts one as one', () => {
    const world = { ...counts, commands: 1, replies: 1, frames: 1 };
    const report = reportOf([{ ...world, seed: 1, violations: [], digest: '' }], '26.10.0');
    const text = renderVirtual(report, 'abc', 600, (plain) => plain);
    expect(text)
      .to.match(/^1 seed in /m)
      .and.match(/^in all 1 command, 1 frame, 1 minute of /m);
  });
});
