import type { OnResult, Reply, Station } from '../../client/index.js';
import type { Command, Follow, Sent } from '../command.js';
import { judge, type Asked } from './judge.js';

/** How a device sends it. */
export type Sending = (station: Station, sent: Sent, done: OnResult) => number;

/** One tap of a card of the city. */
export class CityCommand implements Command {
  readonly asked: Asked;
  readonly follow: Follow;
  readonly counted: boolean;
  readonly #sending: Sending;

  constructor(asked: Asked, follow: Follow, sending: Sending, counted = true) {
    this.asked = asked;
    this.follow = follow;
    this.counted = counted;
    this.#sending = sending;
  }

  get kind(): string {
    return this.asked.kind;
  }

  get card(): string {
    return this.asked.holder.card;
  }

  get amount(): number {
    return this.asked.amount;
  }

  send(station: Station, sent: Sent, done: OnResult): number {
    return this.#sending(station, sent, done);
  }

  implausible(reply: Reply): string | undefined {
    return judge(this.asked, reply);
  }

  begun(): void {
    // The holder does one thing at a time: nothing is to be reserved.
  }

  ended(): void {
    // As above.
  }

  learn(reply: Reply): void {
    this.asked.holder.learn(reply);
  }
}
