import { expect } from 'chai';
import fc from 'fast-check';
import { partitionOf } from '../../../actors/runtime/placement.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { Books } from './books.js';
import { Device } from './device.js';
import { type Reply, World } from './world.js';

const PARTITIONS = 3;
const CARDS = ['C1', 'C2', 'C3', 'C4', 'C5', 'C9'] as const;
const TERMINALS = ['T1', 'T2', 'T3', 'D1', 'D2'] as const;

type Action =
  | { readonly do: 'sell'; readonly terminal: number; readonly card: number; readonly amount: number }
  | { readonly do: 'enquire'; readonly terminal: number; readonly card: number }
  | {
      readonly do: 'repeat' | 'reverse' | 'query' | 'misuse';
      readonly terminal: number;
      readonly sale: number;
    }
  | { readonly do: 'hello'; readonly terminal: number; readonly remembers: boolean }
  | { readonly do: 'hold'; readonly terminal: number }
  | { readonly do: 'limit'; readonly card: number; readonly amount: number }
  | { readonly do: 'prohibit'; readonly card: number; readonly prohibited: boolean }
  | { readonly do: 'deliver'; readonly choice: number; readonly fate: 'once' | 'twice' | 'lost' }
  | { readonly do: 'commit' | 'crash' | 'repeatAsks'; readonly partition: number }
  | { readonly do: 'wait'; readonly ms: number };

const terminal = fc.nat(TERMINALS.length - 1);
const card = fc.nat(CARDS.length - 1);
const sale = fc.nat(8);
const partition = fc.nat(PARTITIONS - 1);
const amount = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 4_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, 10_000, 1_000_000_000_000) },
);

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ do: fc.constant('sell' as const), terminal, card, amount }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('enquire' as const), terminal, card }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('repeat' as const), terminal, sale }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reverse' as const), terminal, sale }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('query' as const, 'misuse' as const), terminal, sale }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('hello' as const), terminal, remembers: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hold' as const), terminal }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('limit' as const), card, amount: fc.nat(10_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('prohibit' as const), card, prohibited: fc.boolean() }),
  },
  {
    weight: 30,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      choice: fc.nat(20),
      fate: fc.constantFrom(
        'once' as const,
        'once' as const,
        'once' as const,
        'twice' as const,
        'lost' as const,
      ),
    }),
  },
  { weight: 15, arbitrary: fc.record({ do: fc.constant('commit' as const), partition }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'repeatAsks' as const), partition }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(3_600_000) }) },
);

const history = fc.array(action, { minLength: 20, maxLength: 250, size: 'max' });

function accepted(reply: Reply): void {
  expect(typeof reply === 'string' ? reply : reply.acknowledged?.outcome).to.equal(
    v1.Outcome.OUTCOME_APPROVED,
  );
}

/** Five cards in every kind of trouble, three tills (one may not defer), two deposit terminals. C9 does not exist. */
function createWorld(): { world: World; devices: readonly Device[] } {
  const world = new World(PARTITIONS);
  const usual = { creditFlag: true, limit: 10_000, storedValueCap: 20_000, active: true };
  const terms = [
    { ...usual, storedValue: 1_200 },
    { ...usual, storedValue: 5_000, creditFlag: false },
    { ...usual, loan: 9_500, interest: 300, fareOwed: 120 },
    { ...usual, storedValue: 100, loan: 10_500 },
    { ...usual, storedValue: 900, active: false },
  ];
  terms.forEach((each, index) => {
    const id = CARDS[index] ?? '';
    accepted(world.ask(id, { issueCard: { card: id, terms: each } }));
  });
  for (const id of TERMINALS) {
    const role = id.startsWith('D')
      ? v1.TerminalRole.TERMINAL_ROLE_DEPOSIT
      : v1.TerminalRole.TERMINAL_ROLE_PURCHASE;
    accepted(world.ask(id, { registerTerminal: { terminal: id, role, mayDefer: id !== 'T3' } }));
  }
  const devices = TERMINALS.map((id) => new Device(world, id));
  for (const device of devices) device.hello(false);
  world.settle();
  for (const device of devices) device.holdList();
  world.settle();
  return { world, devices };
}

