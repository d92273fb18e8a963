import { expect } from 'chai';
import { Absences } from '../../../simulator/chaos/absences.js';

describe('absences of terminals', () => {
  it('say how many were cut off, who never came back, and when the last did', () => {
    const absences = new Absences();
    absences.lost('T1', 110);
    absences.lost('T2', 120);
    absences.back('T2', 900);
    absences.back('T1', 300);
    absences.lost('T3', 2_000);
    expect(absences.between(100, 1_000)).to.deep.equal({ terminals: 2, missing: 0, lastBackAt: 900 });
    expect(absences.between(1_000, 3_000)).to.deep.equal({ terminals: 1, missing: 1, lastBackAt: 3_000 });
    expect(absences.between(3_000, 4_000)).to.deep.equal({ terminals: 0, missing: 0, lastBackAt: 3_000 });
  });

  it('count a terminal that tries in vain as one that is away since it was lost', () => {
    const absences = new Absences();
    absences.back('T1', 50);
    absences.lost('T1', 100);
    absences.lost('T1', 400);
    absences.back('T1', 500);
    expect(absences.between(0, 200)).to.deep.equal({ terminals: 1, missing: 0, lastBackAt: 500 });
    expect(absences.between(200, 600).terminals).to.equal(0);
  });
});
