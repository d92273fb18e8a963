import { expect } from 'chai';
import type {
  ListVersion,
  ProhibitionEntry,
  ProhibitionReason,
  ProhibitionStream,
  VersionedEntry,
} from '../../../../actors/prohibitions/ports.js';
import { thrownBy } from '../../../support/thrownBy.js';
import { until } from '../../../support/until.js';

export interface ProhibitionWorld {
  /** Another process's view of the same list. */
  connect(): Promise<ProhibitionStream>;
  /** The list is deleted and made anew: another incarnation. */
  recreate(): Promise<void>;
  /** The server cannot be reached until the returned function is called. */
  takeAway(): Promise<() => Promise<void>>;
  dispose(): Promise<void>;
}

class Follower {
  readonly entries: VersionedEntry[] = [];
  readonly versions: ListVersion[] = [];
  end: () => void = () => undefined;

  static async of(stream: ProhibitionStream): Promise<Follower> {
    const follower = new Follower();
    follower.end = await stream.follow(
      (entry) => follower.entries.push(entry),
      (version) => follower.versions.push(version),
    );
    return follower;
  }

  async reaches(version: ListVersion): Promise<void> {
    const same = (each: ListVersion) =>
      each.sequence >= version.sequence && each.incarnation === version.incarnation;
    await until(() => this.versions.some(same), { what: `version ${version.sequence} of the list` });
  }

  get summary(): string[] {
    return this.entries.map(({ card, reasons, position }) => `${card} ${reasons.join('+')} ${position}`);
  }
}

