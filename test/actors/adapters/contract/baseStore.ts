import { expect } from 'chai';
import fc from 'fast-check';
import { BaseDamagedError } from '../../../../actors/runtime/errors.js';
import { StateDigest } from '../../../../actors/runtime/digest.js';
import type { Base, BaseHead, BaseStore, BaseUnit } from '../../../../actors/runtime/ports.js';
import { thrownBy } from '../../../support/thrownBy.js';

export interface BaseStoreWorld {
  /** What every process sees. */
  readonly store: BaseStore;
  /** A bit of the foot of this base is not what was written any more. */
  damageFoot(partition: number, position: number): Promise<void>;
  dispose(): Promise<void>;
}

export const headAt = (position: number): BaseHead => ({
  position,
  hash: Uint8Array.from({ length: 32 }, (_, at) => (at * position) % 256),
  time: 1_767_000_000_000 + position,
  generation: 3,
  genesis: new Uint8Array(32).fill(7),
});

export async function* inBatches(units: readonly BaseUnit[], size = 3): AsyncGenerator<readonly BaseUnit[]> {
  for (let from = 0; from < units.length; from += size) yield units.slice(from, from + size);
}

export const unitsOf = (count: number, sequence = 1): BaseUnit[] =>
  Array.from({ length: count }, (_, at) => ({
    key: `card/${String(at).padStart(6, '0')}`,
    sequence,
    state: Buffer.from(`state ${String(at)} `.repeat(at % 40)),
    unfinished: at % 7 === 0,
  }));

export async function allOf(base: Base): Promise<BaseUnit[]> {
  const units: BaseUnit[] = [];
  for await (const batch of base.all()) units.push(...batch);
  return units;
}

/** Of one that is there. */
export async function opened<T>(
  store: BaseStore,
  position: number,
  use: (base: Base) => Promise<T>,
  partition = 0,
): Promise<T> {
  const base = await store.open(partition, position);
  try {
    return await use(base);
  } finally {
    await base.close();
  }
}

const plain = (unit: BaseUnit | undefined) =>
  unit && { ...unit, state: unit.state && Buffer.from(unit.state).toString('hex') };

const someUnits = fc
  .uniqueArray(
    fc.record({
      key: fc.string({ minLength: 1, maxLength: 30, unit: 'binary' }),
      sequence: fc.integer({ min: 1, max: 1_000 }),
      state: fc.option(fc.uint8Array({ maxLength: 3_000 }), { nil: undefined }),
      unfinished: fc.boolean(),
    }),
    { selector: ({ key }) => key, maxLength: 60 },
  )
  .map((units) => units.sort((left, right) => (left.key < right.key ? -1 : 1)));

/** What every BaseStore guarantees. */
export function describeBaseStore(name: string, create: () => Promise<BaseStoreWorld>): void {
  describe(`${name} as a store of bases`, () => {
    let world: BaseStoreWorld;
    let store: BaseStore;
    beforeEach(async () => {
      world = await create();
      ({ store } = world);
    });
    afterEach(() => world.dispose());

    it('has none at first, and removes what is not there', async () => {
      expect(await store.list(0)).to.deep.equal([]);
      expect(await store.newest(0)).to.equal(undefined);
      expect(await thrownBy(() => store.open(0, 5))).to.be.instanceOf(BaseDamagedError);
      await store.remove(0, 5);
    });

    it('gives back whatever was written', async () => {
      let position = 1_000;
      await fc.assert(
        fc.asyncProperty(someUnits, fc.integer({ min: 1, max: 9 }), async (units, size) => {
          position += 1;
          await store.write(0, headAt(position), inBatches(units, size));
          await opened(store, position, async (base) => {
            expect(base.head).to.deep.equal(headAt(position));
            expect(base.units).to.equal(units.length);
            expect((await allOf(base)).map(plain)).to.deep.equal(units.map(plain));
            const index: unknown[] = [];
            await base.index((...entry) => index.push(entry));
            expect(index).to.deep.equal(
              units.map(({ key, sequence, unfinished }) => [key, sequence, unfinished]),
            );
            const digest = new StateDigest();
            for (const { key, sequence, state } of units)
              if (state !== undefined) digest.add(key, sequence, state);
            expect(base.digest).to.equal(digest.end());
          });
          await store.remove(0, position);
        }),
        { numRuns: 30 },
      );
    });

    it('finds units by their keys among many, in the order of the question', async () => {
      const units = unitsOf(3_000);
      await store.write(0, headAt(9), inBatches(units, 100));
      await opened(store, 9, async (base) => {
        const wanted = [2_999, 0, 17, 1_500, 17].map((at) => units[at]!);
        const keys = wanted.map(({ key }) => key);
        const found = await base.read(['card/', ...keys, 'card/0000005', 'z']);
        expect(found.map(plain)).to.deep.equal([undefined, ...wanted.map(plain), undefined, undefined]);
        expect((await base.read(units.map(({ key }) => key))).map(plain)).to.deep.equal(units.map(plain));
      });
    });

    it('lists the newest first, each partition by itself', async () => {
      for (const [partition, position] of [
        [1, 20],
        [1, 100],
        [1, 3],
        [11, 50],
      ] as const)
        await store.write(partition, headAt(position), inBatches(unitsOf(2)));
      expect(await store.list(1)).to.deep.equal([100, 20, 3]);
      expect(await store.newest(1)).to.deep.equal(headAt(100));
      expect(await store.newest(11)).to.deep.equal(headAt(50));
      await store.remove(1, 100);
      expect(await store.list(1)).to.deep.equal([20, 3]);
      expect(await store.newest(0)).to.equal(undefined);
    });

    it('passes over a damaged one', async () => {
      for (const position of [5, 6]) await store.write(0, headAt(position), inBatches(unitsOf(4)));
      await world.damageFoot(0, 6);
      expect(await thrownBy(() => store.open(0, 6))).to.be.instanceOf(BaseDamagedError);
      expect((await store.newest(0))?.position).to.equal(5);
      expect(await store.list(0)).to.deep.equal([6, 5]);
    });

    it('one whose units cannot be read to the end, or come out of order, is never there', async () => {
      await store.write(0, headAt(5), inBatches(unitsOf(4)));
      async function* interrupted(): AsyncGenerator<readonly BaseUnit[]> {
        yield* inBatches(unitsOf(2_000));
        throw new Error('the journal is away');
      }
      expect((await thrownBy(() => store.write(0, headAt(6), interrupted()))).message).to.equal(
        'the journal is away',
      );
      const [first, second] = unitsOf(2);
      for (const order of [
        [second!, first!],
        [first!, first!],
      ])
        await thrownBy(() => store.write(0, headAt(6), inBatches(order)));
      expect(await store.list(0)).to.deep.equal([5]);
    });

    it('does not take a state of a later frame than its own', async () => {
      expect(await thrownBy(() => store.write(0, headAt(5), inBatches(unitsOf(4, 6))))).to.be.instanceOf(
        BaseDamagedError,
      );
      expect(await store.list(0)).to.deep.equal([]);
    });

    it('can be written again at the same position', async () => {
      for (const count of [3, 8]) await store.write(0, headAt(5), inBatches(unitsOf(count)));
      expect(await opened(store, 5, async ({ units }) => units)).to.equal(8);
    });

    it('goes on being read after it was removed', async () => {
      await store.write(0, headAt(5), inBatches(unitsOf(500), 100));
      await opened(store, 5, async (base) => {
        await store.remove(0, 5);
        expect(await allOf(base)).to.have.length(500);
      });
    });
  });
}
