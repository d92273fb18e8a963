import { expect } from 'chai';
import { MAX_FRAME_LAG_MS } from '../../../actors/bounds.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { Auditor } from '../../../simulator/auditor/auditor.js';
import { CHECKS } from '../../../simulator/auditor/findings.js';
import { audited, expectViolation, read } from './audited.js';
import { MiniSystem } from './miniSystem.js';

const { Kind, Outcome } = v1;

/** Everything that the system can do, once. */
function history(): MiniSystem {
  const system = new MiniSystem();
  system.register('T1');
  system.register('T2', 'PURCHASE', false);
  system.register('D1', 'DEPOSIT');
  system.issue('C1');
  system.issue('C2', { storedValue: 0, loan: 1_500, interest: 22, fareOwed: 30, storedValueCap: 20_000 });
  system.issue('C3', { loan: 900, limit: 800 });
  const paid = system.purchase('T1', 'C1', 2_000);
  system.purchase('T1', 'C1', 12_000);
  system.purchase('T1', 'nobody', 5);
  system.purchase('T2', 'C1', 1);
  system.deposit('D1', 'C2', 3_000);
  system.deposit('D1', 'C2', 30_000);
  system.pay('T1', 'C1', Kind.KIND_ENQUIRY, 0);
  system.refuse('T1', 'C1', 0, Outcome.OUTCOME_INVALID_AMOUNT);
  system.deposit('D1', 'C1', 500);
  system.reverse(paid);
  const deposit = system.deposit('D1', 'C1', 700);
  system.purchase('T1', 'C1', 2_500);
  system.reverse(deposit);
  system.changeLimit('C1', 100);
  system.publish('C1');
  system.purchase('T2', 'C1', 1);
  system.changeLimit('C1', 10_000);
  system.publish('C1');
  system.prohibit('C2');
  system.prohibit('C2', false);
  system.reverse({
    id: { terminal: 'T1', incarnation: 1, number: 99 },
    card: 'C2',
    kind: Kind.KIND_UNSPECIFIED,
    amount: 0,
  });
  const lost = system.decide(system.open('T1', 'C2', Kind.KIND_PURCHASE, 40));
  system.reverse(lost);
  const declined = system.decide(system.open('T1', 'C3', Kind.KIND_PURCHASE, 40));
  system.reverse(declined);
  system.hello('T1');
  system.purchase('T1', 'C1', 10);
  return system;
}

describe('auditor', () => {
  it('passes a history of everything that the system can do', () => {
    const report = audited(history().journal);
    expect(report.violations).to.deep.equal([]);
    expect(report.verdict).to.equal('pass');
    expect(report).to.include({ cards: 3, terminals: 3, partitions: 4, inFlightCount: 0 });
    expect(JSON.parse(JSON.stringify(report))).to.deep.equal(report);
  });

  it('exercises every invariant but those that need a running system', () => {
    const { checks } = audited(history().journal);
    const unexercised = CHECKS.filter((check) => checks[check] === 0);
    expect(unexercised).to.deep.equal(['I9', 'ACTOR', 'SNAPSHOT']);
  });

  it('passes partitions in any interleaving', () => {
    const { journal } = history();
    const forwards = audited(journal);
    const auditor = read({ encode: () => [] } as never);
    const frames = journal.encode();
    for (let index = 0; frames.some((each) => index < each.length); index += 1) {
      for (let partition = frames.length - 1; partition >= 0; partition -= 1) {
        const bytes = frames[partition]![index];
        if (bytes !== undefined) auditor.frame(partition, index + 1, bytes);
      }
    }
    expect(auditor.finish({ drained: true })).to.deep.equal(forwards);
  });

  it('lists what is in flight, and takes it for a violation only after a drain', () => {
    const system = history();
    system.decide(system.open('T1', 'C1', Kind.KIND_PURCHASE, 30));
    system.open('D1', 'C1', Kind.KIND_DEPOSIT, 30);
    const report = audited(system.journal, {});
    expect(report.violations).to.deep.equal([]);
    expect(report.inFlight.map(({ id, waitsFor }) => [id, waitsFor])).to.deep.equal([
      ['T1/2/2', 'close'],
      ['D1/1/5', 'card'],
    ]);
    const drained = audited(system.journal);
    expect(expectViolation(drained, 'I8', /in flight after a drain/).id).to.equal('T1/2/2');
  });

  it('keeps at most 100 violations and counts all', () => {
    const system = new MiniSystem(1);
    system.register('T1');
    system.issue('C1');
    for (let each = 0; each < 150; each += 1) system.purchase('T1', 'C1', 1);
    for (const moved of system.journal.find('cardMoved')) moved.answer!.creditFlag = false;
    const report = audited(system.journal);
    expect(report.violations).to.have.length(100);
    expect(report.violationCount).to.be.greaterThan(150);
  });
});

