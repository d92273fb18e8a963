import { expect } from 'chai';
import { StoreUnavailableError } from '../../../../actors/runtime/errors.js';
import type { Snapshot, SnapshotStore, Versioned } from '../../../../actors/runtime/ports.js';
import { thrownBy } from '../../../support/thrownBy.js';
import { until } from '../../../support/until.js';

export interface SnapshotWorld {
  /** Another process's view of a partition's snapshots. */
  connect(partition: number): Promise<SnapshotStore>;
  /** The server cannot be reached until the returned function is called. */
  takeAway(): Promise<() => Promise<void>>;
  /** All keys are gone, as after FLUSHALL. */
  empty(): Promise<void>;
  /** Every key holds this instead, as after a fault of memory. The numbers may be such as nobody writes. */
  damage(header: { readonly generation: number; readonly sequence: number }): Promise<void>;
  dispose(): Promise<void>;
}

/** What every SnapshotStore guarantees. */
export function describeSnapshotStore(name: string, create: () => Promise<SnapshotWorld>): void {
  describe(`${name} as a snapshot store`, () => {
    let world: SnapshotWorld;
    let store: SnapshotStore;

    beforeEach(async () => {
      world = await create();
      store = await world.connect(0);
    });
    afterEach(() => world.dispose());

    const read = async (unit: string): Promise<string | undefined> => {
      const [found] = await store.readUnits([unit]);
      return found && `${found.unit} ${found.generation}/${found.sequence} ${text(found.state)}`;
    };

    it('knows nothing at first', async () => {
      expect(await store.readUnits(['card/1', 'card/2'])).to.deep.equal([undefined, undefined]);
      expect(await store.readPages([{ page: 1, slot: 0 }])).to.deep.equal([undefined]);
      expect(await store.readCheckpoint()).to.equal(undefined);
    });

    it('takes and gives nothing for empty lists', async () => {
      await store.writeUnits([]);
      expect(await store.readUnits([])).to.deep.equal([]);
      expect(await store.readPages([])).to.deep.equal([]);
    });

    it('gives back units in the order of the question, byte for byte', async () => {
      const every = Uint8Array.from({ length: 256 }, (_, i) => i);
      await store.writeUnits([unit('a', 1, 5, 'first'), { ...unit('b', 1, 6, ''), state: every }]);
      const [b, missing, a] = await store.readUnits(['b', 'c', 'a']);
      expect(Array.from(b!.state)).to.deep.equal(Array.from(every));
      expect(missing).to.equal(undefined);
      expect(text(a!.state)).to.equal('first');
    });

    it('keeps ids with any characters apart', async () => {
      const ids = ['card/1', 'card/1:2', 'card/*', 'card/ä ö', 'checkpoint', 'page:1:0'];
      await store.writeUnits(ids.map((id, i) => unit(id, 1, i + 1, id)));
      const found = await store.readUnits(ids);
      expect(found.map((each) => text(each!.state))).to.deep.equal(ids);
      expect(await store.readCheckpoint()).to.equal(undefined);
    });

    it('replaces a snapshot by a newer one', async () => {
      await store.writeUnits([unit('a', 1, 5, 'old')]);
      await store.writeUnits([unit('a', 1, 6, 'new')]);
      expect(await read('a')).to.equal('a 1/6 new');
    });

    it('never replaces a snapshot by an older one', async () => {
      await store.writeUnits([unit('a', 2, 256, 'standing')]);
      await store.writeUnits([unit('a', 2, 255, 'older'), unit('a', 1, 9_000, 'of an older generation')]);
      expect(await read('a')).to.equal('a 2/256 standing');
    });

    it('replaces an equal one: a page that is written again holds more', async () => {
      await store.writeUnits([unit('a', 1, 5, 'first')]);
      await store.writeUnits([unit('a', 1, 5, 'second')]);
      expect(await read('a')).to.equal('a 1/5 second');
    });

    it('counts a newer generation above every sequence', async () => {
      await store.writeUnits([unit('a', 1, 2 ** 40, 'far')]);
      await store.writeUnits([unit('a', 2, 1, 'again')]);
      expect(await read('a')).to.equal('a 2/1 again');
    });

    it('compares sequences as numbers, up to the largest exact one', async () => {
      const rising = [9, 10, 127, 128, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];
      for (const sequence of rising) {
        await store.writeUnits([unit('a', 1, sequence, 'x')]);
        await store.writeUnits([unit('a', 1, sequence - 1, 'older')]);
        expect(await read('a')).to.equal(`a 1/${sequence} x`);
      }
    });

    it('decides for each unit of one write by itself', async () => {
      await store.writeUnits([unit('a', 1, 5, 'a5'), unit('b', 1, 5, 'b5')]);
      await store.writeUnits([unit('a', 1, 4, 'a4'), unit('b', 1, 6, 'b6'), unit('c', 1, 1, 'c1')]);
      expect(await Promise.all(['a', 'b', 'c'].map(read))).to.deep.equal([
        'a 1/5 a5',
        'b 1/6 b6',
        'c 1/1 c1',
      ]);
    });

    it('keeps pages and their two slots apart, and replaces them only by newer ones', async () => {
      await store.writePage(3, 0, page(1, 10, 'slot 0'));
      await store.writePage(3, 1, page(1, 11, 'slot 1'));
      await store.writePage(3, 0, page(1, 9, 'older'));
      const places = [0, 1].map((slot) => ({ page: 3, slot }));
      const found = await store.readPages([...places, { page: 4, slot: 0 }]);
      expect(found.map((each) => each && text(each.bytes))).to.deep.equal(['slot 0', 'slot 1', undefined]);
    });

    it('only raises the highest sequence, and a later generation is above every earlier one', async () => {
      expect(await store.readHighest()).to.equal(undefined);
      const bytes = Uint8Array.of(1);
      await store.raiseHighest({ generation: 1, sequence: 10, bytes });
      await store.raiseHighest({ generation: 1, sequence: 9, bytes: Uint8Array.of(2) });
      expect(await store.readHighest()).to.deep.include({ generation: 1, sequence: 10 });
      expect([...((await store.readHighest())?.bytes ?? [])]).to.deep.equal([1]);
      await store.raiseHighest({ generation: 2, sequence: 1, bytes });
      expect(await store.readHighest()).to.deep.include({ generation: 2, sequence: 1 });
    });

    it('says whether a checkpoint stands: not when a newer one is there', async () => {
      expect(await store.writeCheckpoint(page(1, 10, 'ten'))).to.equal(true);
      expect(await store.writeCheckpoint(page(1, 10, 'ten'))).to.equal(true);
      expect(await store.writeCheckpoint(page(1, 9, 'nine'))).to.equal(false);
      expect(await store.writeCheckpoint(page(2, 1, 'next generation'))).to.equal(true);
      expect(await store.writeCheckpoint(page(1, 99, 'of before'))).to.equal(false);
      const found = await store.readCheckpoint();
      expect([found!.generation, found!.sequence, text(found!.bytes)]).to.deep.equal([
        2,
        1,
        'next generation',
      ]);
    });

    it('keeps partitions apart and shows another process the same', async () => {
      await store.writeUnits([unit('a', 1, 5, 'here')]);
      const other = await world.connect(1);
      expect(await other.readUnits(['a'])).to.deep.equal([undefined]);
      const same = await world.connect(0);
      expect((await same.readUnits(['a']))[0]?.sequence).to.equal(5);
    });

    it('lets the greatest of many concurrent writes stand', async () => {
      const sequences = Array.from({ length: 50 }, (_, i) => ((i * 37) % 50) + 1);
      await Promise.all(
        sequences.map((sequence) => store.writeUnits([unit('a', 1, sequence, String(sequence))])),
      );
      expect(await read('a')).to.equal('a 1/50 50');
    });

    it('takes an older snapshot again when everything was lost', async () => {
      await store.writeUnits([unit('a', 3, 50, 'lost')]);
      await world.empty();
      expect(await read('a')).to.equal(undefined);
      await store.writeUnits([unit('a', 1, 2, 'rebuilt')]);
      expect(await read('a')).to.equal('a 1/2 rebuilt');
    });

    const impossible = [
      { generation: 2 ** 53, sequence: 1 },
      { generation: 1, sequence: 2 ** 53 },
      { generation: 2 ** 63, sequence: 2 ** 63 },
    ];
    for (const header of impossible) {
      const { generation, sequence } = header;
      it(`takes ${generation}/${sequence} for absent, and replaces it`, async () => {
        await store.writeUnits([unit('a', 1, 5, 'x')]);
        await store.writePage(3, 0, page(1, 5, 'x'));
        await store.raiseHighest(page(1, 5, 'x'));
        await store.writeCheckpoint(page(1, 5, 'x'));
        await world.damage(header);
        const readAll = async () => [
          await read('a'),
          (await store.readPages([{ page: 3, slot: 0 }]))[0]?.sequence,
          (await store.readHighest())?.sequence,
          (await store.readCheckpoint())?.sequence,
        ];
        expect(await readAll()).to.deep.equal([undefined, undefined, undefined, undefined]);
        await store.writeUnits([unit('a', 1, 2, 'again')]);
        await store.writePage(3, 0, page(1, 3, 'again'));
        await store.raiseHighest(page(1, 4, 'again'));
        expect(await store.writeCheckpoint(page(1, 4, 'again'))).to.equal(true);
        expect(await readAll()).to.deep.equal(['a 1/2 again', 3, 4, 4]);
      });
    }

    it('does not take the largest exact numbers for absent', async () => {
      await store.writeUnits([unit('a', 1, 5, 'x')]);
      await world.damage({ generation: Number.MAX_SAFE_INTEGER, sequence: Number.MAX_SAFE_INTEGER });
      await store.writeUnits([unit('a', 1, 6, 'older')]);
      expect((await store.readUnits(['a']))[0]).to.include({
        generation: Number.MAX_SAFE_INTEGER,
        sequence: Number.MAX_SAFE_INTEGER,
      });
    });

    it('throws StoreUnavailableError while it is away, and works again after', async () => {
      const bringBack = await world.takeAway();
      for (const action of [() => read('a'), () => store.writeUnits([unit('a', 1, 1, 'x')])]) {
        expect(await thrownBy(action)).to.be.instanceOf(StoreUnavailableError);
      }
      await bringBack();
      const again = () =>
        store.writeUnits([unit('a', 1, 2, 'back')]).then(
          () => true,
          () => false,
        );
      await until(again, { what: 'a write after the return' });
      expect(await read('a')).to.equal('a 1/2 back');
    });
  });
}

export function unit(name: string, generation: number, sequence: number, content: string): Snapshot {
  return { unit: name, generation, sequence, state: new TextEncoder().encode(content) };
}

function page(generation: number, sequence: number, content: string): Versioned {
  return { generation, sequence, bytes: new TextEncoder().encode(content) };
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
