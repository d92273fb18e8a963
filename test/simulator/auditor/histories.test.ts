import { expect } from 'chai';
import fc from 'fast-check';
import { v1 } from '../../../proto/generated/emoney.js';
import { auditSystem } from '../../../simulator/auditor/index.js';
import { audited } from './audited.js';
import type { Event, JournalBuilder } from './journalBuilder.js';
import { MiniSystem, type Paid } from './miniSystem.js';
import { RunningSystem } from './runningSystem.js';

const CARDS = ['C1', 'C2', 'C3'];

/** One thing that happens: what, which card, how much, and which earlier payment where one is meant. */
type Step = readonly [kind: number, card: number, amount: number, which: number];

const steps = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 11 }), fc.nat(3), fc.integer({ min: 1, max: 6_000 }), fc.nat(20)),
  { minLength: 1, maxLength: 40 },
);

function play(history: readonly Step[]): MiniSystem {
  const system = new MiniSystem(3);
  system.register('T1');
  system.register('T2', 'PURCHASE', false);
  system.register('D1', 'DEPOSIT');
  system.issue('C1');
  system.issue('C2', {
    storedValue: 300,
    loan: 1_500,
    interest: 22,
    fareOwed: 5,
    limit: 5_000,
    storedValueCap: 9_000,
  });
  system.issue('C3', { creditFlag: false });
  const paid: Paid[] = [];
  for (const step of history) one(system, paid, step);
  return system;
}

function one(system: MiniSystem, paid: Paid[], [kind, index, amount, which]: Step): void {
  const card = CARDS[index] ?? 'nobody';
  if (kind <= 3) paid.push(system.purchase('T1', card, amount));
  else if (kind === 4) paid.push(system.purchase('T2', card, amount));
  else if (kind <= 6) paid.push(system.deposit('D1', card, amount));
  else if (kind === 7) paid.push(system.pay('T1', card, v1.Kind.KIND_ENQUIRY, 0));
  else if (kind === 8) {
    const [earlier] = paid.splice(which, 1);
    if (earlier !== undefined && earlier.id.terminal !== 'T3') system.reverse(earlier);
  } else if (card === 'nobody') {
    const { OUTCOME_NOT_PERMITTED: outcome } = v1.Outcome;
    system.refuse('T1', card, amount, outcome, v1.Kind.KIND_DEPOSIT);
  } else if (kind === 9) system.changeLimit(card, amount);
  else if (kind === 10) system.prohibit(card, which % 2 === 0);
  else system.reverse(system.decide(system.open('T1', card, v1.Kind.KIND_PURCHASE, amount)));
}

/** Every amount that an event states: a way to change it by one. */
function moneyFields(journal: JournalBuilder): (() => void)[] {
  const found: (() => void)[] = [];
  for (const { turns } of journal.frames) {
    for (const { events } of turns) {
      // A terminal's own refusal is stated once: only the terminal itself could contradict it.
      for (const event of events) if (event.transactionRefused == null) collect(found, event);
    }
  }
  return found;
}

const MONEY =
  /^(value|account|loan|interest|fare|restoredLoan|excess|accountAsLoan|storedValue|fareOwed|limit|previousLimit|amount)$/;

function collect(found: (() => void)[], event: Event | object): void {
  for (const [name, value] of Object.entries(event) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null && name !== 'id') collect(found, value);
    else if (typeof value === 'number' && MONEY.test(name)) {
      found.push(() => {
        Object.assign(event, { [name]: value + 1 });
      });
    }
  }
}

describe('auditor: any history', () => {
  it('passes when it is consistent', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const report = audited(play(history).journal);
        expect(report.violations).to.deep.equal([]);
      }),
      { numRuns: 150 },
    );
  });

  it('passes when its actors and snapshots run', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const report = await auditSystem(new RunningSystem(play(history)), { drained: true });
        expect(report.violations).to.deep.equal([]);
      }),
      { numRuns: 40 },
    );
  });

  it('fails when any single amount in it is one more than it was', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (history, choice) => {
        const { journal } = play(history);
        const fields = moneyFields(journal);
        fields[choice % fields.length]!();
        expect(audited(journal).verdict).to.equal('fail');
      }),
      { numRuns: 300 },
    );
  });
});
