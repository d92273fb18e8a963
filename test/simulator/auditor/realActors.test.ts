import { expect } from 'chai';
import fc from 'fast-check';
import type { v1 } from '../../../proto/generated/emoney.js';
import { auditSystem } from '../../../simulator/auditor/index.js';
import { Auditor } from '../../../simulator/auditor/auditor.js';
import { ActorsWorld } from './actorsWorld.js';
import { amountsIn, withOneMore } from './changedJournal.js';
import { Drivers, STEPS, type Step } from './drivers.js';

// Without fast-check's bias to small numbers: these are mostly choices, and all of them are wanted.
const steps = fc.noBias(
  fc.array(
    fc.tuple(fc.nat(STEPS - 1), fc.nat(5), fc.nat(5), fc.integer({ min: -2, max: 4_000 }), fc.nat(30)),
    { minLength: 50, maxLength: 250, size: 'max' },
  ),
);

/** 73 % a year: what a yen or two owes for a day. */
const PARAMETERS = {
  effectiveFrom: 20240101,
  ratePpm: 730_000,
  frequency: 1,
  fares: [
    { fromZone: 'A', toZone: 'B', amount: 320 },
    { fromZone: 'B', toZone: 'B', amount: 0 },
  ],
};

function play(history: readonly Step[], rules: v1.DeploymentRules.$Properties): ActorsWorld {
  const world = new ActorsWorld(3, { parameters: PARAMETERS, ...rules });
  const drivers = new Drivers(world);
  for (const step of history) drivers.step(step);
  // Open frames are not stored yet, and asks are under way.
  world.flush();
  return world;
}

async function judge(history: readonly Step[], rules: v1.DeploymentRules.$Properties): Promise<void> {
  const world = play(history, rules);
  const running = await auditSystem(world, { acknowledged: world.told });
  expect(running.violations, JSON.stringify(running.violations)).to.deep.equal([]);
  world.drain();
  const drained = await auditSystem(world, { drained: true, acknowledged: world.told });
  expect(drained.violations, JSON.stringify(drained.violations)).to.deep.equal([]);
  expect(drained.compared).to.deep.include({ moved: 0 });
  expect(drained.compared.snapshots).to.deep.include({ behind: 0, missing: 0 });
}

describe('auditor and the real actors', () => {
  it('agree on any history, while it runs and after it was drained', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => judge(history, {})),
      { numRuns: 25 },
    );
  });

  it('agree under a business clock', async () => {
    const rules = { businessClockStartMs: Date.UTC(2024, 1, 28), businessClockRate: 60_000 };
    await fc.assert(
      fc.asyncProperty(steps, async (history) => judge(history, rules)),
      { numRuns: 10 },
    );
  });

  it('are told apart when any single amount that they wrote is one more than it was', () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(), (history, choice, which) => {
        const world = play(history, {});
        world.drain();
        const fields = amountsIn(world.journal);
        // Kinds of amounts are alike, whether there are many of them or few.
        const paths = [...new Set(fields.map(({ path }) => path))];
        const path = paths[choice % paths.length]!;
        const some = fields.filter((field) => field.path === path);
        const field = some[which % some.length]!;
        const auditor = new Auditor();
        withOneMore(world.journal, field).forEach((frames, partition) => {
          frames.forEach((bytes, index) => {
            auditor.frame(partition, index + 1, bytes);
          });
        });
        expect(auditor.finish({ drained: true }).verdict, JSON.stringify(field)).to.equal('fail');
      }),
      { numRuns: 40 },
    );
  });
});
