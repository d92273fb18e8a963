import {
  ConnectionLostError,
  RejectedError,
  type Reply,
  type Result,
  type Station,
} from '../client/index.js';
import type { AcknowledgedLog } from './acknowledgedLog.js';
import type { Command } from './command.js';
import type { Device } from './device.js';
import { repeatDiffers } from './expectations.js';
import type { Tally } from './tally.js';

/** What attempts report to. */
export interface Counter {
  readonly tally: Tally;
  readonly log: AcknowledgedLog;
  /** Milliseconds, of the terminals' clocks. */
  readonly clock: () => number;
  /** Every answer that the command asks for is here. */
  finished(attempt: Attempt): void;
  /** There will never be one; why. */
  failed(attempt: Attempt, reason: string): void;
}

/** One command at one device, from its first message until every answer to it is here. */
export class Attempt {
  readonly command: Command;
  readonly device: Device;
  /** Milliseconds of performance.now(): when it should have started. */
  readonly intended: number;
  readonly #counter: Counter;
  readonly #timeMs: number;
  #number: number | undefined;
  #incarnation = 0;
  /** Messages whose answers are outstanding. */
  #awaited = 0;
  #answer: Reply | undefined;
  #reversingSince: number | undefined;
  #reversal: Reply | undefined;
  #done = false;

  constructor(command: Command, device: Device, intended: number, counter: Counter) {
    this.command = command;
    this.device = device;
    this.intended = intended;
    this.#counter = counter;
    this.#timeMs = counter.clock();
  }

  /** While the device has no connection it waits for one: it is sent later, with the time of now. */
  begin(): void {
    const { device } = this;
    device.open += 1;
    this.command.begun();
    if (device.station === undefined) this.#strand();
    else this.#start(device.station);
  }

  /** The device is connected again: the same number, with the same content. */
  resume(station: Station): void {
    if (this.#number === undefined) {
      this.#start(station);
      return;
    }
    if (station.incarnation !== this.#incarnation) {
      this.#fail(`the device came back as incarnation ${station.incarnation}`);
      return;
    }
    if (this.#answer === undefined) this.#send(station);
    if (this.#isReversing) this.#reverse(station);
    this.#finishIfDone();
  }

  /** The first answer to the command; undefined: none came before it was reversed. */
  get answer(): Reply | undefined {
    return this.#answer;
  }

  /** The answer to its reversal; undefined: there was none. */
  get reversal(): Reply | undefined {
    return this.#reversal;
  }

  get #isReversing(): boolean {
    return this.#reversingSince !== undefined && this.#reversal === undefined;
  }

  /** For messages about it. */
  get name(): string {
    return `${this.device.terminal}/${this.#incarnation}/${this.#number ?? '?'}`;
  }

  #start(station: Station): void {
    const { follow } = this.command;
    this.#incarnation = station.incarnation;
    this.#send(station);
    if (follow === 'repeatAtOnce') this.#repeat(station);
    if (follow === 'reverseAtOnce') this.#reverse(station);
  }

  #send(station: Station): void {
    this.#awaited += 1;
    const sent = { number: this.#number, timeMs: this.#timeMs };
    this.#number = this.command.send(station, sent, this.#onResult);
  }

  #repeat(station: Station): void {
    this.#counter.tally.repeats += 1;
    this.#send(station);
  }

  #reverse(station: Station): void {
    if (this.#number === undefined) return;
    this.#reversingSince ??= performance.now();
    this.#awaited += 1;
    const timeMs = this.#counter.clock();
    station.reverse({ number: this.#number, card: this.command.card, timeMs }, this.#onReversed);
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
    const { command, device } = this;
    const { tally, log } = this.#counter;
    this.#answer = reply;
    command.ended();
    log.add(device.terminal, command.card, reply, false);
    const declinedBy = reply.outcome === 'APPROVED' ? undefined : reply.outcome;
    if (command.counted) tally.answered(command.kind, declinedBy, performance.now() - this.intended);
    const wrong = command.implausible(reply);
    if (wrong !== undefined) this.#violate(wrong);
    this.#learn(reply);
    const { station } = device;
    if (station === undefined) return;
    // In this very turn: the number is below the device's mark as soon as another message leaves.
    if (command.follow === 'repeatLater') this.#repeat(station);
    if (command.follow === 'reverseLater') this.#reverse(station);
  }

  #again(first: Reply, reply: Reply): void {
    this.#counter.log.add(this.device.terminal, this.command.card, reply, false);
    const wrong = repeatDiffers(first, reply, this.#reversingSince !== undefined);
    if (wrong !== undefined) this.#violate(wrong);
  }

  readonly #onReversed = (result: Result): void => {
    this.#awaited -= 1;
    if (result instanceof ConnectionLostError) this.#strand();
    else if (result instanceof RejectedError) this.#reverseAgain(result);
    else if (this.#reversal === undefined) this.#firstReversal(result);
    this.#finishIfDone();
  };

  #firstReversal(reply: Reply): void {
    this.#reversal = reply;
    const { tally, log } = this.#counter;
    log.add(this.device.terminal, this.command.card, reply, true);
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
    if (this.#reversal !== undefined) return;
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
    const reversed = this.#reversingSince === undefined || this.#reversal !== undefined;
    // A purchase that was given up gets no answer of its own: the reversal's is the final one.
    if (!reversed || (this.#answer === undefined && this.#reversal === undefined)) return;
    this.#done = true;
    if (this.#answer === undefined) this.command.ended();
    this.device.open -= 1;
    this.#counter.finished(this);
  }

  #learn(reply: Reply): void {
    // The terminal's own refusals, and answers about unknown cards, say no balances.
    if (reply.position > 0 && reply.balances.limit > 0) this.command.learn(reply);
  }

  #violate(problem: string): void {
    this.#counter.tally.violation(`${this.name} (${this.command.kind} ${this.command.amount}): ${problem}`);
  }
}
