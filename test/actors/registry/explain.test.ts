import { expect } from 'chai';
import fc from 'fast-check';
import { type Rule, ruleMeaning } from '../../../actors/money/trace.js';
import { outcomes, rules } from '../../../actors/registry/wire/vocabulary.js';
import type { Rejection } from '../../../actors/runtime/rejection.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { plainOf } from '../../gateway/plain.js';
import { NOON, RIGHT_PIN, termsOf, type TermsChange, WRONG_PIN } from '../money/samples.js';
import { encodeTerms } from '../../../actors/registry/wire/policyCodec.js';
import { calmHistory } from './actions.js';
import { Device } from './device.js';
import { act, createScene } from './scene.js';
import { type Reply, World } from './world.js';

interface Explained {
  readonly reply: Reply;
  readonly steps: readonly v1.Step.$Properties[];
}

type Asking = Pick<v1.DryRun.$Properties, 'anySession' | 'newNumber'>;

/** As a gateway does: of whom it is for, then of the card's partition if it says so. */
function explain(
  world: World,
  id: string,
  command: v1.Command.$Properties,
  asking: Asking = {},
  between = () => undefined as unknown,
): Explained {
  const dryRun = { command: v1.Command.encode(command).finish(), ...asking };
  const first = ask(world, id, dryRun);
  if (typeof first === 'string') return { reply: first, steps: [] };
  const { steps, ask: next } = first;
  if (!next?.length) return { reply: replyIn(first), steps: steps ?? [] };
  const card = command.transact?.card ?? command.reverse?.card ?? '';
  between();
  const second = ask(world, card, { command: next });
  if (typeof second === 'string') return { reply: second, steps: steps ?? [] };
  return { reply: replyIn(second), steps: [...(steps ?? []), ...(second.steps ?? [])] };
}

function ask(world: World, id: string, dryRun: v1.DryRun.$Properties): v1.Explained.$Properties | Rejection {
  let reply: Reply | undefined;
  World.prototype.send.call(world, id, { dryRun }, (answer) => (reply = answer));
  world.settle();
  if (typeof reply === 'string') return reply;
  if (reply?.explained == null) throw new Error('nothing was explained');
  return reply.explained;
}

function replyIn({ reply }: v1.Explained.$Properties): v1.CommandReply {
  return v1.CommandReply.decode(reply ?? new Uint8Array());
}

function outcomeOf(reply: Reply): string {
  if (typeof reply === 'string') return reply;
  return outcomes.fromWire(reply.answered?.answer?.outcome ?? reply.acknowledged?.outcome, 'outcome');
}

const rulesOf = ({ steps }: Explained): Rule[] => steps.map(({ rule }) => rules.fromWire(rule, 'rule'));

function factsOf({ steps }: Explained, rule: Rule): Record<string, unknown> {
  const step = steps.find((each) => rules.fromWire(each.rule, 'rule') === rule);
  if (step === undefined) throw new Error(`${rule} was not looked at`);
  const facts: Record<string, unknown> = {};
  for (const { name, number, text, flag } of step.facts ?? []) {
    facts[name ?? ''] = number == null ? (text ?? flag) : Number(number);
  }
  return facts;
}

/** Everything that a command could have changed. */
function everythingIn(world: World): string {
  const nodes = world.nodes.map((node) => {
    const held = [...node.states()].map(([key, state]) => {
      return `${key} ${Buffer.from(node.registry.encodeState(state)).toString('hex')}`;
    });
    return [node.journal.length, node.pendingAsks, ...held.sort()];
  });
  return JSON.stringify([nodes, world.list.version]);
}

