import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryBaseDisk, MemoryBaseStore } from '../../../actors/adapters/memory/baseStore.js';
import { makeBase } from '../../../actors/runtime/baseMaker.js';
import { WrittenJournal } from '../runtime/writtenJournal.js';
import { troubledHistory } from './actions.js';
import { act, createScene, drain } from './scene.js';

describe('bases of partitions with money', () => {
  it('whatever happened, a base and the frames after it lead where the genesis frame leads (D5)', async () => {
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(troubledHistory, cuts, async (actions, parts) => {
        const scene = createScene();
        for (const each of actions) act(scene, each);
        drain(scene);
        for (const { journal: frames, registry } of scene.world.nodes) {
          const written = new WrittenJournal();
          for (const { turns } of frames) written.turns(...turns);
          const bases = new MemoryBaseStore(new MemoryBaseDisk());
          const journal = await written.open();
          const { clock, last } = written;
          const shared = { domain: registry, partition: 0, journal, clock, bases, log: () => undefined };
          for (const part of [...parts.sort(), 1]) {
            const { position } = await makeBase(shared, Math.max(1, Math.round(part * last)));
            const base = await bases.open(0, position);
            expect(base.digest).to.equal(written.digestAt(registry, position));
          }
        }
      }),
      { numRuns: 8 },
    );
  });
});
