import { expect } from 'chai';
import fc from 'fast-check';
import { Scheduler } from '../../../simulator/virtual/scheduler.js';

/** Around the horizon behind which timers wait elsewhere, and far beyond it. */
const delay = fc.oneof(fc.nat(20), fc.nat(10_000), fc.integer({ min: 8_180, max: 8_200 }), fc.nat(60_000));

describe('the time of a world', () => {
  it('runs timers by their time, of equal times the first one first, each at its time', async () => {
    const timers = fc.array(fc.record({ ms: delay, again: fc.option(delay), cancelled: fc.boolean() }));
    await fc.assert(
      fc.asyncProperty(timers, fc.array(delay, { minLength: 1 }), async (wanted, pauses) => {
        const scheduler = new Scheduler(0);
        const ran: string[] = [];
        const expected: { readonly due: number; readonly order: number; readonly name: string }[] = [];
        let order = 0;
        const ask = (name: string, ms: number, then: number | null, cancelled: boolean): void => {
          const due = scheduler.elapsed() + ms;
          const cancel = scheduler.after(ms, () => {
            ran.push(`${name} at ${scheduler.elapsed()}`);
            if (then !== null) ask(`${name}'`, then, null, false);
          });
          if (cancelled) cancel();
          else expected.push({ due, order: (order += 1), name: `${name} at ${due}` });
        };
        for (const [at, { ms, again, cancelled }] of wanted.entries()) {
          ask(String(at), ms, again, cancelled);
          // Time passes between them, some of it with nothing to do.
          if (at % 3 === 2) await scheduler.run(() => false, pauses[at % pauses.length] ?? 0);
        }
        await scheduler.run(() => false, 200_000);
        expected.sort((one, other) => one.due - other.due || one.order - other.order);
        expect(ran).to.deep.equal(expected.map(({ name }) => name));
      }),
    );
  });

  it('stops at the end of its time, and goes on there', async () => {
    const scheduler = new Scheduler(1_000);
    const ran: number[] = [];
    for (const ms of [5, 10, 11]) scheduler.after(ms, () => void ran.push(scheduler.now()));
    expect(await scheduler.run(() => false, 10)).to.equal(false);
    scheduler.after(0, () => void ran.push(scheduler.now()));
    expect(ran).to.deep.equal([1_005, 1_010]);
    expect(await scheduler.run(() => ran.length === 4, 10)).to.equal(true);
    expect(ran).to.deep.equal([1_005, 1_010, 1_010, 1_011]);
  });
});