describe('an explanation', () => {
  const setUp = (change: TermsChange = {}): { world: World; device: Device } => {
    const world = new World(2);
    world.ask('C1', { issueCard: { card: 'C1', terms: encodeTerms(termsOf(change)) } });
    world.ask('T1', {
      registerTerminal: {
        terminal: 'T1',
        role: v1.TerminalRole.TERMINAL_ROLE_PURCHASE,
        mayDefer: true,
      },
    });
    const device = new Device(world, 'T1');
    device.hello(false);
    world.settle();
    device.holdList();
    world.settle();
    return { world, device };
  };
  const purchase = (amount: number, change: v1.Transact.$Properties = {}): v1.Command.$Properties => ({
    transact: {
      id: { terminal: 'T1', incarnation: 1, number: 1 },
      session: 1,
      kind: v1.Kind.KIND_PURCHASE,
      card: 'C1',
      amount,
      terminalTimeMs: NOON,
      ...change,
    },
  });

  it('R16: 2,000 is 1,200 + 800, with every rule in order; 12,000 is refused; the id is as good as new', () => {
    const { world, device } = setUp();
    const before = everythingIn(world);
    const two = explain(world, 'T1', purchase(2_000));
    expect(outcomeOf(two.reply)).to.equal('APPROVED');
    expect(rulesOf(two)).to.deep.equal([
      ...['ID', 'AMOUNT', 'CURRENCY', 'OFFERED', 'LIST_HELD', 'LIST_FREE', 'CLOCK'],
      ...['CARD_KNOWN', 'CARD_OPEN', 'DEVICE', 'NOT_PROHIBITED', 'NOT_EXPIRED', 'ACTIVE', 'PIN'],
      ...['VALUE', 'CREDIT_FLAG', 'TERMINAL_DEFERRAL', 'SHARE', 'LOAN_LIMIT'],
    ]);
    expect(two.steps.every(({ passed }) => passed)).to.equal(true);
    expect(factsOf(two, 'VALUE')).to.deep.equal({
      amount: 2_000,
      storedValue: 1_200,
      value: 1_200,
      due: 800,
    });
    expect(factsOf(two, 'LOAN_LIMIT')).to.deep.equal({
      ...{ loan: 0, drawn: 800, principal: 800 },
      ...{ limit: 10_000, available: 10_000 },
    });
    const twelve = explain(world, 'T1', purchase(12_000));
    expect(outcomeOf(twelve.reply)).to.equal('CREDIT_LIMIT');
    expect(factsOf(twelve, 'PIN')).to.include({ needed: true, cvmLimit: 3_000 });
    expect(everythingIn(world)).to.equal(before);
    device.sell({ kind: 'PURCHASE', card: 'C1', amount: 2_000 });
    world.settle();
    expect(device.sales[0]?.final).to.equal('APPROVED');
  });

  it('A17: looks at no PIN: none is wrong, and no try is counted', () => {
    const { world } = setUp();
    const before = everythingIn(world);
    for (const pinHash of [WRONG_PIN, WRONG_PIN, WRONG_PIN, WRONG_PIN, WRONG_PIN, RIGHT_PIN, '']) {
      const command = purchase(3_500, { pinHash: Buffer.from(pinHash, 'hex') });
      expect(outcomeOf(explain(world, 'T1', command).reply)).to.equal('APPROVED');
    }
    expect(everythingIn(world)).to.equal(before);
  });

  it('says that no PIN is right where the card has none', () => {
    const { world } = setUp({ pinHash: '' });
    expect(outcomeOf(explain(world, 'T1', purchase(3_500)).reply)).to.equal('PIN_REQUIRED');
    expect(outcomeOf(explain(world, 'T1', purchase(3_000)).reply)).to.equal('APPROVED');
  });

  it('applies what is pending as if, before the command', () => {
    const { world } = setUp({ storedValue: 0, loan: 1_500, interest: 22 });
    world.ask('C1', { storeValue: { card: 'C1', reference: 'S1', amount: 2_000 } });
    const before = everythingIn(world);
    const explained = explain(world, 'T1', purchase(400));
    const { answer } = (explained.reply as v1.CommandReply).answered!;
    expect([answer?.balances?.storedValue, answer?.balances?.loan].map(Number)).to.deep.equal([78, 0]);
    expect(factsOf(explained, 'PENDING')).to.deep.equal({
      ...{ reference: 'S1', amount: 2_000, applied: true },
      ...{ fare: 0, interest: 22, loan: 1_500, value: 478 },
    });
    expect(rulesOf(explained).indexOf('PENDING')).to.equal(rulesOf(explained).indexOf('DEVICE') + 1);
    expect(everythingIn(world)).to.equal(before);
  });

  it('of an id that was used is its status', () => {
    const { world, device } = setUp();
    device.sell({ kind: 'PURCHASE', card: 'C1', amount: 500 });
    world.settle();
    const same = explain(world, 'T1', purchase(500));
    expect([outcomeOf(same.reply), rulesOf(same)]).to.deep.equal(['APPROVED', ['ID']]);
    expect(factsOf(same, 'ID')).to.deep.equal({ id: 'T1#1#1', recorded: 'APPROVED' });
    expect(outcomeOf(explain(world, 'T1', purchase(501)).reply)).to.equal('IDEMPOTENCY_CONFLICT');
  });

  it('of an id that is open is what the card says; of one that is being reversed, that it is', () => {
    const { world, device } = setUp();
    device.sell({ kind: 'PURCHASE', card: 'C1', amount: 500 });
    world.deliver(0, 'once');
    const open = explain(world, 'T1', purchase(500));
    expect([outcomeOf(open.reply), ...rulesOf(open)]).to.deep.equal(['APPROVED', 'ID', 'ID']);
    expect(factsOf(open, 'ID')).to.include({ recorded: 'PENDING' });
    device.reverse(device.sales[0]!);
    world.deliver(0, 'once');
    const reversing = explain(world, 'T1', purchase(500));
    expect([outcomeOf(reversing.reply), ...rulesOf(reversing)]).to.deep.equal(['REVERSING', 'ID']);
  });

  it('of a reversal says what would be undone, and undoes nothing', () => {
    const { world, device } = setUp();
    device.sell({ kind: 'PURCHASE', card: 'C1', amount: 2_000 });
    world.settle();
    const before = everythingIn(world);
    const reverse = { id: { terminal: 'T1', incarnation: 1, number: 1 }, session: 1, card: 'C1' };
    const explained = explain(world, 'T1', { reverse });
    expect(outcomeOf(explained.reply)).to.equal('REVERSED');
    const undone = { recorded: 'APPROVED', amount: 2_000, value: 1_200, loan: 800 };
    expect(factsOf(explained, 'UNDONE')).to.deep.equal(undone);
    expect(everythingIn(world)).to.equal(before);
  });

  it('an operator explains at any terminal, also at one that has never connected', () => {
    const { world } = setUp();
    const operator = { anySession: true, newNumber: true };
    expect(outcomeOf(explain(world, 'T1', purchase(2_000, { session: 9 }), operator).reply)).to.equal(
      'APPROVED',
    );
    const other = { id: { terminal: 'T2', incarnation: 1, number: 1 } };
    expect(explain(world, 'T2', purchase(2_000, other), operator).reply).to.equal('TERMINAL_UNKNOWN');
    const role = v1.TerminalRole.TERMINAL_ROLE_PURCHASE;
    world.ask('T2', { registerTerminal: { terminal: 'T2', role, mayDefer: true } });
    expect(outcomeOf(explain(world, 'T2', purchase(2_000, other), operator).reply)).to.equal('LIST_NOT_HELD');
    expect(explain(world, 'T1', purchase(2_000, { session: 9 })).reply).to.equal('SUPERSEDED');
  });

  it('of a new transaction is none of another that its terminal begins meanwhile', () => {
    const { world, device } = setUp();
    const operator = { anySession: true, newNumber: true };
    const explained = explain(world, 'T1', purchase(500), operator, () => {
      device.sell({ kind: 'PURCHASE', card: 'C1', amount: 100 });
      world.settle();
    });
    expect(outcomeOf(explained.reply)).to.equal('APPROVED');
  });

  it('asks the journal for what a refund gives back, and keeps nothing of it', () => {
    const { world, device } = setUp();
    device.sell({ kind: 'PURCHASE', card: 'C1', amount: 2_000 });
    const original = { terminal: 'T1', incarnation: 1, number: 1 };
    world.settle();
    const before = everythingIn(world);
    const refund = (amount: number) =>
      purchase(amount, { id: { ...original, number: 2 }, kind: v1.Kind.KIND_REFUND, original });
    const half = explain(world, 'T1', refund(1_000));
    expect(outcomeOf(half.reply)).to.equal('APPROVED');
    expect(factsOf(half, 'GIVEN_BACK')).to.deep.equal({ value: 600, loan: 400 });
    const more = explain(world, 'T1', refund(2_001));
    expect(outcomeOf(more.reply)).to.equal('REFUND_EXCEEDS_ORIGINAL');
    expect(factsOf(more, 'ORIGINAL_LEFT')).to.deep.equal({ amount: 2_001, original: 2_000, left: 2_000 });
    expect(everythingIn(world)).to.equal(before);
  });

  it('cannot be explained itself', () => {
    const { world } = setUp();
    for (const command of [{ dryRun: {} }, { describeCards: { cards: ['C1'] } }, { openSession: {} }]) {
      const dryRun = { command: v1.Command.encode(command).finish() };
      expect(() => ask(world, 'C1', dryRun), Object.keys(command)[0]).to.throw(/command/);
    }
  });
});

