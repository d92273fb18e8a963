import { expect } from 'chai';
import { MemoryJournalStore } from '../../../actors/adapters/memory/journal.js';
import { readDeployment } from '../../../actors/runtime/deployment.js';
import { DeploymentMismatchError } from '../../../actors/runtime/errors.js';
import { World } from './world.js';

describe('deployment', () => {
  it('goes on with an interrupted creation, under the rules that it began with', async () => {
    const world = await World.create(4);
    world.journals.remove(2);
    world.journals.remove(3);
    await world.createAgain(4);
    const rules = [0, 1, 2, 3].map((partition) => {
      const { body } = world.frames(partition)[0]!;
      return body.kind === 'genesis' ? [body.partitions, [...body.rules]] : undefined;
    });
    expect(rules).to.deep.equal(Array.from({ length: 4 }, () => [4, []]));
  });

  it('refuses another number of partitions, whether more or fewer, and creates nothing', async () => {
    for (const partitions of [2, 8]) {
      const world = await World.create(4);
      const error: unknown = await world.createAgain(partitions).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(DeploymentMismatchError);
      expect(world.journals.partitions()).to.deep.equal([0, 1, 2, 3]);
    }
  });

  it('is read although a journal is gone: that stops its own partition only', async () => {
    const world = await World.create(3);
    world.journals.remove(0);
    const store = new MemoryJournalStore(world.journals, world.clock);
    const reading = readDeployment(store, 'test');
    await world.finished(reading, 'the deployment');
    expect(await reading).to.include({ deployment: 'test', partitions: 3, partition: 1 });
  });

  it('is read from any journal that answers', async () => {
    const world = await World.create(2);
    world.stream(0).setReachable(false);
    const reading = readDeployment(new MemoryJournalStore(world.journals, world.clock), 'test');
    await world.finished(reading, 'the deployment');
    expect(await reading).to.include({ deployment: 'test', partitions: 2, partition: 1 });
  });
});
