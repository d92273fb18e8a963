/** A deployment with cards in every kind of trouble, and what devices, operators and workers do to it. */
import { expect } from 'chai';
import { MAX_REVERSAL_AGE_MS } from '../../../actors/bounds.js';
import { ALL_LOAN } from '../../../actors/money/shareRule.js';
import { isPayment } from '../../../actors/money/transaction.js';
import { encodeTerms } from '../../../actors/registry/wire/policyCodec.js';
import { partitionOf } from '../../../actors/runtime/placement.js';
import { v1 } from '../../../proto/generated/emoney.js';
import {
  dayAfter,
  NOON,
  PARAMETERS,
  ratio,
  RULES,
  shareRule,
  type TermsChange,
  termsOf,
} from '../money/samples.js';
import { type Action, CARDS, PARTITIONS, type Taps, TERMINALS } from './actions.js';
import { Device, type Order, type Sale } from './device.js';
import { type Reply, World } from './world.js';

/** Asks are refused when they are a week old (D7): within this time nothing is. */
const LONGEST = 6 * 86_400_000;

/** After it a device reverses nothing more that was answered before, and cards forget. */
const AGE_MS = MAX_REVERSAL_AGE_MS + 20 * 86_400_000;

/** A rate at which a week counts. */
const RATE_PPM = 3_000_000;

/** Cards in every kind of trouble, each with another share rule. C9 does not exist. */
const TERMS: readonly TermsChange[] = [
  {},
  { storedValue: 3_000, policy: { shareRule: ratio(60, 40) } },
  { storedValue: 0, loan: 9_500, interest: 300, fareOwed: 120, policy: { shareRule: ALL_LOAN } },
  { storedValue: 100, loan: 10_500 },
  { storedValue: 900, active: false, policy: { creditFlag: false } },
  { storedValue: 300, policy: { shareRule: ratio(60, 40, { capDay: 2_000 }) } },
  { storedValue: 0, policy: { shareRule: shareRule('ALL_ACCOUNT', { capTransaction: 1_500 }) } },
  {
    storedValue: 50,
    policy: {
      shareRule: shareRule('WATERFALL', { capTransaction: 500, capDay: 1_200 }),
      zones: ['A'],
      expiryDate: dayAfter(1),
      cvmLimit: 500,
    },
  },
];

const ROLES: Readonly<Record<string, v1.RegisterTerminal.$Properties>> = {
  T: { role: v1.TerminalRole.TERMINAL_ROLE_PURCHASE },
  D: { role: v1.TerminalRole.TERMINAL_ROLE_DEPOSIT },
  G: { role: v1.TerminalRole.TERMINAL_ROLE_GATE },
  P: { role: v1.TerminalRole.TERMINAL_ROLE_PHONE, card: 'C1' },
};

export interface Scene {
  readonly world: World;
  readonly devices: readonly Device[];
  /** Everything that was sold, oldest first. */
  readonly sold: { readonly device: Device; readonly sale: Sale }[];
}

function accepted(reply: Reply): void {
  expect(typeof reply === 'string' ? reply : reply.acknowledged?.outcome).to.equal(
    v1.Outcome.OUTCOME_APPROVED,
  );
}

/** Three tills (T3 may not defer), two deposit terminals, gates into A and B, a phone. */
export function createScene(): Scene {
  const parameters = { ...PARAMETERS, ratePpm: RATE_PPM, refundDays: 2 };
  const world = new World(PARTITIONS, { ...RULES, parameters });
  TERMS.forEach((change, index) => {
    const card = CARDS[index] ?? '';
    accepted(world.ask(card, { issueCard: { card, terms: encodeTerms(termsOf(change)) } }));
  });
  for (const terminal of TERMINALS) {
    const zone = { G1: 'A', G2: 'B' }[terminal as string] ?? '';
    const mayDefer = terminal !== 'T3' && terminal !== 'G2';
    const registerTerminal = { terminal, mayDefer, zone, ...ROLES[terminal[0] ?? ''] };
    accepted(world.ask(terminal, { registerTerminal }));
  }
  const devices = TERMINALS.map((id) => new Device(world, id));
  for (const device of devices) device.hello(false);
  world.settle();
  for (const device of devices) device.holdList();
  world.settle();
  return { world, devices, sold: [] };
}

export function act(scene: Scene, action: Action): void {
  const { world, devices } = scene;
  const device = 'terminal' in action ? devices[action.terminal] : undefined;
  const card = 'card' in action ? (CARDS[action.card] ?? 'C9') : 'C9';
  switch (action.do) {
    case 'tap':
      sell(scene, action, { kind: kindAt(world, action, card), card, amount: action.amount });
      break;
    case 'enquire':
      sell(scene, action, { kind: 'ENQUIRY', card, amount: 0 });
      break;
    case 'refund':
      giveBack(scene, action, 'REFUND');
      break;
    case 'void':
      giveBack(scene, action, 'VOID');
      break;
    case 'unload':
      sell(scene, action, { kind: 'UNLOAD', card, amount: 0 });
      break;
    case 'reverse': {
      const sold = scene.sold.at(-1 - action.sale);
      sold?.device.reverse(sold.sale);
      break;
    }
    case 'repeat':
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
      for (const each of devices) each.holdList();
      break;
    case 'operate':
      for (const [name, body] of Object.entries(action.command)) {
        world.send(card, { [name]: { ...body, card } }, () => undefined);
      }
      break;
    case 'close': {
      const id = device?.terminal ?? '';
      world.send(id, { closeBatch: { terminal: id, session: 0, batch: 0 } }, () => undefined);
      break;
    }
    case 'age':
    case 'arrive':
    case 'charge':
    case 'collection':
    case 'commit':
    case 'crash':
    case 'deliver':
    case 'parameters':
    case 'repeatAsks':
    case 'settle':
    case 'wait':
    case 'wake':
      happen(world, action);
  }
}