/** What a PIN does is not explained. */
const PIN_OUTCOMES = ['PIN_REQUIRED', 'PIN_WRONG', 'PIN_BLOCKED'];

/**
 * Without what only a recorded answer has, or one that looked at a PIN. Of a reversal the terminal tells the time of what
 * is reversed, and the explanation that of the reversal.
 */
function comparable(reply: Reply): object | string {
  if (typeof reply === 'string') return reply;
  const { answered, acknowledged } = plainOf('CommandReply', reply) as {
    readonly answered?: { readonly answer: object };
    readonly acknowledged?: object;
  };
  const bare = { position: undefined, pinVerified: undefined, triesLeft: undefined };
  if (answered !== undefined) {
    const time = outcomeOf(reply) === 'REVERSED' ? { terminalTimeMs: undefined } : {};
    return { ...answered, ...time, answer: { ...answered.answer, ...bare } };
  }
  return { ...acknowledged, ...bare };
}

function checkSteps({ reply, steps }: Explained): void {
  if (typeof reply === 'string') return;
  const outcome = outcomeOf(reply);
  const names = steps.map(({ rule }) => rules.fromWire(rule, 'rule'));
  const failed = names.filter((_, at) => steps[at]?.passed !== true);
  const last = failed.at(-1);
  // Of an id that was used: its status. Of a reversal there is nothing to refuse.
  if (failed.includes('ID')) return;
  const instead = names.includes('PARTIAL') || names.includes('UNCOLLECTED');
  if (last === undefined || instead) expect(outcome, names.join(' ')).to.be.oneOf(['APPROVED', 'REVERSED']);
  else expect(ruleMeaning(last).refuses, `${last} answered ${outcome}`).to.include(outcome);
  if (last !== undefined && !instead) expect(names.at(-1), 'nothing is looked at after it').to.equal(last);
}

