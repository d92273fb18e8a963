import { expect } from 'chai';
import { chunkOf } from '../../../actors/center/borrowers.js';
import type { Event } from '../../../actors/registry/event.js';
import { encodeTerms } from '../../../actors/registry/wire/policyCodec.js';
import type { v1 } from '../../../proto/generated/emoney.js';
import { dayAfter, PARAMETERS, RULES, shareRule, termsOf } from '../money/samples.js';
import { Device } from './device.js';
import { World } from './world.js';

const DAY = 86_400_000;
/** In several chunks. */
const CARDS = ['C1', 'C2', 'K-31', 'K-47', 'a-long-one'];

function eventsOf(world: World): readonly Event[] {
  const { registry, journal } = world.node(0);
  const bytes = journal.flatMap(({ turns }) => turns.flatMap(({ events }) => events));
  return bytes.map((each) => registry.decodeEvent(each));
}

function ofType<Type extends Event['type']>(
  world: World,
  type: Type,
): readonly Extract<Event, { type: Type }>[] {
  return eventsOf(world).filter((each): each is Extract<Event, { type: Type }> => each.type === type);
}

/** What a run states at its end, and how much the records did. */
function statement(world: World): { cards: number; amount: bigint; posted: bigint; ordered: bigint } {
  const [{ cards, amount } = { cards: -1, amount: -1n }] = ofType(world, 'RunEnded');
  let [posted, ordered] = [0n, 0n];
  for (const event of ofType(world, 'RecordInterestPosted')) posted += BigInt(event.amount);
  for (const event of ofType(world, 'RecordCollectionOrdered')) ordered += BigInt(event.amount);
  return { cards, amount, posted, ordered };
}

/** Goes on until the partition has done something at one more place of the run, and the answer is lost. */
function loseAnswer(world: World): boolean {
  const done = () => ofType(world, 'CardsCharged').length;
  const before = done();
  for (let step = 0; step < 1_000; step += 1) {
    world.node(0).commit();
    if (done() > before) {
      world.network.splice(0);
      return true;
    }
    if (world.network.length === 0) return false;
    world.deliver(0, 'once');
  }
  throw new Error('nothing comes to rest');
}

/** Cards that owe, in a partition with the office. */
function inDebt(): World {
  const world = new World(1, { ...RULES, parameters: PARAMETERS });
  for (const card of CARDS) {
    world.ask(card, { issueCard: { card, terms: encodeTerms(termsOf({ storedValue: 0, loan: 9_000 })) } });
  }
  return world;
}

/** Cards whose account takes everything, and a till that may defer. */
function onAccount(): { readonly world: World; readonly till: Device } {
  const world = new World(1, { ...RULES, parameters: PARAMETERS });
  const terms = encodeTerms(termsOf({ storedValue: 0, policy: { shareRule: shareRule('ALL_ACCOUNT') } }));
  for (const card of CARDS) world.ask(card, { issueCard: { card, terms } });
  const till = new Device(world, 'T1');
  world.ask('T1', { registerTerminal: { terminal: 'T1', role: 1, mayDefer: true } });
  till.hello(false);
  world.settle();
  till.holdList();
  world.settle();
  return { world, till };
}

const trouble: Readonly<Record<string, (world: World) => void>> = {
  'asked again': (world) => {
    world.node(0).repeatAsks();
  },
  'asked by another owner': (world) => {
    world.node(0).crash();
  },
};

for (const [what, happens] of Object.entries(trouble)) {
  describe(`a place of a run whose answer was lost, ${what}`, () => {
    function run(world: World, command: v1.Command.$Properties): void {
      world.send('center', command, () => undefined);
      let lost = 0;
      while (loseAnswer(world)) {
        lost += 1;
        happens(world);
      }
      world.settle();
      expect(lost, 'answers that were lost').to.be.at.least(2);
    }

    it('is answered with what was charged there: the statement is exact', () => {
      const world = inDebt();
      world.time += 11 * DAY;
      run(world, { chargeInterest: { through: dayAfter(10) } });
      // 9,000 × 18 % × 10 ÷ 365 = 44.38
      expect(statement(world)).to.deep.include({ cards: 5, amount: 220n, posted: 220n });
    });

    it('also if those who were charged are listed no more', () => {
      const world = inDebt();
      const till = new Device(world, 'D1');
      world.ask('D1', { registerTerminal: { terminal: 'D1', role: 2 } });
      till.hello(false);
      world.settle();
      world.time += 5 * DAY;
      for (const card of CARDS) till.sell({ kind: 'DEPOSIT', card, amount: 9_000 });
      world.settle();
      world.time += 5 * DAY;
      run(world, { chargeInterest: { through: dayAfter(9) } });
      expect(ofType(world, 'RecordListed').filter(({ listed }) => !listed)).to.have.length(5);
      const { cards, amount, posted } = statement(world);
      expect({ cards, amount }).to.deep.equal({ cards: 5, amount: posted });
      expect(posted).to.equal(5n * 22n);
    });

    it('and with what was ordered there', () => {
      const { world, till } = onAccount();
      for (const card of [...CARDS, 'C1']) till.sell({ kind: 'PURCHASE', card, amount: 700 });
      world.settle();
      run(world, { settle: { number: 1 } });
      expect(statement(world)).to.deep.include({ cards: 5, amount: 4_200n, ordered: 4_200n });
    });
  });
}

describe('a place of a run that was passed long ago, asked for by a late message', () => {
  it('orders nothing for a settlement whose sums are stated', () => {
    const { world, till } = onAccount();
    for (const card of CARDS) till.sell({ kind: 'PURCHASE', card, amount: 700 });
    world.settle();
    world.ask('center', { settle: { number: 1 } });
    world.settle();
    expect(statement(world)).to.deep.include({ cards: 5, amount: 3_500n, ordered: 3_500n });
    const places = ofType(world, 'CardsCharged').map(({ charged }) => charged);
    for (const card of CARDS) till.sell({ kind: 'PURCHASE', card, amount: 100 });
    world.settle();
    for (const { through, settlement, chunk, after } of places.slice(0, -1)) {
      const cards = CARDS.filter((card) => chunkOf(card) === chunk);
      world.send(
        'center',
        { chargeCards: { partition: 0, through, settlement, chunk, after, cards } },
        () => undefined,
      );
    }
    world.settle();
    expect(places).to.have.length.greaterThan(2);
    expect(statement(world)).to.deep.include({ cards: 5, amount: 3_500n, ordered: 3_500n });
  });
});
