import { expect } from 'chai';
import fc from 'fast-check';
import { v1 } from '../../../proto/generated/emoney.js';
import { auditSystem } from '../../../simulator/auditor/index.js';
import { ActorsWorld } from './actorsWorld.js';

const { Kind, ProhibitionReason, TerminalRole } = v1;
const CARDS = ['C1', 'C2', 'C3', 'C4'];
const TERMINALS = ['T1', 'T2', 'D1'];

/** What a device remembers. */
interface Device {
  session: number;
  incarnation: number;
  next: number;
  used: { number: number; card: string }[];
}

type Step = readonly [what: number, who: number, card: number, amount: number, which: number];

const steps = fc.array(
  fc.tuple(fc.nat(19), fc.nat(2), fc.nat(4), fc.integer({ min: -2, max: 4_000 }), fc.nat(30)),
  {
    minLength: 20,
    maxLength: 80,
  },
);

class Drivers {
  readonly world: ActorsWorld;
  readonly #devices = new Map<string, Device>();

  constructor(world: ActorsWorld) {
    this.world = world;
    TERMINALS.forEach((terminal, index) => {
      const role =
        terminal === 'D1' ? TerminalRole.TERMINAL_ROLE_DEPOSIT : TerminalRole.TERMINAL_ROLE_PURCHASE;
      world.command(terminal, { registerTerminal: { terminal, role, mayDefer: index !== 1 } });
      this.hello(terminal, false);
    });
    this.#issue('C1', { storedValue: 1_200, limit: 3_000 });
    this.#issue('C2', { loan: 500, interest: 22, fareOwed: 9, limit: 2_000, storedValueCap: 4_000 });
    this.#issue('C3', { storedValue: 300, limit: 1_000, creditFlag: false });
    this.#issue('C4', { loan: 900, limit: 800, active: false });
    world.drain();
  }

  #issue(card: string, terms: v1.CardTerms.$Properties): void {
    this.world.command(card, { issueCard: { card, terms: { creditFlag: true, active: true, ...terms } } });
  }

  hello(terminal: string, remembers: boolean): void {
    const device = this.#devices.get(terminal);
    const known = remembers && device !== undefined;
    const memory = known
      ? { incarnation: device.incarnation, nextNumber: device.next, list: this.world.list }
      : {};
    const { welcomed } = this.world.command(terminal, { openSession: { terminal, ...memory } })!;
    const { session, incarnation, nextNumber } = welcomed!;
    const used = known ? device.used : [];
    this.#devices.set(terminal, {
      ...{ session: Number(session), incarnation: incarnation!, next: Number(nextNumber), used },
    });
    if (!remembers) this.hold(terminal);
  }

  hold(terminal: string): void {
    const { session } = this.#devices.get(terminal)!;
    this.world.command(terminal, { holdList: { terminal, session, version: this.world.list } });
  }

  transact(terminal: string, card: string, kind: v1.Kind, amount: number): void {
    const device = this.#devices.get(terminal)!;
    const { session, incarnation } = device;
    const id = { terminal, incarnation, number: device.next };
    device.next += 1;
    device.used.push({ number: id.number, card });
    const stated = kind === Kind.KIND_ENQUIRY ? {} : { amount };
    const time = amount % 7 === 0 ? { terminalTimeMs: this.world.time + amount * 10_000 + 20_000 } : {};
    this.world.command(terminal, { transact: { id, session, kind, card, ...stated, ...time } });
  }

  /** A number that was used, or was not. */
  reverse(terminal: string, which: number): void {
    const device = this.#devices.get(terminal)!;
    const { session, incarnation } = device;
    const used = device.used[which % (device.used.length + 1)];
    const { number, card } = used ?? { number: device.next++, card: 'C1' };
    const id = { terminal, incarnation, number };
    this.world.command(terminal, { reverse: { id, session, card } });
  }

  step([what, who, index, amount, which]: Step): void {
    const { world } = this;
    const card = CARDS[index] ?? 'nobody';
    const terminal = TERMINALS[who]!;
    const money = terminal === 'D1' ? Kind.KIND_DEPOSIT : Kind.KIND_PURCHASE;
    if (what <= 5) this.transact(terminal, card, money, amount);
    else if (what === 6) this.transact(terminal, card, Kind.KIND_ENQUIRY, 0);
    else if (what === 7) this.transact(terminal, card, Kind.KIND_DEPOSIT, amount);
    else if (what <= 11) world.deliver(which);
    else if (what === 12) world.deliver(which, true);
    else if (what <= 14) this.reverse(terminal, which);
    else if (what === 15) this.hello(terminal, which % 2 === 0);
    else if (what === 16) this.hold(terminal);
    else if (what === 17) world.flush();
    else this.#operate(card, amount, which);
  }

  #operate(card: string, amount: number, which: number): void {
    const reason = ProhibitionReason.PROHIBITION_REASON_OPERATOR;
    if (which % 3 === 0) this.world.command(card, { changeLimit: { card, limit: Math.abs(amount) } });
    else if (which % 10 === 1) this.world.command(card, { activateCard: { card } });
    else this.world.command(card, { changeProhibition: { card, reason, prohibited: which % 3 === 1 } });
  }
}

async function judge(history: readonly Step[], rules: v1.DeploymentRules.$Properties): Promise<void> {
  const world = new ActorsWorld(3, rules);
  const drivers = new Drivers(world);
  for (const step of history) drivers.step(step);
  // Open frames are not stored yet, and asks are under way: in flight, and no violation.
  world.flush();
  const running = await auditSystem(world, { acknowledged: world.told });
  expect(running.violations, JSON.stringify(running.violations)).to.deep.equal([]);
  world.drain();
  const drained = await auditSystem(world, { drained: true, acknowledged: world.told });
  expect(drained.violations, JSON.stringify(drained.violations)).to.deep.equal([]);
  expect(drained.compared).to.deep.include({ moved: 0 });
  expect(drained.compared.snapshots).to.deep.include({ behind: 0, missing: 0 });
}

describe('auditor and the real actors', () => {
  it('agree on any history, while it runs and after it was drained', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => judge(history, {})),
      { numRuns: 100 },
    );
  });

  it('agree under a business clock', async () => {
    const rules = { businessClockStartMs: Date.UTC(2024, 1, 28), businessClockRate: 60_000 };
    await fc.assert(
      fc.asyncProperty(steps, async (history) => judge(history, rules)),
      { numRuns: 30 },
    );
  });
});
