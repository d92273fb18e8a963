/** What the holders of the cards do at the terminals. */
import { v1 } from '../../proto/generated/emoney.js';
import type { Random } from '../random.js';
import type { Faults } from './faults.js';
import type { Order, OrderKind } from './order.js';
import type { CardSetting, Population, TerminalSetting } from './population.js';
import type { Reply } from './told.js';

const APPROVED: number = v1.Outcome.OUTCOME_APPROVED;

/** Payments of which something may be given back. */
const KEPT_PAYMENTS = 64;
const AHEAD_MS = 3_600_000;
/** Business days that are charged already are met, and ones that a deployment has not had. */
const MOST_BEHIND_MS = 40 * 86_400_000;

export interface Payment {
  readonly id: v1.TransactionId.$Properties;
  readonly card: string;
  readonly amount: number;
}

export class Holders {
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #cards: readonly CardSetting[];
  readonly #commands: number;
  #spent = 0;
  #unloads = 2;
  /** Number of the plastic that is a card's own now; absent: the first. */
  readonly #plastics = new Map<string, number>();
  readonly #payments: Payment[] = [];

  /** `commands`: how many terminals send in all; what is no order is told by `spend`. */
  constructor(random: Random, faults: Faults, { cards }: Population, commands: number) {
    this.#random = random;
    this.#faults = faults;
    this.#cards = cards;
    this.#commands = commands;
  }

  /** Commands that terminals have sent. */
  get spent(): number {
    return this.#spent;
  }

  /** A terminal has sent one that is no order: a reversal, or a closing. */
  spend(): void {
    this.#spent += 1;
  }

  /** The holder has got a new plastic; the old one is still somewhere. */
  replaced(card: string, device: number): void {
    this.#plastics.set(card, Math.max(device, this.#plastics.get(card) ?? 1));
  }

  /** A payment that was answered as approved; undefined: there is none yet. */
  paid(): Payment | undefined {
    return this.#payments.length === 0 ? undefined : this.#random.pick(this.#payments);
  }

  next(setting: TerminalSetting): Order | undefined {
    if (this.#spent >= this.#commands) return undefined;
    this.spend();
    const order = this.#orderAt(setting);
    const device = this.#presented(order.card);
    return device === undefined ? order : { ...order, device };
  }

  #orderAt(setting: TerminalSetting): Order {
    const random = this.#random;
    const { card: own, role } = setting;
    if (role === 'PHONE') return { kind: 'enquiry', card: own, amount: 0, aheadMs: this.#ahead() };
    const { card, pin } = random.pick(this.#cards);
    const kind = this.#kindAt(role);
    if (kind === 'refund') return this.#refund();
    const amount = kind === 'purchase' ? this.#price() : kind === 'deposit' ? random.integer(100, 6_000) : 0;
    const said = pin === '' || random.chance(0.2) ? undefined : random.chance(0.9) ? pin : '1111';
    return {
      kind,
      card,
      amount,
      aheadMs: this.#ahead(),
      pin: kind === 'purchase' ? said : undefined,
      partial: kind === 'purchase' && random.chance(0.05),
    };
  }

  /** What was answered, in so far as something can be done with it later. */
  answered(order: Order, reply: Reply): void {
    if (order.kind !== 'purchase' || reply.outcome !== APPROVED) return;
    this.#payments.push({ id: reply.id, card: order.card, amount: reply.amount });
    if (this.#payments.length > KEPT_PAYMENTS) this.#payments.shift();
  }

  /** Undefined: the first. */
  #presented(card: string): number | undefined {
    const newest = this.#plastics.get(card);
    return newest === undefined || this.#random.chance(0.1) ? undefined : newest;
  }

  #kindAt(role: TerminalSetting['role']): OrderKind {
    const choice = this.#random.fraction();
    if (role === 'GATE') return choice < 0.48 ? 'entry' : choice < 0.95 ? 'exit' : 'enquiry';
    if (role === 'DEPOSIT') {
      if (choice < 0.004 && this.#unloads > 0) {
        this.#unloads -= 1;
        return 'unload';
      }
      return choice < 0.9 ? 'deposit' : 'enquiry';
    }
    if (choice < 0.78) return 'purchase';
    if (choice < 0.9) return 'refund';
    return choice < 0.95 ? 'void' : 'enquiry';
  }

  #price(): number {
    const random = this.#random;
    if (random.chance(0.01)) return 0;
    return random.chance(0.1) ? random.integer(2_000, 12_000) : random.integer(50, 1_500);
  }

  #refund(): Order {
    const random = this.#random;
    if (this.#payments.length === 0)
      return { kind: 'enquiry', card: random.pick(this.#cards).card, amount: 0, aheadMs: 0 };
    const { id, card, amount } = random.pick(this.#payments);
    const back = random.chance(0.3) ? amount : random.integer(1, amount);
    return { kind: 'refund', card, amount: back, original: id, aheadMs: this.#ahead() };
  }

  #ahead(): number {
    return this.#hasWrongClock('terminal clock ahead')
      ? AHEAD_MS
      : this.#hasWrongClock('terminal clock behind')
        ? -this.#random.integer(1, MOST_BEHIND_MS)
        : 0;
  }

  #hasWrongClock(how: 'terminal clock ahead' | 'terminal clock behind'): boolean {
    if (!this.#faults.has(how) || !this.#random.chance(0.01)) return false;
    this.#faults.count(how);
    return true;
  }
}