describe('auditor names', () => {
  /** A purchase of 2,000 by C1 (1,200 + 800) at T1, and a deposit of 300 at D1. */
  function payments(): MiniSystem {
    const system = new MiniSystem();
    system.register('T1');
    system.register('D1', 'DEPOSIT');
    system.issue('C1');
    system.issue('C2');
    system.purchase('T1', 'C1', 2_000);
    system.deposit('D1', 'C1', 300);
    return system;
  }

  it('I1: money that appeared on a card and its record', () => {
    const { journal } = payments();
    journal.find('cardMoved')[1]!.answer!.balances!.storedValue = 7;
    journal.find('recordMoved')[1]!.balances!.storedValue = 7;
    const violation = expectViolation(
      audited(journal),
      'I1',
      /card: stored value after: expected 0, found 7/,
    );
    expect(violation).to.include({ card: 'C1', terminal: 'D1', id: 'D1/1/1' });
    expectViolation(audited(journal), 'I1', /all deposits/);
  });

  it('I2: a split that is not the rule', () => {
    const { journal } = payments();
    for (const { parts } of [journal.find('cardMoved')[0]!.answer!, journal.find('recordMoved')[0]!]) {
      Object.assign(parts!, { value: 1_000, loan: 1_000 });
    }
    expectViolation(
      audited(journal),
      'I2',
      /split: expected value 1200 \+ loan 800, found value 1000 \+ loan 1000/,
    );
  });

  it('I2: parts that do not make up the amount', () => {
    const { journal } = payments();
    journal.find('cardMoved')[0]!.answer!.parts!.value = 1_199;
    expectViolation(audited(journal), 'I2', /sum of the parts: expected 2000, found 1999/);
  });

  it('I3: a card and a record that differ', () => {
    const { journal } = payments();
    journal.find('recordMoved')[0]!.balances!.loan = 801;
    expectViolation(audited(journal), 'I3', /card loan 800 \+ limit 10000, record loan 801/);
  });

  it("I3: a card's event without its twin", () => {
    const { journal } = payments();
    journal.frameOf('cardMoved').turns[0]!.events.pop();
    expectViolation(audited(journal), 'I3', /the card moved, and its twin has no such event/);
  });

  it('I3: a limit that only the card was told', () => {
    const system = payments();
    system.changeLimit('C2', 5);
    system.journal.frameOf('cardLimitChanged').turns[0]!.events.shift();
    expectViolation(audited(system.journal), 'I3', /card storedValue 1200 \+ limit 5, record .* limit 10000/);
  });

  it('I4: a purchase beyond the limit', () => {
    const system = payments();
    const card = system.cards.get('C2')!;
    card.balances.limit = 100_000;
    system.purchase('T1', 'C2', 50_000);
    const text = /loan 48800 exceeds the limit 10000/;
    for (const { balances } of [
      system.journal.find('cardMoved')[2]!.answer!,
      system.journal.find('recordMoved')[2]!,
    ]) {
      balances!.limit = 10_000;
    }
    expectViolation(audited(system.journal), 'I4', text);
  });

  it('I5: an id with two effects', () => {
    const { journal } = payments();
    const [, second] = journal.find('cardMoved');
    const [first] = journal.find('cardMoved');
    second!.asked!.id = first!.asked!.id!;
    expectViolation(audited(journal), 'I5', /decided by the card a second time/);
  });

  it('I5: a decision after the reversal', () => {
    const system = payments();
    const opened = system.open('T1', 'C1', Kind.KIND_PURCHASE, 10);
    system.reverse({ id: opened.id as never, card: 'C1', kind: Kind.KIND_PURCHASE, amount: 10 });
    system.decide(opened);
    expectViolation(audited(system.journal), 'I5', /decided by the card after it was reversed/);
  });

  it('I5: a reversal that undoes twice, or what was never approved', () => {
    const system = payments();
    const paid = system.purchase('T1', 'C2', 100);
    system.reverse(paid);
    system.reverse(paid);
    expectViolation(
      audited(system.journal),
      'I5',
      /amount undone of an id that holds nothing: expected 0, found 100/,
    );
  });

  it('I5: a number below the mark, a session and an incarnation that go back', () => {
    const marked = payments();
    marked.journal.find('transactionOpened')[0]!.mark = 2;
    marked.purchase('T1', 'C1', 1);
    marked.journal.find('transactionOpened').at(-1)!.id!.number = 1;
    expectViolation(audited(marked.journal), 'I5', /number 1 is below the mark 2/);
    const sessions = payments();
    sessions.hello('T1');
    Object.assign(sessions.journal.find('sessionOpened').at(-1)!, { session: 1, incarnation: 7 });
    const report = audited(sessions.journal);
    expectViolation(report, 'I5', /session 1 follows 1/);
    expectViolation(report, 'I5', /incarnation 7 was never given/);
  });

  it('I5: a decision on an id that the partition had forgotten', () => {
    const system = payments();
    system.purchase('T1', 'C1', 1);
    system.journal.find('cardMoved')[0]!.asked!.mark = 3;
    expectViolation(audited(system.journal), 'I5', /decided although the mark is 3/);
  });

  it('I6: a purchase approved while the card holds a reason', () => {
    const system = payments();
    system.prohibit('C2');
    system.cards.get('C2')!.reasons = [];
    system.purchase('T1', 'C2', 5);
    expectViolation(audited(system.journal), 'I6', /approved although the card holds reasons/);
  });

  it('I6: a limit that is passed without a prohibition in the same frame', () => {
    const system = payments();
    system.changeLimit('C1', 100);
    system.journal.frameOf('recordProhibitionChanged').turns[0]!.events.splice(2);
    expectViolation(
      audited(system.journal),
      'I6',
      /card: prohibited by its limit: expected true, found false/,
    );
  });

  it('I6: a purchase opened under a list that prohibits its card', () => {
    const system = payments();
    system.prohibit('C2');
    system.publish('C2');
    system.hold('T1');
    system.prohibit('C2', false);
    // A minute later nobody at the terminal could know of the lifting: opened before it.
    const opened = system.open('T1', 'C2', Kind.KIND_PURCHASE, 5);
    system.decide(opened);
    const { frames } = system.journal;
    const lifting = frames.filter(({ turns }) => turns[0]?.events[0]?.recordProhibitionChanged != null)[1]!;
    for (const frame of frames.filter(({ time }) => time >= lifting.time)) frame.time += 60_000;
    const report = audited(system.journal, {});
    expect(report.violations, 'lifted before it was opened').to.deep.equal([]);
    // The frame of the opening was begun before the lifting, and waited for its journal.
    system.journal.frameOf('transactionOpened', 2).time = lifting.time - MAX_FRAME_LAG_MS;
    expect(audited(system.journal, {}).violations, 'opened in a frame that lagged').to.deep.equal([]);
    system.journal.frameOf('transactionOpened', 2).time = lifting.time - 59_999;
    expectViolation(audited(system.journal, {}), 'I6', /list version 1\/1 prohibits the card/);
    // Where the clocks of the two partitions differed by a minute, it may have been lifted before.
    const wrongClocks = read(system.journal, new Auditor([], 60_000)).finish();
    expect(wrongClocks.violations, 'clocks were wrong').to.deep.equal([]);
  });

  it('I6: a purchase by a terminal that holds no list, or another than it says', () => {
    const { journal } = payments();
    delete journal.find('transactionOpened')[0]!.list;
    expectViolation(audited(journal), 'I6', /holds no list/);
    const other = payments();
    other.journal.find('transactionOpened')[0]!.list = { incarnation: 1, sequence: 9 };
    expectViolation(audited(other.journal), 'I6', /list version: expected 1\/0, found 1\/9/);
  });

  it('I7: interest that came from nowhere', () => {
    const { journal } = payments();
    journal.find('cardMoved')[0]!.answer!.balances!.interest = 3;
    journal.find('recordMoved')[0]!.balances!.interest = 3;
    expectViolation(audited(journal), 'I7', /interest after: expected 0, found 3/);
  });

  it("I8: a card's event without OPENED", () => {
    const { journal } = payments();
    journal.frameOf('transactionOpened').turns = [];
    expectViolation(audited(journal), 'I8', /decided an id that was never OPENED/);
  });

  it('I8: CLOSED that names another position, or no event at all', () => {
    const { journal } = payments();
    journal.find('transactionClosed')[0]!.answer!.position = 3;
    expectViolation(
      audited(journal),
      'I8',
      /CLOSED names the position of the card event: expected \d+, found 3/,
    );
    const lost = payments();
    lost.journal.frameOf('cardMoved').turns = [];
    expectViolation(audited(lost.journal), 'I8', /CLOSED names position \d+, where the card decided nothing/);
  });

  it('I8: CLOSED with another answer', () => {
    const { journal } = payments();
    journal.find('transactionClosed')[0]!.answer!.receiveTimeMs = 1;
    expectViolation(audited(journal), 'I8', /another answer/);
  });

  it('I8: OPENED and the card that disagree, and sums that do', () => {
    const { journal } = payments();
    journal.find('transactionOpened')[0]!.amount = 2_001;
    expectViolation(audited(journal), 'I8', /OPENED and the card's event differ: amount/);
    const sums = payments();
    sums.journal.find('recordMoved')[0]!.asked!.batch = 2;
    expectViolation(
      audited(sums.journal),
      'I8',
      /cards and center differ in batch 1\/20260301 purchases count: 1 and 0/,
    );
  });

  it('I9: a reply that the journal does not have, or has otherwise', () => {
    const system = payments();
    const { id, card, kind, amount, answer, parts } = system.purchase('T1', 'C2', 100);
    const reply = { id, card, kind, amount, parts, outcome: 1, position: answer.position as number };
    const auditor = read(system.journal);
    auditor.acknowledged(reply);
    expect(auditor.findings.violations).to.deep.equal([]);
    auditor.acknowledged({ ...reply, id: { ...id, number: 17 } });
    auditor.acknowledged({ ...reply, amount: 101 });
    auditor.acknowledged({ ...reply, parts: { value: 99, loan: 1 } });
    auditor.acknowledged({ ...reply, outcome: Outcome.OUTCOME_CREDIT_LIMIT });
    auditor.acknowledged({ ...reply, outcome: Outcome.OUTCOME_REVERSED, reversal: true });
    const messages = auditor.finish().violations.map(({ code, message }) => `${code} ${message}`);
    expect(messages).to.deep.equal([
      'I9 acknowledged APPROVED: the journal has no such id',
      'I9 acknowledged APPROVED: amount: the journal has 100, told 101',
      'I9 acknowledged APPROVED: parts: the journal has value 100, told value 99 + loan 1',
      'I9 acknowledged CREDIT_LIMIT: the journal has APPROVED',
      'I9 acknowledged REVERSED: the journal has no reversal of it',
    ]);
  });

  it('I10: principal that vanished', () => {
    const { journal } = payments();
    for (const each of [journal.find('cardMoved')[1]!.answer!, journal.find('recordMoved')[1]!]) {
      each.balances!.loan = 400;
    }
    expectViolation(audited(journal), 'I10', /card: loan after: expected 500, found 400/);
    expectViolation(audited(journal), 'I10', /all principal/);
  });

  it('RULE: a decline without its reason, a deposit over the cap, a role, a date, a deferral', () => {
    const system = payments();
    system.issue('C9', { storedValueCap: 1_300 });
    system.purchase('T1', 'C9', 20_000);
    system.journal.find('cardDeclined')[0]!.answer!.outcome = Outcome.OUTCOME_CARD_PROHIBITED;
    system.journal.find('recordDeclined')[0]!.outcome = Outcome.OUTCOME_CARD_PROHIBITED;
    delete system.cards.get('C9')!.policy.storedValueCap;
    system.deposit('D1', 'C9', 500);
    system.journal.find('terminalRegistered')[0]!.mayDefer = false;
    system.journal.find('terminalRegistered')[1]!.role = v1.TerminalRole.TERMINAL_ROLE_PURCHASE;
    system.journal.find('transactionOpened')[0]!.businessDate = 20260302;
    const report = audited(system.journal);
    expectViolation(report, 'RULE', /declined with CARD_PROHIBITED, but the card holds no reason/);
    expectViolation(report, 'RULE', /only 100 fits under the cap/);
    expectViolation(report, 'RULE', /the terminal may not defer/);
    expectViolation(report, 'RULE', /role 1 does not offer a DEPOSIT/);
    expectViolation(report, 'RULE', /business date of the terminal time: expected 20260301, found 20260302/);
  });

  it('RULE: a refusal by the terminal for which there is no reason, a terminal with what is not its own', () => {
    const system = payments();
    system.refuse('T1', 'C1', 5, Outcome.OUTCOME_LIST_NOT_HELD);
    system.refuse('T1', 'C1', 5, Outcome.OUTCOME_NOT_PERMITTED, Kind.KIND_DEPOSIT);
    system.journal.find('terminalRegistered')[1]!.zone = 'A';
    const report = audited(system.journal);
    expectViolation(report, 'RULE', /the terminal refused with LIST_NOT_HELD, for which there is no reason/);
    expectViolation(report, 'RULE', /role 2 with the zone 'A'/);
    expect(report.violationCount).to.equal(2);
  });

  it('I8: an ask that states another time than OPENED did', () => {
    const { journal } = payments();
    journal.find('cardMoved')[0]!.asked!.openedTimeMs = 1;
    journal.find('recordMoved')[0]!.asked!.openedTimeMs = 1;
    expectViolation(audited(journal), 'I8', /OPENED and the card's event differ: time/);
  });

  it('FORMAT: bytes that are no event, an actor in the wrong partition, a unit that a turn does not name', () => {
    const { journal } = payments();
    journal.find('cardMoved')[0]!.asked!.id = null;
    expectViolation(audited(journal), 'FORMAT', /id: is missing/);
    const { journal: other } = payments();
    const turn = other.frameOf('cardMoved').turns[0]!;
    turn.units = ['visitor/T1'];
    expectViolation(audited(other), 'FORMAT', /does not name the unit card\/C1/);
    const misplaced = payments();
    const frame = misplaced.journal.frameOf('terminalRegistered');
    misplaced.journal.turn((misplaced.place('T1') + 1) % 4, ['terminal/T1'], frame.turns[0]!.events);
    expectViolation(audited(misplaced.journal), 'FORMAT', /partition of the actor/);
  });
});
