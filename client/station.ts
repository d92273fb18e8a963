import { CLIENT_ANSWER_MS } from '../actors/bounds.js';
import type { v1 } from '../proto/generated/emoney.js';
import { fromUint32, toUnsigned } from '../proto/guard.js';
import type { Body, Connection } from './connection.js';
import { NoAnswerError, RejectedError, type ConnectionLostError } from './errors.js';
import { ExplainedTransactions } from './explain.js';
import type { HelloOptions, Remembered } from './hello.js';
import { Numbers } from './numbers.js';
import { pauseMs } from './patience.js';
import { Pursuits, type Attempt, type OnResult, type Result } from './pursuits.js';
import { replyOf } from './reply.js';
import { SentTimes } from './sentTimes.js';
import {
  depositBody,
  enquiryBody,
  purchaseBody,
  refundBody,
  voidBody,
  type SaidTap,
} from './transactionBodies.js';
import type { Deposit, Inquiry, Payment, Refund, Tap, Undoing, Voiding } from './transactions.js';

export type { OnResult, Result } from './pursuits.js';
export type Welcome = v1.Welcome;

/** One terminal on a connection: assigns numbers, keeps the mark, repeats what was rejected for now. */
export class Station {
  readonly terminal: string;
  readonly incarnation: number;
  /** Resolves when the system knows that this terminal holds the list: it may sell. */
  readonly ready: Promise<void>;
  /** Rejections that were answered by repeating, by code. For reports. */
  onRejected: ((error: RejectedError) => void) | undefined;
  private readonly connection: Connection;
  private readonly numbers: Numbers;
  private readonly pursuits: Pursuits;
  private readonly times: SentTimes;
  private readonly fromSource: boolean;
  private readonly retryForMs: number | undefined;
  /** By their timers: messages that were rejected for now and will be sent again. */
  private readonly repeats = new Map<NodeJS.Timeout, OnResult>();
  private resolveReady: () => void = () => undefined;
  private readyTimer: NodeJS.Timeout | undefined;
  private rejectReady: (error: ConnectionLostError) => void = () => undefined;

  constructor(connection: Connection, welcome: Welcome, options: HelloOptions) {
    const { terminal, remember, source } = options;
    this.connection = connection;
    this.terminal = terminal;
    this.incarnation = welcome.incarnation;
    this.retryForMs = options.retryForMs;
    this.fromSource = source !== undefined && source !== '';
    const continued = remember?.incarnation === welcome.incarnation;
    const open = welcome.openNumbers.map((number) => toUnsigned(number, 'open_numbers'));
    const before = continued ? (remember.open ?? []) : [];
    open.push(...before.map(({ number }) => number));
    this.numbers = new Numbers(toUnsigned(welcome.nextNumber, 'next_number'), open);
    this.pursuits = new Pursuits(this.numbers, continued ? (remember.reversing ?? []) : []);
    this.times = new SentTimes(before);
    this.ready = new Promise((resolve, reject) => {
      this.resolveReady = resolve;
      this.rejectReady = reject;
    });
    // Whoever does not wait for it is not to end the process.
    this.ready.catch(() => undefined);
  }

  /** What a device must keep to continue after its connection, or itself, was lost. */
  get remembered(): Remembered {
    const { nextNumber, openNumbers } = this.numbers;
    const { reversing } = this.pursuits;
    return { incarnation: this.incarnation, nextNumber, open: this.times.of(openNumbers), reversing };
  }

  /** Numbers whose final answers are not here: repeat, reverse or ask for them. */
  get openNumbers(): readonly number[] {
    return this.numbers.openNumbers;
  }

  /**
   * Returns the number that was used. Throws GuardError for a number that its field cannot hold, and then uses none.
   * A number that was given up by `reverse` is never approved afterwards, even if the approval is on its way: `done` then
   * gets what the reversal gets, REVERSED as a rule, and waits for it. So with every other transaction.
   */
  purchase(payment: Payment, done: OnResult): number {
    return this.transact(payment, done, purchaseBody(payment));
  }

  deposit(deposit: Deposit, done: OnResult): number {
    return this.transact(deposit, done, depositBody(deposit));
  }

  enquiry(inquiry: Inquiry, done: OnResult): number {
    return this.transact(inquiry, done, enquiryBody(inquiry));
  }

  /** Gives back a part, or all, of an approved purchase, made at any terminal. */
  refund(refund: Refund, done: OnResult): number {
    return this.transact(refund, done, refundBody(refund));
  }

  /** Undoes the card's last purchase or fare, made at this terminal, while its batch is open. */
  void(voiding: Voiding, done: OnResult): number {
    return this.transact(voiding, done, voidBody(voiding));
  }