describe('whatever is asked, it is explained before as it is answered then', () => {
  const explained = ['transact', 'reverse', 'setParameters', 'chargeInterest'] as const;
  const operators = [
    ...([
      'changeLimit',
      'changeProhibition',
      'changePolicy',
      'storeValue',
      'cancelStore',
      'adjustCard',
    ] as const),
    ...(['replaceCard', 'unblockPin', 'activateCard', 'setPin', 'returnCollection'] as const),
  ];

  it('and nothing is changed by it', () => {
    fc.assert(
      fc.property(calmHistory, (actions) => {
        const scene = createScene();
        const { world } = scene;
        const send = world.send.bind(world);
        world.send = (id, command, onReply) => {
          if (![...explained, ...operators].some((name) => command[name] != null)) {
            send(id, command, onReply);
            return;
          }
          const before = everythingIn(world);
          const told = explain(world, id, command);
          expect(everythingIn(world), 'changed by an explanation').to.equal(before);
          checkSteps(told);
          send(id, command, (reply) => {
            const pin = PIN_OUTCOMES.includes(outcomeOf(reply));
            if (!pin) expect(comparable(told.reply)).to.deep.equal(comparable(reply));
            onReply(reply);
          });
        };
        for (const each of actions) {
          act(scene, each);
          world.settle();
        }
      }),
      { numRuns: Number(process.env['HISTORIES'] ?? 40) },
    );
  });
});
