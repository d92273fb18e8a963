import { expect } from 'chai';
import { v1 } from '../../../proto/generated/emoney.js';
import { auditSystem, renderReport, type AuditProgress } from '../../../simulator/auditor/index.js';
import { expectViolation } from './audited.js';
import { MiniSystem } from './miniSystem.js';
import { RunningSystem } from './runningSystem.js';

const { Kind } = v1;

function paying(): MiniSystem {
  const system = new MiniSystem();
  system.register('T1');
  system.register('D1', 'DEPOSIT');
  system.issue('C1');
  system.issue('C2', { storedValueCap: 5_000 });
  const paid = system.purchase('T1', 'C1', 2_000);
  system.deposit('D1', 'C2', 300);
  system.purchase('T1', 'C2', 20_000);
  system.purchase('T1', 'nobody', 20);
  system.reverse(paid);
  system.changeLimit('C2', 3);
  return system;
}

describe('audit of a system', () => {
  it('compares every card, terminal, total and snapshot, and passes', async () => {
    const report = await auditSystem(new RunningSystem(paying()), { drained: true });
    expect(report.violations).to.deep.equal([]);
    expect(report.verdict).to.equal('pass');
    expect(report.compared.cards).to.equal(3);
    expect(report.compared.terminals).to.equal(2);
    expect(report.compared.moved).to.equal(0);
    expect(report.compared.snapshots).to.deep.equal({ equal: 8, behind: 0, missing: 0, unread: 0 });
  });

  it('passes, and says so, when the snapshots cannot be read: they are never believed', async () => {
    const running = new RunningSystem(paying());
    Object.assign(running, { readSnapshots: async () => undefined });
    const report = await auditSystem(running, { drained: true });
    expect(report.verdict).to.equal('pass');
    expect(report.compared.snapshots).to.deep.equal({ equal: 0, behind: 0, missing: 0, unread: 8 });
    expect(renderReport(report)).to.include('8 not compared: Redis cannot be read');
  });

  it('says how far it is', async () => {
    const seen: AuditProgress[] = [];
    await auditSystem(new RunningSystem(paying()), { onProgress: (progress) => seen.push(progress) });
    expect([...new Set(seen.map(({ phase }) => phase))]).to.deep.equal([
      'journals',
      'cards',
      'terminals',
      'snapshots',
    ]);
    for (const { done, total } of seen) expect(done).to.be.at.most(total);
  });

  it('names each field in which a running card differs', async () => {
    const running = new RunningSystem(paying());
    const card = running.cards.get('C2')!;
    card.card!.balances!.storedValue = 1;
    card.record!.version = 9;
    card.card!.log![0]!.amount = 4;
    const report = await auditSystem(running);
    const message = /running card.balances.storedValue: the journal says 1500, found 1$/;
    expect(expectViolation(report, 'ACTOR', message).card).to.equal('C2');
    expectViolation(report, 'ACTOR', /record.version: the journal says 2, found 9/);
    expectViolation(report, 'ACTOR', /card.log\[0\].amount: the journal says 300, found 4/);
  });

  it('finds a terminal, or the totals of the center, that differ', async () => {
    const running = new RunningSystem(paying());
    running.terminals.get('T1')!.openIds = 1;
    running.totals.get('D1')![0]!.deposits!.amount = 301;
    const report = await auditSystem(running);
    expectViolation(report, 'ACTOR', /running open ids: the journal says 0, found 1/);
    expectViolation(
      report,
      'ACTOR',
      /totals batch 1\/20260301 deposits amount: the journal says 300, found 301/,
    );
  });

  it('finds an actor that lacks events of the journal, or has events that it lacks', async () => {
    const running = new RunningSystem(paying());
    running.cards.get('C1')!.position = 3;
    running.terminals.get('T1')!.position = 400;
    const report = await auditSystem(running);
    expectViolation(report, 'ACTOR', /stands at position 3, the journal at \d+/);
    expectViolation(report, 'ACTOR', /has events that the journal does not have/);
  });

  it('reads on and asks again while the system goes on', async () => {
    const system = paying();
    const running = new RunningSystem(system);
    let more = 3;
    // Each question is answered after one more payment.
    running.beforeDescribing = () => {
      if (more > 0) system.purchase('T1', 'C1', 1);
      more -= 1;
    };
    const report = await auditSystem(running);
    expect(report.violations).to.deep.equal([]);
    expect(report.compared).to.deep.include({ cards: 3, terminals: 2, moved: 0 });
  });

  it('does not take what it could not read for missing', async () => {
    const system = paying();
    const running = new RunningSystem(system);
    let opened = system.open('T1', 'C1', Kind.KIND_PURCHASE, 1);
    // Between the reading of one partition and the next, every time: a payment ends, and another begins.
    running.beforeReading = () => {
      system.close(system.decide(opened));
      opened = system.open('T1', 'C1', Kind.KIND_PURCHASE, 1);
    };
    const report = await auditSystem(running);
    expect(report.violations).to.deep.equal([]);
    expect(report.inFlightCount).to.be.greaterThan(0);
  });

  it('counts snapshots that are behind or missing, and finds those that are ahead or wrong', async () => {
    const running = new RunningSystem(paying());
    const snapshots = [...running.snapshots.values()];
    expect(snapshots.map(({ unit }) => unit)).to.include.members(['card/C1', 'card/C2', 'visitor/T1']);
    running.snapshots.get('card/C1')!.sequence = 3;
    running.snapshots.delete('terminal/D1');
    const passed = await auditSystem(running);
    expect(passed.violations).to.deep.equal([]);
    expect(passed.compared.snapshots).to.deep.equal({ equal: 6, behind: 1, missing: 1, unread: 0 });

    running.snapshots.get('terminal/T1')!.sequence = 999;
    running.changeSnapshot('card/C2', ({ card }) => {
      card!.card!.balances!.loan = 5;
    });
    const failed = await auditSystem(running);
    expectViolation(
      failed,
      'SNAPSHOT',
      /snapshot of terminal\/T1 holds position 999 .* journal does not have/,
    );
    expectViolation(
      failed,
      'SNAPSHOT',
      /snapshot of card\/C2: card.balances.loan: the journal says 0, found 5/,
    );
  });

  it('finds a snapshot that is no state, or belongs to another unit', async () => {
    const running = new RunningSystem(paying());
    running.snapshots.get('card/C2')!.state = Uint8Array.of(10, 255);
    running.snapshots.get('terminal/T1')!.state = running.snapshots.get('terminal/D1')!.state;
    const report = await auditSystem(running);
    expectViolation(report, 'SNAPSHOT', /snapshot of card\/C2: content/);
    expectViolation(report, 'SNAPSHOT', /snapshot of terminal\/T1: owner: the journal says T1, found D1/);
  });

  it('compares what drivers were told', async () => {
    const system = paying();
    const { id, card, kind, amount, answer, parts } = system.purchase('T1', 'C1', 7);
    const told = { id, card, kind, amount, parts, outcome: 1, position: answer.position as number };
    const running = new RunningSystem(system);
    expect((await auditSystem(running, { acknowledged: [told] })).verdict).to.equal('pass');
    const report = await auditSystem(running, { acknowledged: [told, { ...told, amount: 8 }] });
    expectViolation(report, 'I9', /the journal has 7, told 8/);
    expect(report.checks.I9).to.equal(2);
  });

  it('is rendered in aligned lines that name each check and violation', async () => {
    const running = new RunningSystem(paying());
    running.cards.get('C2')!.card!.active = false;
    const text = renderReport(await auditSystem(running), (word, tone) =>
      tone === 'bad' ? `<${word}>` : word,
    );
    expect(text).to.match(/^journals {3}4 partitions, \d+ frames, \d+ events$/m);
    expect(text).to.match(/^I1 {7}ok {3} +\d+ {2}deposits \+ stored = change/m);
    expect(text).to.match(/^ACTOR {4}<FAIL> +\d+ {2}running actors/m);
    expect(text).to.match(
      /^ {2}<ACTOR {3}> running card.active: the journal says true, found false \(partition/m,
    );
    expect(text).to.match(/audit: <fail>$/);
  });
});