/** What every ProhibitionStream guarantees. */
export function describeProhibitions(name: string, create: () => Promise<ProhibitionWorld>): void {
  describe(`${name} as a prohibition list`, () => {
    let world: ProhibitionWorld;
    let stream: ProhibitionStream;
    let followers: Follower[];

    beforeEach(async () => {
      world = await create();
      stream = await world.connect();
      followers = [];
    });
    afterEach(async () => {
      for (const follower of followers) follower.end();
      await world.dispose();
    });

    const follow = async (): Promise<Follower> => {
      const follower = await Follower.of(await world.connect());
      followers.push(follower);
      return follower;
    };

    it('numbers publications in their order, within one incarnation', async () => {
      const first = await stream.publish(entry('c1', 1, 'OPERATOR'));
      const second = await stream.publish(entry('c2', 1, 'LIMIT'));
      expect(first.sequence).to.equal(1);
      expect(second).to.deep.equal({ incarnation: first.incarnation, sequence: 2 });
      expect(first.incarnation).to.be.greaterThan(0);
    });

    it('counts what stands already as published, under its version', async () => {
      const version = await stream.publish(entry('c1', 7, 'OPERATOR'));
      expect(await stream.publish(entry('c1', 7, 'OPERATOR'))).to.deep.equal(version);
      expect(await (await world.connect()).publish(entry('c1', 7, 'OPERATOR'))).to.deep.equal(version);
    });

    it('never lets an older decision replace a newer one', async () => {
      const version = await stream.publish(entry('c1', 7));
      expect(await stream.publish(entry('c1', 6, 'OPERATOR'))).to.deep.equal(version);
      const follower = await follow();
      await follower.reaches(version);
      expect(follower.summary).to.deep.equal(['c1  7']);
    });

    it('lets the newest of many that are published at once stand', async () => {
      const streams = [stream, await world.connect(), await world.connect()];
      const positions = [5, 1, 9, 3, 7, 2, 8];
      await Promise.all(
        positions.map((position, i) => streams[i % 3]!.publish(entry('c1', position, 'LIMIT'))),
      );
      const version = await stream.publish(entry('c1', 9, 'LIMIT'));
      const follower = await follow();
      await follower.reaches(version);
      expect(follower.summary).to.deep.equal(['c1 LIMIT 9']);
    });

    it('keeps cards apart whatever characters their ids have', async () => {
      const cards = ['a.b', 'a b', 'a', 'a.*', '>', '*', 'ä', 'a%2Eb', 'A', 'a-b_c', '日本'];
      for (const card of cards) await stream.publish(entry(card, 1, 'LOST'));
      const follower = await follow();
      await until(() => follower.entries.length === cards.length, { what: 'an entry for every card' });
      expect(follower.entries.map(({ card }) => card)).to.deep.equal(cards);
    });

    it('keeps the whole set of reasons, also the empty one', async () => {
      await stream.publish(entry('c1', 1, 'LIMIT', 'OPERATOR', 'LOST'));
      const version = await stream.publish(entry('c2', 2));
      const follower = await follow();
      await follower.reaches(version);
      expect(follower.summary).to.deep.equal(['c1 LIMIT+OPERATOR+LOST 1', 'c2  2']);
    });

    it('tells who follows an empty list that it is complete', async () => {
      const follower = await follow();
      await until(() => follower.versions.length > 0, { what: 'the end of an empty list' });
      expect(follower.versions[0]!.sequence).to.equal(0);
      expect(follower.versions[0]!.incarnation).to.be.greaterThan(0);
      expect(follower.entries).to.deep.equal([]);
    });

    it('gives the last entry of each card in the order of versions, then that it is complete', async () => {
      await stream.publish(entry('c1', 1, 'LIMIT'));
      await stream.publish(entry('c2', 1, 'LIMIT'));
      const version = await stream.publish(entry('c1', 2));
      const follower = await follow();
      await follower.reaches(version);
      expect(follower.summary).to.deep.equal(['c2 LIMIT 1', 'c1  2']);
      expect(follower.entries.map((each) => each.version.sequence)).to.deep.equal([2, 3]);
      expect(follower.versions.at(-1)).to.deep.equal(version);
    });

    it('gives what is published later, each followed by its completeness', async () => {
      const follower = await follow();
      for (let position = 1; position <= 3; position += 1) {
        await follower.reaches(await stream.publish(entry('c1', position, 'LIMIT')));
      }
      expect(follower.summary).to.deep.equal(['c1 LIMIT 1', 'c1 LIMIT 2', 'c1 LIMIT 3']);
      const sequences = follower.versions.map(({ sequence }) => sequence);
      expect(sequences).to.deep.equal([...sequences].sort((a, b) => a - b));
    });

    it('gives all of a list that is longer than one batch', async () => {
      const cards = Array.from({ length: 2_300 }, (_, i) => `card-${i}`);
      for (let i = 0; i < cards.length; i += 100) {
        await Promise.all(cards.slice(i, i + 100).map((card) => stream.publish(entry(card, 1, 'LIMIT'))));
      }
      const follower = await follow();
      await until(() => follower.versions.at(-1)?.sequence === cards.length, { what: 'the whole list' });
      expect(new Set(follower.entries.map(({ card }) => card)).size).to.equal(cards.length);
    });

    it('calls back nobody who has stopped following', async () => {
      const [gone, stays] = [await follow(), await follow()];
      await until(() => gone.versions.length > 0 && stays.versions.length > 0, { what: 'both to begin' });
      gone.end();
      await stays.reaches(await stream.publish(entry('c1', 1, 'LIMIT')));
      expect(gone.entries).to.deep.equal([]);
    });

    it('begins anew with a new incarnation when the list was made anew', async () => {
      const version = await stream.publish(entry('c1', 1, 'LIMIT'));
      const follower = await follow();
      await follower.reaches(version);
      await world.recreate();
      const again = await stream.publish(entry('c2', 1, 'LOST'));
      expect(again.incarnation).to.be.greaterThan(version.incarnation);
      expect(again.sequence).to.equal(1);
      await follower.reaches(again);
      expect(follower.summary).to.deep.equal(['c1 LIMIT 1', 'c2 LOST 1']);
    });

    it('fails to publish while nobody answers, and lets followers catch up after', async () => {
      const follower = await follow();
      const before = await stream.publish(entry('c1', 1, 'LIMIT'));
      await follower.reaches(before);
      const bringBack = await world.takeAway();
      await thrownBy(() => stream.publish(entry('c1', 2, 'LOST')));
      await bringBack();
      const version = await until(() => stream.publish(entry('c1', 2, 'LOST')), { what: 'a publication' });
      expect(version.incarnation).to.equal(before.incarnation);
      await follower.reaches(version);
      expect(follower.summary).to.deep.equal(['c1 LIMIT 1', 'c1 LOST 2']);
    });
  });
}

function entry(card: string, position: number, ...reasons: readonly ProhibitionReason[]): ProhibitionEntry {
  return { card, position, reasons };
}
