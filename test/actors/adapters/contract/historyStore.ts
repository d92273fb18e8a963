import { expect } from 'chai';
import fc from 'fast-check';
import type { HistoryStore, KeyRange } from '../../../../actors/history/ports.js';
import { thrownBy } from '../../../support/thrownBy.js';

export interface HistoryStoreWorld {
  /** Opens what the store before left behind. */
  open(): Promise<HistoryStore>;
  /** What is there after a crash of the machine that took the end of the newest batch with it, and maybe more. */
  crash(): Promise<void>;
  dispose(): Promise<void>;
}

const FIRST = bytes('');
/** After every key that is used here. */
const END = new Uint8Array(4).fill(0xff);

/** What every HistoryStore guarantees. */
export function describeHistoryStore(name: string, create: () => Promise<HistoryStoreWorld>): void {
  describe(`${name} as a store of the history`, () => {
    let world: HistoryStoreWorld;
    let store: HistoryStore;

    beforeEach(async () => {
      world = await create();
      store = await world.open();
    });
    afterEach(async () => {
      await store.close();
      await world.dispose();
    });

    const put = async (...pairs: readonly (readonly [string, string])[]): Promise<void> => {
      const batch = store.begin();
      for (const [key, value] of pairs) batch.put(bytes(key), bytes(value));
      await batch.write();
    };
    const scan = async (range: Partial<KeyRange> = {}): Promise<string[]> => {
      const rows = await store.scan({ from: FIRST, to: END, reverse: false, limit: 1_000, ...range });
      return rows.map(([key, value]) => `${text(key)}=${text(value)}`);
    };
    const reopen = async (): Promise<void> => {
      await store.close();
      store = await world.open();
    };

    it('knows nothing at first', async () => {
      expect(await store.get([bytes('a')])).to.deep.equal([undefined]);
      expect(await store.get([])).to.deep.equal([]);
      expect(await scan()).to.deep.equal([]);
    });

    it('gives back values in the order of the question, byte for byte, empty ones too', async () => {
      const every = Uint8Array.from({ length: 256 }, (_, i) => i);
      const batch = store.begin();
      batch.put(every, every);
      batch.put(bytes('empty'), new Uint8Array(0));
      await batch.write();
      const [empty, missing, all] = await store.get([bytes('empty'), bytes('none'), every]);
      expect(empty).to.have.length(0);
      expect(missing).to.equal(undefined);
      expect([...all!]).to.deep.equal([...every]);
    });

    it('holds long values among short ones', async () => {
      const long = ['a', 'b'].map((letter) => letter.repeat(200_000)) as [string, string];
      await put(['short', '1'], [long[0], '2'], ['x', long[1]], ['y', '3']);
      expect(await scan()).to.deep.equal([`${long[0]}=2`, 'short=1', `x=${long[1]}`, 'y=3']);
    });

    it('sorts keys by their bytes, not by what they mean', async () => {
      await put(['b', '1'], ['a\u0000', '2'], ['ä', '3'], ['a', '4'], ['Z', '5'], ['ab', '6']);
      expect(await scan()).to.deep.equal(['Z=5', 'a=4', 'a\u0000=2', 'ab=6', 'b=1', 'ä=3']);
    });

    it('reads a range from its first key to before its end, forwards and backwards, as many as wanted', async () => {
      await put(['a', '1'], ['b', '2'], ['c', '3'], ['d', '4']);
      const range = { from: bytes('b'), to: bytes('d') };
      expect(await scan(range)).to.deep.equal(['b=2', 'c=3']);
      expect(await scan({ ...range, reverse: true })).to.deep.equal(['c=3', 'b=2']);
      expect(await scan({ ...range, reverse: true, limit: 1 })).to.deep.equal(['c=3']);
      expect(await scan({ ...range, limit: 1 })).to.deep.equal(['b=2']);
      expect(await scan({ from: bytes('b'), to: bytes('b') })).to.deep.equal([]);
    });

    it('replaces and deletes, the last word of a batch counts', async () => {
      await put(['a', '1'], ['b', '1']);
      const batch = store.begin();
      batch.put(bytes('a'), bytes('2'));
      batch.delete(bytes('b'));
      batch.put(bytes('c'), bytes('1'));
      batch.delete(bytes('c'));
      batch.delete(bytes('never there'));
      await batch.write();
      expect(await scan()).to.deep.equal(['a=2']);
    });

    it('stores nothing of a batch before it is written, or when it is discarded', async () => {
      const discarded = store.begin();
      discarded.put(bytes('a'), bytes('1'));
      expect(await scan()).to.deep.equal([]);
      discarded.discard();
      expect(await scan()).to.deep.equal([]);
    });

    it('copies what it is given', async () => {
      // A Buffer's own slice is no copy.
      const key = Buffer.from('key');
      const value = Buffer.from('value');
      const batch = store.begin();
      batch.put(key, value);
      key.fill(0);
      value.fill(0);
      await batch.write();
      expect(await scan()).to.deep.equal(['key=value']);
    });

    it('clears a range and nothing else', async () => {
      await put(['a', '1'], ['b', '2'], ['c', '3']);
      await store.clear(bytes('b'), bytes('c'));
      await store.clear(bytes('x'), bytes('y'));
      expect(await scan()).to.deep.equal(['a=1', 'c=3']);
    });

    it('still has everything when it is opened again', async () => {
      await put(['a', '1'], ['b', '2']);
      await store.clear(bytes('b'), bytes('c'));
      await reopen();
      expect(await scan()).to.deep.equal(['a=1']);
    });

    it('has, after a crash, the older batches whole, and of the newest nothing', async () => {
      for (let i = 0; i < 20; i += 1) {
        await put(
          [`a${String(i).padStart(2, '0')}`, 'x'.repeat(100)],
          [`b${String(i).padStart(2, '0')}`, 'y'],
        );
      }
      await store.close();
      await world.crash();
      store = await world.open();
      const rows = await scan();
      const [as, bs] = ['a', 'b'].map((letter) => rows.filter((row) => row.startsWith(letter)));
      expect(bs!.map((row) => row.slice(1, 3))).to.deep.equal(as!.map((row) => row.slice(1, 3)));
      expect(as!.map((row) => Number(row.slice(1, 3)))).to.deep.equal(as!.map((_, at) => at));
      expect(as!.length).to.be.below(20).and.above(0);
    });

    it('refuses to work once it is closed', async () => {
      const other = await thrownBy(async () => {
        await store.close();
        await store.get([bytes('a')]);
      });
      expect(other).to.be.instanceOf(Error);
      store = await world.open();
    });

    it('holds what a sorted list would, after any batches', async () => {
      const change = fc.record({
        key: fc.uint8Array({ minLength: 1, maxLength: 3 }),
        value: fc.option(fc.uint8Array({ maxLength: 4 })),
      });
      const batches = fc.array(fc.array(change, { maxLength: 8 }), { maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(batches, fc.boolean(), async (all, reverse) => {
          await store.clear(FIRST, END);
          const model = new Map<string, string>();
          for (const changes of all) {
            const batch = store.begin();
            for (const { key, value } of changes) {
              if (value === null) batch.delete(key);
              else batch.put(key, value);
              if (value === null) model.delete(hex(key));
              else model.set(hex(key), hex(value));
            }
            await batch.write();
          }
          const rows = await store.scan({ from: FIRST, to: END, reverse, limit: 1_000 });
          const expected = [...model].sort(([one], [other]) => (one < other ? -1 : 1));
          if (reverse) expected.reverse();
          expect(rows.map(([key, value]) => [hex(key), hex(value)])).to.deep.equal(expected);
        }),
        { numRuns: 40 },
      );
    });
  });
}

function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

function text(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}

function hex(content: Uint8Array): string {
  return Buffer.from(content).toString('hex');
}
