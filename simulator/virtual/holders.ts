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

export class Holders {
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #cards: readonly CardSetting[];
  #left: number;
  #begun = 0;
  #unloads = 2;
  readonly #payments: {
    readonly id: v1.TransactionId.$Properties;
    readonly card: string;
    readonly amount: number;
  }[] = [];

  /** `orders`: how many there will be in all. */
  constructor(random: Random, faults: Faults, { cards }: Population, orders: number) {
    this.#random = random;
    this.#faults = faults;
    this.#cards = cards;
    this.#left = orders;
  }

  /** Orders that were begun. */
  get begun(): number {
    return this.#begun;
  }

  next({ role }: TerminalSetting): Order | undefined {
    if (this.#left === 0) return undefined;
    this.#left -= 1;
    this.#begun += 1;
    const random = this.#random;
    const setting = random.pick(this.#cards);
    const kind = this.#kindAt(role);
    if (kind === 'refund') return this.#refund();
    const { card, pin } = setting;
    const amount = kind === 'purchase' ? this.#price() : kind === 'deposit' ? random.integer(100, 6_000) : 0;
    const said = pin === '' || random.chance(0.2) ? undefined : random.chance(0.9) ? pin : '1111';
    return {
      ...{ kind, card, amount },
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
    if (!this.#faults.has('terminal clock ahead') || !this.#random.chance(0.01)) return 0;
    this.#faults.count('terminal clock ahead');
    return AHEAD_MS;
  }
}
