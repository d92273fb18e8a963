import { expect } from 'chai';
import fc from 'fast-check';
import { FAULT_KINDS, FAULTS, faultsWith, IDLE_AFTER_MS } from '../../../simulator/chaos/kinds.js';
import {
  LEAD_MS,
  leastWatchOf,
  planFaults,
  roomForEach,
  WATCH_MS,
  watchOf,
} from '../../../simulator/chaos/plan.js';

const anySeed = fc.integer({ min: 0, max: 4_294_967_295 });
const anyKinds = fc.uniqueArray(fc.constantFrom(...FAULT_KINDS), { minLength: 1 });

describe('plan of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    const plan = (seed: number) => planFaults({ seed, durationMs: 300_000, kinds: FAULT_KINDS });
    expect(plan(7)).to.deep.equal(plan(7));
    expect(plan(7)).to.not.deep.equal(plan(8));
  });

  it('has each kind once before any comes twice, and room for each in the time that it names', () => {
    fc.assert(
      fc.property(anySeed, anyKinds, fc.integer({ min: 1, max: 4 }), (seed, kinds, rounds) => {
        const durationMs = rounds * roomForEach(kinds);
        const plan = planFaults({ seed, durationMs, kinds });
        expect(plan.length).to.be.at.least(rounds * kinds.length);
        for (let from = 0; from + kinds.length <= plan.length; from += kinds.length) {
          const round = plan.slice(from, from + kinds.length).map(({ kind }) => kind);
          expect(round).to.have.members([...kinds]);
        }
      }),
    );
  });

  it('leaves time before the first, and after each until the next or the end', () => {
    fc.assert(
      fc.property(anySeed, anyKinds, fc.integer({ min: 0, max: 120_000 }), (seed, kinds, durationMs) => {
        let from = LEAD_MS;
        for (const { kind, atMs, lastsMs, choice } of planFaults({ seed, durationMs, kinds })) {
          expect(atMs).to.be.at.least(from);
          expect(lastsMs).to.be.within(...FAULTS[kind].lasts);
          expect(choice).to.be.at.least(0).and.below(1);
          from = atMs + lastsMs + WATCH_MS;
          expect(from).to.be.at.most(durationMs);
        }
      }),
    );
  });

  it('hits Redis only after what nobody uses has left memory: after its making, and after all was rebuilt', () => {
    const kinds = ['redis-kill', 'redis-flush-worker-kill'] as const;
    fc.assert(
      fc.property(anySeed, (seed) => {
        let from = 0;
        for (const { kind, atMs, lastsMs } of planFaults({ seed, durationMs: 300_000, kinds })) {
          if (kind === 'redis-kill') expect(atMs - from).to.be.at.least(IDLE_AFTER_MS);
          else from = atMs + lastsMs;
        }
      }),
    );
  });

  it('watches each kind for longer than its target', () => {
    for (const kind of FAULT_KINDS) {
      expect(watchOf(kind)).to.be.at.least(WATCH_MS);
      const { withinMs = 0, idleWithinMs = 0 } = FAULTS[kind];
      expect(leastWatchOf(kind)).to.be.at.least(Math.max(withinMs, idleWithinMs));
    }
  });

  it('offers each kind to one nats-server, to a cluster, or to both', () => {
    expect([...new Set([...faultsWith(1), ...faultsWith(3)])]).to.have.members([...FAULT_KINDS]);
    expect(faultsWith(1))
      .to.include.members(['worker-kill', 'nats-kill'])
      .and.not.include('nats-leader-kill');
    expect(faultsWith(3))
      .to.include.members(['worker-kill', 'nats-leader-kill'])
      .and.not.include('nats-kill');
  });
});
