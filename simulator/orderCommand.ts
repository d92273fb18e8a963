import type { OnResult, Reply, Station } from '../client/index.js';
import type { Command, Follow, Sent } from './command.js';
import { implausible } from './expectations.js';
import type { Order } from './workload.js';

/** An order as a device sends it. */
export class OrderCommand implements Command {
  readonly counted: boolean;
  readonly #order: Order;

  constructor(order: Order, counted: boolean) {
    this.#order = order;
    this.counted = counted;
  }

  get kind(): string {
    return this.#order.kind;
  }

  get card(): string {
    return this.#order.purse.card;
  }

  get amount(): number {
    return this.#order.amount;
  }

  get follow(): Follow {
    return this.#order.follow;
  }

  send(station: Station, { number, timeMs }: Sent, done: OnResult): number {
    const { kind, amount } = this.#order;
    const { card } = this;
    if (kind === 'enquiry') return station.enquiry({ card, number, timeMs }, done);
    return station[kind]({ card, amount, number, timeMs }, done);
  }

  implausible(reply: Reply): string | undefined {
    return implausible(this.#order, reply);
  }

  begun(): void {
    this.#reserve(1);
  }

  ended(): void {
    this.#reserve(-1);
  }

  learn({ balances, position }: Reply): void {
    this.#order.purse.learn(balances, position);
  }

  #reserve(sign: 1 | -1): void {
    const { kind, purse, amount, overdrawing } = this.#order;
    if (overdrawing) return;
    if (kind === 'purchase') purse.leaving += sign * amount;
    if (kind === 'deposit') purse.arriving += sign * amount;
  }
}
