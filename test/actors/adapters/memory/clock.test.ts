import { expect } from 'chai';
import { ManualClock } from '../../../../actors/adapters/memory/clock.js';
import { thrownBy } from '../../../support/thrownBy.js';

describe('the manual clock', () => {
  it('runs callbacks by time, and those of one time in the order of their scheduling', async () => {
    const clock = new ManualClock(1_000);
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name} ${clock.now()}`);
    clock.after(20, note('late'));
    clock.after(10, note('first'));
    clock.after(10, note('second'));
    clock.soon(note('soon'));
    await clock.advance(20);
    expect(seen).to.deep.equal(['soon 1000', 'first 1010', 'second 1010', 'late 1020']);
  });

  it('stops where it was told to, and keeps what is due later', async () => {
    const clock = new ManualClock(0);
    let rung = false;
    clock.after(10, () => (rung = true));
    await clock.advance(9);
    expect([rung, clock.now()]).to.deep.equal([false, 9]);
    await clock.advance(1);
    expect(rung).to.equal(true);
  });

  it('finishes everything that promises have ready between two callbacks', async () => {
    const clock = new ManualClock(0);
    const seen: string[] = [];
    clock.soon(() => {
      void (async () => {
        for (let i = 0; i < 5; i += 1) await Promise.resolve();
        seen.push('promise');
      })();
    });
    clock.soon(() => seen.push('next'));
    await clock.settle();
    expect(seen).to.deep.equal(['promise', 'next']);
  });

  it('forgets what was cancelled', async () => {
    const clock = new ManualClock(0);
    const cancel = clock.after(5, () => expect.fail('it was cancelled'));
    cancel();
    cancel();
    expect(await clock.runUntilIdle()).to.equal(0);
  });

  it('runs until nothing is left, including what callbacks schedule', async () => {
    const clock = new ManualClock(0);
    let left = 5;
    const again = () => {
      left -= 1;
      if (left > 0) clock.after(100, again);
    };
    clock.after(100, again);
    expect(await clock.runUntilIdle()).to.equal(500);
  });

  it('names what never came', async () => {
    const clock = new ManualClock(0);
    const error = await thrownBy(() => clock.runUntil(() => false, 'the answer'));
    expect(error.message).to.contain('the answer');
  });

  it('gives another machine the same timers and another time', async () => {
    const clock = new ManualClock(1_000);
    const ahead = clock.shifted(250);
    let at = 0;
    ahead.after(10, () => (at = ahead.now()));
    await clock.advance(10);
    expect([at, clock.now()]).to.deep.equal([1_260, 1_010]);
  });

  it('can be set without disturbing timers', async () => {
    const clock = new ManualClock(1_000);
    let at = 0;
    clock.after(10, () => (at = clock.now()));
    clock.set(-500);
    await clock.advance(10);
    expect(at).to.equal(510);
  });
});