type Happening = Exclude<Action, { terminal: number } | { card: number } | { do: 'reverse' | 'hold' }>;

function happen(world: World, action: Happening): void {
  switch (action.do) {
    case 'charge': {
      const through = dayAfter(Math.floor((world.time - NOON) / 86_400_000) - 1);
      world.send('center', { chargeInterest: { through } }, () => undefined);
      break;
    }
    case 'settle':
      world.send('center', settlement(world), () => undefined);
      break;
    case 'collection': {
      const { card, order } = orders(world).at(-1 - action.order) ?? { card: 'C1', order: 'none' };
      const message = { card, order };
      const command = action.comesBack ? { returnCollection: message } : { confirmCollection: message };
      world.send(card, command, () => undefined);
      break;
    }
    case 'parameters': {
      const parameters = {
        number: 1,
        effectiveFrom: dayAfter(Math.floor((world.time - NOON) / 86_400_000) + 2),
        ratePpm: action.ratePpm,
        frequency: v1.Frequency.FREQUENCY_DAILY,
        fares: [...PARAMETERS.fares],
        refundDays: 2,
      };
      world.send('center', { setParameters: { parameters } }, () => undefined);
      break;
    }
    case 'deliver':
      world.deliver(action.choice, action.fate);
      break;
    case 'commit':
    case 'crash':
    case 'repeatAsks':
    case 'wake':
      world.node(action.partition)[action.do]();
      break;
    case 'arrive':
      world.settle();
      break;
    case 'wait':
      world.time = Math.max(world.time, Math.min(NOON + LONGEST, world.time + action.ms));
      break;
    case 'age':
      world.time += AGE_MS;
      break;
  }
}

/** Of an approved payment, as a till would; or astray: of another card, of any payment, or somewhere else. */
function giveBack(
  scene: Scene,
  action: Extract<Action, { do: 'refund' | 'void' }>,
  kind: 'REFUND' | 'VOID',
): void {
  const { astray } = action;
  const payments = scene.sold.filter(({ sale: { order, final } }) => {
    return isPayment(order.kind) && (final === 'APPROVED' || astray === 'payment');
  });
  const payment = payments.at(-1 - action.payment);
  if (payment === undefined) return;
  const { device, sale } = payment;
  const { order, number, incarnation } = sale;
  const id = { terminal: device.terminal, incarnation, number };
  const own = scene.devices.indexOf(device);
  const terminal = action.do === 'void' && astray !== 'terminal' ? own : action.terminal;
  const amount = action.do === 'refund' ? Math.ceil((order.amount * action.percent) / 100) : 0;
  const original = action.do === 'refund' || action.named ? id : undefined;
  const card = astray === 'card' ? 'C4' : order.card;
  sell(scene, { ...action, terminal }, { kind, card, amount, original });
}

function sell({ world, devices, sold }: Scene, { terminal, how }: Taps, order: Order): void {
  const { kind, card } = order;
  const unit = world.node(partitionOf(card, PARTITIONS)).state(`card/${card}`);
  const newest = unit?.unit === 'card' ? (unit.card?.device ?? 1) : 1;
  const { pinHash, partial, clock } = how;
  const device = devices[terminal];
  const sale = device?.sell({
    ...order,
    clock,
    pinHash,
    partial: partial && kind === 'PURCHASE',
    device: Math.max(1, newest - how.older),
  });
  if (device !== undefined && sale !== undefined) sold.push({ device, sale });
}

/** What a tap means here. Most cards that are inside want out. */
function kindAt(
  world: World,
  { terminal, amount }: Extract<Action, { do: 'tap' | 'enquire' }>,
  card: string,
): Order['kind'] {
  const id = TERMINALS[terminal] ?? '';
  if (id.startsWith('T')) return 'PURCHASE';
  if (id.startsWith('D')) return 'DEPOSIT';
  if (id.startsWith('P')) return 'ENQUIRY';
  const unit = world.node(partitionOf(card, PARTITIONS)).state(`card/${card}`);
  const inside = unit?.unit === 'card' && unit.card?.inside !== undefined;
  return inside === (amount % 8 !== 0) ? 'FARE' : 'ENTRY';
}

/** All debits of account shares. */
function orders(world: World): readonly { readonly card: string; readonly order: string }[] {
  return CARDS.flatMap((card) => {
    const unit = world.node(partitionOf(card, PARTITIONS)).state(`card/${card}`);
    const shares = (unit?.unit === 'card' ? unit.record?.shares : undefined) ?? [];
    return shares.flatMap(({ debits }) => debits.map(({ order }) => ({ card, order })));
  });
}

/** The next one. */
function settlement(world: World): v1.Command.$Properties {
  const office = world.node(partitionOf('center', PARTITIONS)).state('office/center');
  const begun = office?.unit === 'office' ? office.state.settlements : 0;
  return { settle: { number: begun + 1 } };
}

/** The network is whole again, and every device and the center finish what they began. */
export function drain({ world, devices }: Scene): void {
  world.settle();
  for (const device of devices) device.hello(true);
  world.settle();
  for (const device of devices) device.holdList();
  world.settle();
  for (const device of devices) {
    for (const each of device.sales) if (each.final === undefined) device.repeat(each);
  }
  world.settle();
  for (const node of world.nodes) node.wake();
  world.settle();
  // What is due of account shares is ordered.
  accepted(world.ask('center', settlement(world)));
}
