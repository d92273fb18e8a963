import { expect } from 'chai';
import { v1 } from '../../../proto/generated/emoney.js';
import { auditSystem } from '../../../simulator/auditor/index.js';
import { ActorsWorld } from './actorsWorld.js';

const { TerminalRole } = v1;
const DAY_MS = 86_400_000;
const PARAMETERS = { effectiveFrom: 20240101, ratePpm: 180_000, frequency: 1 };

/** Some minutes before midnight in Tokyo, on the first day. */
export const LATE = Date.parse('2026-03-01T23:50:00+09:00');

/** One card, a till and a deposit terminal, of the real actors. */
export class Bank {
  readonly world = new ActorsWorld(2, { parameters: PARAMETERS });
  readonly #sessions = new Map<string, { session: number; incarnation: number; next: number }>();

  constructor(terms: v1.CardTerms.$Properties, policy: v1.CardPolicy.$Properties = {}) {
    this.world.time = LATE;
    this.#register('T1', TerminalRole.TERMINAL_ROLE_PURCHASE);
    this.#register('D1', TerminalRole.TERMINAL_ROLE_DEPOSIT);
    const issued = { active: true, limit: 50_000, ...terms, policy: { creditFlag: true, ...policy } };
    this.operate({ issueCard: { card: 'C1', terms: issued } });
  }

  #register(terminal: string, role: v1.TerminalRole): void {
    const { world } = this;
    world.command(terminal, { registerTerminal: { terminal, role, mayDefer: true } });
    const { welcomed } = world.command(terminal, { openSession: { terminal } })!;
    const session = Number(welcomed!.session);
    this.#sessions.set(terminal, { session, incarnation: welcomed!.incarnation!, next: 1 });
    world.command(terminal, { holdList: { terminal, session, version: world.list } });
  }

  transact(
    terminal: string,
    kind: v1.Kind,
    more: v1.Transact.$Properties = {},
  ): v1.TransactionId.$Properties {
    const device = this.#sessions.get(terminal)!;
    const { session, incarnation } = device;
    const id = { terminal, incarnation, number: device.next };
    device.next += 1;
    this.world.command(terminal, { transact: { id, session, kind, card: 'C1', device: 1, ...more } });
    this.world.drain();
    return id;
  }

  reverse(id: v1.TransactionId.$Properties): void {
    const { session } = this.#sessions.get(id.terminal!)!;
    this.world.command(id.terminal!, { reverse: { id, session, card: 'C1' } });
    this.world.drain();
  }

  operate(command: v1.Command.$Properties, at = 'C1'): void {
    this.world.command(at, command);
    this.world.drain();
  }

  settle(number: number): void {
    this.operate({ settle: { number } }, 'center');
  }

  /** Of the latest settlement that ordered something. */
  get order(): string {
    return this.world.orders.at(-1)!.order;
  }

  days(count: number): void {
    for (let day = 0; day < count; day += 1) {
      this.world.time += DAY_MS;
      this.world.wake();
      this.world.drain();
    }
  }

  get record(): v1.RecordState.$Properties {
    const { cards } = this.world.command('C1', { describeCards: { cards: ['C1'] } })!;
    return cards!.cards![0]!.record!;
  }

  owes(): Record<string, number> {
    const { storedValue, loan, interest } = this.record.balances!;
    return { storedValue: Number(storedValue), loan: Number(loan), interest: Number(interest) };
  }

  async audit(): Promise<void> {
    const { violations, compared } = await auditSystem(this.world, { drained: true });
    expect(violations, JSON.stringify(violations)).to.deep.equal([]);
    expect(compared.cards).to.equal(1);
  }
}
