import { expect } from 'chai';
import { v1 } from '../../../proto/generated/emoney.js';
import { Auditor } from '../../../simulator/auditor/auditor.js';
import { renderReport } from '../../../simulator/auditor/report.js';
import { audited, expectViolation } from './audited.js';
import { MiniSystem } from './miniSystem.js';

const { Kind, Outcome } = v1;
const NOTHING = { count: 0, amount: '0' };

/** A card with a loan of 800, about to be prohibited by a cut of its limit. */
function indebted(): MiniSystem {
  const system = new MiniSystem();
  for (const terminal of ['T1', 'T2']) system.register(terminal);
  system.register('D1', 'DEPOSIT');
  system.issue('C1');
  system.purchase('T1', 'C1', 2_000);
  return system;
}

describe('auditor: taps on prohibited cards', () => {
  it('counts what was asked between the decision and the list, by what stopped it: nothing was approved', () => {
    const system = indebted();
    system.changeLimit('C1', 500);
    system.purchase('T2', 'C1', 70);
    system.purchase('T1', 'C1', 30);
    system.publish('C1');
    system.hold('T1');
    system.refuse('T1', 'C1', 55, Outcome.OUTCOME_CARD_PROHIBITED);
    system.purchase('T2', 'C1', 5);
    system.prohibit('C1');
    system.deposit('D1', 'C1', 1);
    const { taps, violations } = audited(system.journal);
    expect(violations).to.deep.equal([]);
    expect(taps).to.deep.equal({
      prohibitions: 1,
      byTerminal: { count: 1, amount: '55' },
      byCard: { count: 3, amount: '105' },
      approved: NOTHING,
      exits: NOTHING,
    });
  });

  it('lifted is lifted, and prohibited again counts again', () => {
    const system = indebted();
    for (let round = 0; round < 2; round += 1) {
      system.changeLimit('C1', 500);
      system.publish('C1');
      system.changeLimit('C1', 10_000);
      system.publish('C1');
      system.purchase('T2', 'C1', 10);
    }
    const { taps, violations } = audited(system.journal);
    expect(violations).to.deep.equal([]);
    expect(taps).to.include({ prohibitions: 2 });
    expect(taps.byCard).to.deep.equal(NOTHING);
  });

  it('flags what was approved after the decision, and says how much it was', () => {
    const system = indebted();
    system.changeLimit('C1', 500);
    const opened = system.open('T2', 'C1', Kind.KIND_PURCHASE, 70);
    const parts = { loan: 70 };
    const paid = system.decideAs(opened, { parts, after: { loan: 870 } });
    system.close(paid);
    const report = audited(system.journal);
    expectViolation(report, 'I6', /a PURCHASE of 70 was approved after its prohibition at \d+/);
    expect(report.taps.approved).to.deep.equal({ count: 1, amount: '70' });
    expect(renderReport(report)).to.match(/prohibited +1 times; .* 1 approved \(70\)/);
  });

  it('counts exits apart: they pay from the stored value, and nothing of them is deferred', () => {
    const system = indebted();
    system.register('G1', 'GATE', true, { zone: 'A' });
    system.prohibit('C1');
    const state = (parts: { value?: number; loan?: number; fare?: number }, after: object) =>
      system.state('G1', 'C1', Kind.KIND_FARE, { parts, after });
    state({ fare: 320 }, { fareOwed: 320 });
    const uncollected = audited(system.journal).taps;
    expect(uncollected.exits).to.deep.equal({ count: 1, amount: '0' });
    state({ loan: 320 }, { loan: 1_120 });
    expectViolation(audited(system.journal), 'I6', /fare of a prohibited card was deferred \(320\)/);
  });

  it('counts only what came after a run began, and judges everything', () => {
    const system = indebted();
    system.changeLimit('C1', 500);
    system.purchase('T2', 'C1', 70);
    const frames = system.journal.encode();
    const before = frames.map((each) => each.length);
    system.purchase('T2', 'C1', 30);
    system.publish('C1');
    const auditor = new Auditor(before);
    system.journal.encode().forEach((each, partition) => {
      each.forEach((bytes, index) => {
        auditor.frame(partition, index + 1, bytes);
      });
    });
    const { taps } = auditor.finish({ drained: true });
    expect(taps).to.deep.include({ prohibitions: 0, byCard: { count: 1, amount: '30' } });
  });
});
