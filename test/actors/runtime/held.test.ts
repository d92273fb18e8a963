import { expect } from 'chai';
import { HELD_MS, MAX_HELD } from '../../../actors/bounds.js';
import { ManualClock } from '../../../actors/adapters/memory/clock.js';
import { Held, type Hold } from '../../../actors/runtime/held.js';
import type { Origin } from '../../../actors/runtime/outbox.js';

describe('held commands', () => {
  let clock: ManualClock;
  let here: Set<string>;
  let done: string[];
  let held: Held<string>;
  beforeEach(() => {
    clock = new ManualClock(1_000);
    here = new Set();
    done = [];
    held = new Held({
      clock,
      decide: (command, origin) => done.push(`${command} decided for ${origin.correlation}`),
      reject: (origin, { rejection }) => done.push(`${origin.correlation} ${rejection}`),
    });
  });

  const origin = (correlation: number): Origin => ({ replyTo: 'g', correlation });
  const until = (thing: string): Hold => ({
    kind: 'hold',
    ready: () => here.has(thing),
    rejection: 'UNAVAILABLE',
    detail: 'not here yet',
  });

  it('are decided in their order once what they need is here, the others wait on', () => {
    held.add('a', origin(1), until('x'));
    held.add('b', origin(2), until('y'));
    held.add('c', origin(3), until('x'));
    held.look();
    expect(done).to.deep.equal([]);
    here.add('x');
    held.look();
    expect(done).to.deep.equal(['a decided for 1', 'c decided for 3']);
    expect(held.size).to.equal(1);
  });

  it('are rejected when they have waited too long, each after its own time', async () => {
    held.add('a', origin(1), until('x'));
    await clock.advance(HELD_MS - 1);
    held.add('b', origin(2), until('x'));
    expect(done).to.deep.equal([]);
    await clock.advance(1);
    expect(done).to.deep.equal(['1 UNAVAILABLE']);
    await clock.advance(HELD_MS);
    expect(done).to.deep.equal(['1 UNAVAILABLE', '2 UNAVAILABLE']);
    held.add('c', origin(3), until('x'));
    await clock.advance(HELD_MS);
    expect(done.at(-1)).to.equal('3 UNAVAILABLE');
  });

  it('are looked at once more before they are rejected', async () => {
    held.add('a', origin(1), until('x'));
    here.add('x');
    await clock.advance(HELD_MS);
    expect(done).to.deep.equal(['a decided for 1']);
  });

  it('may be held again by the decision', () => {
    const again = new Held<string>({
      clock,
      decide: (command, to) => again.add(command, to, until('y')),
      reject: () => undefined,
    });
    again.add('a', origin(1), until('x'));
    here.add('x');
    again.look();
    expect(again.size).to.equal(1);
  });

  it('are not more than a bound', () => {
    for (let number = 1; number <= MAX_HELD; number += 1) held.add('a', origin(number), until('x'));
    expect(done).to.deep.equal([]);
    held.add('a', origin(0), until('x'));
    expect(done).to.deep.equal(['0 UNAVAILABLE']);
  });

  it('are forgotten when it stops or is handed over, and what comes then is rejected', async () => {
    held.add('a', origin(1), until('x'));
    held.stop();
    here.add('x');
    held.look();
    await clock.advance(2 * HELD_MS);
    expect(done).to.deep.equal([]);
    held.add('b', origin(2), until('y'));
    expect(done).to.deep.equal(['2 UNAVAILABLE']);
  });
});
