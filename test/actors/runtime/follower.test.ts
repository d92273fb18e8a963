import { expect } from 'chai';
import { decodeFrame, hashOf, sameBytes, type TurnRecord } from '../../../actors/runtime/frame.js';
import type { Tip } from '../../../actors/runtime/chain.js';
import type { Served } from '../../../actors/runtime/ports.js';
import { World } from './world.js';

interface Followed {
  readonly served: Served;
  readonly frames: { readonly tip: Tip; readonly turns: readonly TurnRecord[]; readonly bytes: number }[];
  stopped: boolean;
}

describe('follower of a partition', () => {
  let world: World;
  let followed: Followed[];

  beforeEach(async () => {
    world = await World.create(1);
    followed = [];
    world.follow = (served) => {
      const one: Followed = { served, frames: [], stopped: false };
      followed.push(one);
      return {
        stored: (tip, turns, bytes) => void one.frames.push({ tip, turns, bytes }),
        stop: () => {
          one.stopped = true;
        },
      };
    };
  });

  it('is told every frame of turns, in order, as it is in the journal', async () => {
    await world.serve('w1');
    for (let by = 1; by <= 5; by += 1) await world.ask({ type: 'add', counter: 'c', by });
    await world.value('c');
    const [one] = followed;
    const stored = world.stream().following(one!.served.tip.sequence + 1, 1_000);
    expect(one!.frames.map(({ tip }) => tip.sequence)).to.deep.equal(stored.map(({ sequence }) => sequence));
    expect(one!.frames.length).to.be.at.least(6);
    for (const [at, { tip, turns, bytes }] of one!.frames.entries()) {
      const frame = stored[at]!;
      const { body, time } = decodeFrame(frame.bytes);
      expect(sameBytes(tip.hash, hashOf(frame.bytes))).to.equal(true);
      expect([tip.time, bytes]).to.deep.equal([time, frame.bytes.length]);
      const plain = (all: readonly TurnRecord[]) => all.map(({ events }) => events.map((each) => [...each]));
      expect(body.kind === 'turns' && plain(body.turns)).to.deep.equal(plain(turns));
    }
  });

  it('begins at the epoch frame, also after others have written', async () => {
    const first = await world.serve('w1');
    await world.ask({ type: 'add', counter: 'c', by: 1 });
    await world.leave(first);
    const before = world.stream().last;
    await world.serve('w2');
    expect(followed).to.have.length(2);
    const { tip, epoch } = followed[1]!.served;
    expect([tip.sequence, epoch]).to.deep.equal([before + 1, before + 1]);
  });

  it('is stopped when the partition is handed over, and when it is fenced', async () => {
    const first = await world.serve('w1');
    expect(followed[0]!.stopped).to.equal(false);
    await world.leave(first);
    expect(followed[0]!.stopped).to.equal(true);
    const second = await world.serve('w2');
    second.link.cut();
    await world.serve('w3');
    second.link.restore();
    await world.clock.runUntil(() => followed[1]!.stopped, 'the replaced owner is stopped');
    expect(followed[2]!.stopped).to.equal(false);
  });

  it('knows a frame before anything that depends on it leaves', async () => {
    await world.serve('w1');
    const [correlation] = world.send({ type: 'add', counter: 'c', by: 1 });
    await world.clock.runUntil(() => {
      const known = followed[0]!.frames.length > 0;
      if (world.answer(correlation) !== undefined) expect(known).to.equal(true);
      return known && world.answer(correlation) !== undefined;
    }, 'the answer');
  });
});