  /** Pays the whole stored value out and closes the card. */
  unload(unload: Tap, done: OnResult): number {
    return this.transact(unload, done, (tap) => ({ unload: tap }));
  }

  /** In through this gate. */
  entry(entry: Tap, done: OnResult): number {
    return this.transact(entry, done, (tap) => ({ entry: tap }));
  }

  /** Out through this gate: the fare is taken. */
  exit(exit: Tap, done: OnResult): number {
    return this.transact(exit, done, (tap) => ({ exit: tap }));
  }

  /** Until it is answered with REVERSED or REVERSING, both final, the number stays open: repeat it. */
  reverse({ number, card, timeMs }: Undoing, done: OnResult): void {
    this.numbers.take(number);
    const { terminal, mark } = this;
    const reversal = { terminal, number, card, terminalTimeMs: timeMs ?? Date.now(), mark };
    this.attempt('reversal', number, { reversal }, done);
  }

  /**
   * Gives up a number without a reversal: every message about it was OVERLOADED, so nobody has seen it. False: somebody
   * may have, or it was sent on another connection; reverse it.
   */
  forgo(number: number): boolean {
    return this.pursuits.forgo(number);
  }

  /** The same transactions, explained instead of done. */
  get explain(): ExplainedTransactions {
    return new ExplainedTransactions(this.connection, this.terminal, (number) => this.times.sent(number));
  }

  /** What became of a number, without doing anything. */
  outcome(number: number, done: OnResult): void {
    this.attempt('question', number, { outcome: { terminal: this.terminal, number } }, done);
  }

  /** `ready` is to come within this time, or rejects with NoAnswerError. */
  expectReady(patienceMs = CLIENT_ANSWER_MS): void {
    this.readyTimer ??= setTimeout(() => {
      this.rejectReady(new NoAnswerError(patienceMs));
    }, patienceMs);
  }

  /** For the concentrator. */
  acknowledged(): void {
    clearTimeout(this.readyTimer);
    this.resolveReady();
  }

  /** For the concentrator. */
  lost(error: ConnectionLostError): void {
    clearTimeout(this.readyTimer);
    // Now, as all else: by the time of a repeat its device may have come back, and would not hear of it again.
    for (const [timer, done] of this.repeats) {
      clearTimeout(timer);
      done(error);
    }
    this.repeats.clear();
    this.pursuits.lost(error);
    this.rejectReady(error);
  }

  /** A source may begin again at any number, so nothing of it may be forgotten: it never says a mark. */
  private get mark(): number {
    return this.fromSource ? 0 : this.numbers.mark;
  }

  private transact(tap: Tap, done: OnResult, bodyOf: (said: SaidTap) => Body): number {
    // Before a number is taken: one that was never sent would stay open for ever.
    const device = fromUint32(tap.device ?? 0, 'device');
    const number = this.numbers.take(tap.number);
    const { terminal, mark } = this;
    const terminalTimeMs = this.times.take(number, tap.timeMs);
    const body = bodyOf({ terminal, number, card: tap.card, terminalTimeMs, mark, device });
    this.attempt('transaction', number, body, done, tap.number === undefined);
    return number;
  }

  private attempt(attempt: Attempt, number: number, body: Body, done: OnResult, isNew = false): void {
    this.pursuits.begin(number, attempt, isNew);
    this.send(number, body, (result) => {
      this.pursuits.end(number, attempt, result, done);
    });
  }

  /** Sends, and repeats what is rejected for now. */
  private send(number: number, body: Body, done: OnResult, tried = 0, since = 0): void {
    this.connection.send(body, (answer) => {
      if (!(answer instanceof Error)) done(readReply(answer.reply));
      else if (!(answer instanceof RejectedError)) done(answer);
      else {
        this.onRejected?.(answer);
        this.pursuits.rejected(number, answer);
        const begun = since === 0 ? Date.now() : since;
        const pause = pauseMs(answer, tried, Date.now() - begun, this.retryForMs);
        if (pause === undefined) {
          done(answer);
          return;
        }
        const timer = setTimeout(() => {
          this.repeats.delete(timer);
          this.send(number, body, done, tried + 1, begun);
        }, pause);
        this.repeats.set(timer, done);
      }
    });
  }
}

/** An answer that cannot be read says nothing about the id: it stays open, and can be asked for. */
function readReply(reply: v1.ServerMessage['reply']): Result {
  try {
    if (reply != null) return replyOf(reply);
    return new RejectedError('INTERNAL', 'the gateway answered something else', 0);
  } catch (error) {
    return new RejectedError('INTERNAL', `the answer cannot be read: ${String(error)}`, 0);
  }
}
