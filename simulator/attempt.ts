import {
  ConnectionLostError,
  RejectedError,
  type Reply,
  type Result,
  type Station,
} from '../client/index.js';
import type { AcknowledgedLog } from './acknowledgedLog.js';
import type { Device } from './device.js';
import { implausible, repeatDiffers } from './expectations.js';
import type { Tally } from './tally.js';
import type { Order } from './workload.js';

/** What attempts report to. */
export interface Counter {
  readonly tally: Tally;
  readonly log: AcknowledgedLog;
  /** Every answer that the order asks for is here. */
  finished(attempt: Attempt): void;
  /** There will never be one; why. */
  failed(attempt: Attempt, reason: string): void;
}

/** One order at one device, from its first message until every answer to it is here. */
export class Attempt {
  readonly order: Order;
  readonly device: Device;
  /** Milliseconds of performance.now(): when it should have started. */
  readonly intended: number;
  readonly #counter: Counter;
  readonly #timeMs = Date.now();
  #number: number | undefined;
  #incarnation = 0;
  /** Messages whose answers are outstanding. */
  #awaited = 0;
  #answer: Reply | undefined;
  #reversingSince: number | undefined;
  #reversed = false;
  #done = false;

  constructor(order: Order, device: Device, intended: number, counter: Counter) {
    this.order = order;
    this.device = device;
    this.intended = intended;
    this.#counter = counter;
  }

  begin(station: Station): void {
    this.device.open += 1;
    this.#incarnation = station.incarnation;
    this.#reserve(1);
    this.#send(station);
    if (this.order.follow === 'repeatAtOnce') this.#repeat(station);
    if (this.order.follow === 'reverseAtOnce') this.#reverse(station);
  }

  /** The device is connected again: the same number, with the same content. */
  resume(station: Station): void {
    if (station.incarnation !== this.#incarnation) {
      this.#fail(`the device came back as incarnation ${station.incarnation}`);
      return;
    }
    if (this.#answer === undefined) this.#send(station);
    if (this.#isReversing) this.#reverse(station);
    this.#finishIfDone();
  }

  get #isReversing(): boolean {
    return this.#reversingSince !== undefined && !this.#reversed;
  }

  /** For messages about it. */
  get name(): string {
    return `${this.device.terminal}/${this.#incarnation}/${this.#number ?? '?'}`;
  }

  #send(station: Station): void {
    const { kind, purse, amount } = this.order;
    const { card } = purse;
    this.#awaited += 1;
    const [number, timeMs] = [this.#number, this.#timeMs];
    if (kind === 'enquiry') this.#number = station.enquiry({ card, number, timeMs }, this.#onResult);
    else this.#number = station[kind]({ card, amount, number, timeMs }, this.#onResult);
  }

  #repeat(station: Station): void {
    this.#counter.tally.repeats += 1;
    this.#send(station);
  }

  #reverse(station: Station): void {
    if (this.#number === undefined) return;
    this.#reversingSince ??= performance.now();
    this.#awaited += 1;
    station.reverse({ number: this.#number, card: this.order.purse.card }, this.#onReversed);
  }

  readonly #onResult = (result: Result): void => {
    this.#awaited -= 1;
    if (result instanceof ConnectionLostError) this.#strand();
    else if (result instanceof RejectedError) this.#giveUp();
    else if (this.#answer === undefined) this.#firstAnswer(result);
    else this.#again(this.#answer, result);
    this.#finishIfDone();
  };

  #firstAnswer(reply: Reply): void {
    const { order, device } = this;
    const { tally, log } = this.#counter;
    this.#answer = reply;
    this.#reserve(-1);
    log.add(device.terminal, order.purse.card, reply, false);
    const declinedBy = reply.outcome === 'APPROVED' ? undefined : reply.outcome;
    tally.answered(order.kind, declinedBy, performance.now() - this.intended);
    const wrong = implausible(order, reply);
    if (wrong !== undefined) this.#violate(wrong);
    this.#learn(reply);
    const { station } = device;
    if (station === undefined) return;
    // In this very turn: the number is below the device's mark as soon as another message leaves.
    if (order.follow === 'repeatLater') this.#repeat(station);
    if (order.follow === 'reverseLater') this.#reverse(station);
  }

  #again(first: Reply, reply: Reply): void {
    this.#counter.log.add(this.device.terminal, this.order.purse.card, reply, false);
    const wrong = repeatDiffers(first, reply, this.#reversingSince !== undefined);
    if (wrong !== undefined) this.#violate(wrong);
  }

  readonly #onReversed = (result: Result): void => {
    this.#awaited -= 1;
    if (result instanceof ConnectionLostError) this.#strand();
    else if (result instanceof RejectedError) this.#reverseAgain(result);
    else if (!this.#reversed) this.#firstReversal(result);
    this.#finishIfDone();
  };

  #firstReversal(reply: Reply): void {
    this.#reversed = true;
    const { tally, log } = this.#counter;
    log.add(this.device.terminal, this.order.purse.card, reply, true);
    const undone = reply.outcome === 'REVERSED' || reply.outcome === 'REVERSING';
    tally.answered(
      'reversal',
      undone ? undefined : reply.outcome,
      performance.now() - (this.#reversingSince ?? 0),
    );
    if (!undone) this.#violate(`a reversal was answered ${reply.outcome}`);
    this.#learn(reply);
  }

  /** Patience is at an end, or asking again is no use: nobody knows what became of it, so the device reverses. */
  #giveUp(): void {
    const { station } = this.device;
    // Only a repeat was rejected, or the reversal is on its way already.
    if (this.#answer !== undefined || this.#reversingSince !== undefined) return;
    if (station === undefined) this.#strand();
    else this.#reverse(station);
  }

  /** A reversal is pursued for as long as that can help. */
  #reverseAgain(error: RejectedError): void {
    const { station } = this.device;
    if (this.#reversed) return;
    if (error.retryAfterMs === 0) this.#fail(error.message);
    else if (station === undefined) this.#strand();
    else this.#reverse(station);
  }

  #fail(reason: string): void {
    if (this.#done) return;
    this.#done = true;
    this.device.open -= 1;
    this.#counter.failed(this, reason);
  }

  #strand(): void {
    this.device.stranded.add(this);
  }

  #finishIfDone(): void {
    if (this.#done || this.#awaited > 0 || this.device.stranded.has(this)) return;
    const reversed = this.#reversingSince === undefined || this.#reversed;
    // A purchase that was given up gets no answer of its own: the reversal's is the final one.
    if (!reversed || (this.#answer === undefined && !this.#reversed)) return;
    this.#done = true;
    if (this.#answer === undefined) this.#reserve(-1);
    this.device.open -= 1;
    this.#counter.finished(this);
  }

  #learn({ balances, position }: Reply): void {
    // The terminal's own refusals, and answers about unknown cards, say no balances.
    if (position > 0 && balances.limit > 0) this.order.purse.learn(balances, position);
  }

  #reserve(sign: 1 | -1): void {
    const { kind, purse, amount, overdrawing } = this.order;
    if (overdrawing) return;
    if (kind === 'purchase') purse.leaving += sign * amount;
    if (kind === 'deposit') purse.arriving += sign * amount;
  }

  #violate(problem: string): void {
    this.#counter.tally.violation(`${this.name} (${this.order.kind} ${this.order.amount}): ${problem}`);
  }
}
