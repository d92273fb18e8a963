/** Killed workers and a lost Redis: BEHAVIOUR.md's examples of what must survive them. */
import { expect } from 'chai';
import { until } from '../../support/until.js';
import type { Doom } from '../workerProcess.js';
import { heldBy, partsOf, useFixture } from './fixture.js';

describe('claims: faults', function () {
  this.timeout(60_000);
  const fixture = useFixture(['T1']);

  /** Every frame that a purchase rests on, before it is published and when it is durable but nobody knows. */
  const steps: readonly (readonly [string, (terminal: string, card: string) => Doom])[] = [
    [
      'before OPENED is published',
      (terminal) => ({ unit: `terminal/${terminal}`, event: 'transactionOpened', when: 'before' }),
    ],
    [
      'when OPENED is stored',
      (terminal) => ({ unit: `terminal/${terminal}`, event: 'transactionOpened', when: 'stored' }),
    ],
    ["before the card's frame is published", (_, card) => ({ unit: `card/${card}`, when: 'before' })],
    ["when the card's frame is stored", (_, card) => ({ unit: `card/${card}`, when: 'stored' })],
    [
      'before CLOSED is published',
      (terminal) => ({ unit: `terminal/${terminal}`, event: 'transactionClosed', when: 'before' }),
    ],
    [
      'when CLOSED is stored',
      (terminal) => ({ unit: `terminal/${terminal}`, event: 'transactionClosed', when: 'stored' }),
    ],
  ];

  /**
   * At each step one device repeats its payment until it is answered, and another, whose payment is on its way in the
   * same moment, gives up and reverses.
   */
  for (const [step, doomOf] of steps) {
    it(`A11 an owner killed ${step}: all of the payment or nothing, and always an answer`, async () => {
      const { current } = fixture;
      const [card, given] = [await current.issue(), await current.issue()];
      const [patient, hasty] = [await current.freshTerminal(), await current.freshTerminal()];
      const { deaths } = current.system;
      await current.system.killWorkerAt(doomOf(patient.id, card));
      const payment = { card, amount: 2_000, number: 1, timeMs: Date.now() };
      const abandoned = hasty.purchase({ ...payment, card: given });
      const paid = patient.purchase(payment);
      await until(() => current.system.deaths > deaths, { what: 'the worker is dead', everyMs: 1 });
      const undone = await hasty.reverse({ number: 1, card: given });

      const first = await paid;
      expect(first.outcome).to.equal('APPROVED');
      expect(partsOf(first)).to.deep.equal({ value: 1_200, loan: 800 });
      expect(await patient.purchase(payment)).to.deep.equal(first);
      expect(heldBy(await current.card(card))).to.deep.equal({ loan: 800 });
      expect(await current.log(card)).to.have.lengthOf(1);
      expect((await current.totals(patient.id)).purchases).to.deep.include({ count: 1, amount: 2_000n });

      expect(undone.outcome).to.equal('REVERSED');
      // An approval may have come before it gave up.
      expect((await abandoned).outcome).to.be.oneOf(['APPROVED', 'REVERSED']);
      expect(heldBy(await current.card(given))).to.deep.equal({ storedValue: 1_200 });
      expect(current.system.deaths).to.equal(deaths + 1);
    });
  }

  it('A14 the card keeps its last 20 movements, and a lost Redis costs nothing', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const T1 = current.terminal('T1');
    for (let time = 0; time < 21; time += 1) await T1.purchase({ card, amount: 10 });
    const [before] = await current.operator.describeCards([card]);
    expect(before?.card?.log).to.have.lengthOf(20);
    expect(before?.card?.log[0]?.storedValueAfter).to.equal(990);
    await current.system.loseRedis();
    await current.system.restartWorker();
    const [after] = await current.operator.describeCards([card]);
    expect(after).to.deep.equal(before);
  });

  it('B5 an owner killed after the frame is durable and before anyone is told: the recorded answer, every time', async () => {
    const { current } = fixture;
    const card = await current.issue();
    const terminal = await current.freshTerminal();
    const { deaths } = current.system;
    await current.system.killWorkerAt({ unit: `card/${card}`, when: 'stored' });
    const payment = { card, amount: 2_000, number: 1, timeMs: Date.now() };
    const first = await terminal.purchase(payment);
    expect(current.system.deaths).to.equal(deaths + 1);
    expect(first.outcome).to.equal('APPROVED');
    expect(partsOf(first)).to.deep.equal({ value: 1_200, loan: 800 });
    for (let repeat = 0; repeat < 10; repeat += 1)
      expect(await terminal.purchase(payment)).to.deep.equal(first);
    expect(heldBy(await current.card(card))).to.deep.equal({ loan: 800 });
    expect((await current.totals(terminal.id)).purchases.count).to.equal(1);
  });
});