function act(world: World, devices: readonly Device[], action: Action): void {
  const device = 'terminal' in action ? devices[action.terminal] : undefined;
  const cardId = 'card' in action ? (CARDS[action.card] ?? 'C9') : 'C9';
  switch (action.do) {
    case 'sell':
      device?.sell(device.terminal.startsWith('D') ? 'DEPOSIT' : 'PURCHASE', cardId, action.amount);
      break;
    case 'enquire':
      device?.sell('ENQUIRY', cardId, 0);
      break;
    case 'repeat':
    case 'reverse':
    case 'query':
    case 'misuse': {
      const chosen = device?.sales.at(-1 - action.sale);
      if (chosen !== undefined) device?.[action.do](chosen);
      break;
    }
    case 'hello':
      device?.hello(action.remembers);
      break;
    case 'hold':
      device?.holdList();
      break;
    case 'limit':
      world.send(cardId, { changeLimit: { card: cardId, limit: action.amount } }, () => undefined);
      break;
    case 'prohibit': {
      const { prohibited } = action;
      const reason = v1.ProhibitionReason.PROHIBITION_REASON_OPERATOR;
      world.send(cardId, { changeProhibition: { card: cardId, reason, prohibited } }, () => undefined);
      break;
    }
    case 'deliver':
      world.deliver(action.choice, action.fate);
      break;
    case 'commit':
    case 'crash':
    case 'repeatAsks':
      world.node(action.partition)[action.do]();
      break;
    case 'wait':
      world.time += action.ms;
      break;
  }
}

/** The network is whole again, and every device finishes what it began. */
function drain(world: World, devices: readonly Device[]): void {
  world.settle();
  for (const device of devices) device.hello(true);
  world.settle();
  for (const device of devices) device.holdList();
  world.settle();
  for (const device of devices) {
    for (const each of device.sales) if (each.final === undefined) device.repeat(each);
  }
  world.settle();
}

function check(world: World, devices: readonly Device[]): void {
  const states = world.nodes.map((node) => node.states());
  const all = new Map(states.flatMap((each) => [...each]));
  for (const node of world.nodes) expect(node.differences(), 'journal and memory').to.deep.equal([]);
  const books = new Books(world);
  books.checkCards(all);
  books.checkTerminals(all);
  books.checkTotals(states);
  for (const device of devices) checkDevice(books, device);
  for (const [key, state] of all) {
    if (state.unit !== 'card') continue;
    expect(world.list.reasonsOf(key.slice('card/'.length)), `list: ${key}`).to.deep.equal(
      state.record?.reasons,
    );
  }
}

/** I5 and I9: what a device was told is what the card did, now and for ever. */
function checkDevice(books: Books, device: Device): void {
  const { terminal: name, incarnation } = device;
  for (const { number, final } of device.sales) {
    expect(final, `${name}/${number}: answered after the drain`).not.to.equal(undefined);
    const standing = books.standing({ terminal: name, incarnation, number });
    if (final === 'APPROVED') expect(standing, `${name}/${number}: told approved`).to.equal('APPROVED');
    else expect(standing, `${name}/${number}: told ${final ?? ''}`).not.to.equal('APPROVED');
  }
  for (const told of device.told) {
    const id = { terminal: name, incarnation: told.incarnation, number: told.number };
    const standing = books.standing(id);
    expect(told.outcome, 'another content under a known id').not.to.equal('MISUSED');
    if (told.outcome === 'APPROVED') expect(standing).to.be.oneOf(['APPROVED', 'REVERSED']);
    else if (told.outcome === 'REVERSED') expect(standing, JSON.stringify(id)).not.to.equal('APPROVED');
    else if (told.outcome !== 'IDEMPOTENCY_CONFLICT')
      expect(standing, JSON.stringify(told)).not.to.equal('APPROVED');
  }
}

describe('whatever is asked, lost, repeated, reordered and interrupted', () => {
  it('the cards of this world are in different partitions', () => {
    expect(new Set(CARDS.map((id) => partitionOf(id, PARTITIONS))).size).to.equal(PARTITIONS);
  });

  it('the books balance: I1, I2, I3, I4, I5, I8, I10', () => {
    fc.assert(
      fc.property(history, (actions) => {
        const { world, devices } = createWorld();
        for (const each of actions) act(world, devices, each);
        drain(world, devices);
        check(world, devices);
      }),
      { numRuns: Number(process.env['HISTORIES'] ?? 150) },
    );
  });
});
