import { expect } from 'chai';
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
});
