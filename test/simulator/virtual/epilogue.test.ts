/** What a world loses in the end is lost for everybody in it (D11). */
import { expect } from 'chai';
import { Operator } from '../../../simulator/virtual/operator.js';
import { Random } from '../../../simulator/random.js';
import { Epilogue } from '../../../simulator/virtual/epilogue.js';
import { Trace } from '../../../simulator/virtual/trace.js';
import { World } from '../../../simulator/virtual/world.js';

const SEEDS = 12;
const SERVED_MS = 20_000;
/** What workers have stored by then is enough to lose some of it. */
const RESTARTS = 6;

describe('the end of a world', function () {
  this.timeout(60_000);

  it('finds no archiver at work: of frames that it has read it would make a whole base, which counts', async () => {
    const found: (string | undefined)[] = [];
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      // given
      const world: World = new World({
        seed,
        trace: new Trace((line) => {
          if (/partition \d: (tail cut|frame lost|frame damaged)/.test(line)) {
            found.push(world.archiver?.process.state);
          }
        }),
        mutation: undefined,
      });
      await world.create();
      const served = (): boolean =>
        Array.from({ length: world.partitions }, (_, partition) => world.ownersOf(partition)).every(
          (owners) => owners === 1,
        );
      for (let restart = 0; restart <= RESTARTS; restart += 1) {
        expect(await world.scheduler.run(served, SERVED_MS)).to.equal(true);
        if (restart < RESTARTS) for (const worker of world.workers) worker?.process.end();
      }
      if (world.archiver === undefined) continue;
      // when
      const random = new Random(seed);
      const connect = () => world.connect(random);
      const operator = new Operator({ scheduler: world.scheduler, random, connect });
      const cards = Array.from({ length: 20 }, (_, index) => `card-${index}`);
      await new Epilogue(world, () => void operator.ask({ describeCards: { cards } }), seed).run();
      // then
      expect(world.violations).to.deep.equal([]);
    }
    expect(found).to.have.length.greaterThan(2);
    expect(new Set(found)).to.deep.equal(new Set(['ended']));
  });
});
