import type { v1 } from '../proto/generated/emoney.js';
import { fromInteger, toUnsigned, type WireInteger } from '../proto/guard.js';
import type { Body, Connection } from './connection.js';
import { RejectedError, type ConnectionLostError } from './errors.js';
import type { HelloOptions, Remembered } from './hello.js';
import { Numbers } from './numbers.js';
import { pauseMs } from './patience.js';
import { Pursuits, type Attempt, type OnResult, type Result } from './pursuits.js';
import { replyOf } from './reply.js';
import { SentTimes } from './sentTimes.js';

export type { OnResult, Result } from './pursuits.js';
export type Welcome = v1.Welcome;

export interface Payment {
  readonly card: string;
  /** Minor units; the rules refuse what is not 1 … 999,999,999,999. */
  readonly amount: WireInteger;
  /** A number of before, to repeat it, or one of the caller's choice; otherwise the next. */
  readonly number?: number | undefined;
  /** ISO 4217; empty: the deployment's. */
  readonly currency?: string | undefined;
  /** Milliseconds; default: now, or what was sent before under this number: another time is another content. */
  readonly timeMs?: number | undefined;
}

export interface Inquiry {
  readonly card: string;
  readonly number?: number | undefined;
  readonly timeMs?: number | undefined;
}

export interface Undoing {
  /** The number of the transaction that is undone, whatever became of it. */
  readonly number: number;
  readonly card: string;
  readonly timeMs?: number | undefined;
}

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
  private resolveReady: () => void = () => undefined;
  private rejectReady: (error: ConnectionLostError) => void = () => undefined;

  constructor(connection: Connection, welcome: Welcome, { terminal, remember, source }: HelloOptions) {
    this.connection = connection;
    this.terminal = terminal;
    this.incarnation = welcome.incarnation;
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
   * Returns the number that was used. Throws GuardError for an amount that is no 64-bit integer.
   * A number that was given up by `reverse` is never approved afterwards, even if the approval is on its way: `done` then
   * gets what the reversal gets, REVERSED as a rule, and waits for it. So with `deposit` and `enquiry`.
   */
  purchase(payment: Payment, done: OnResult): number {
    const body = this.paymentOf(payment);
    this.attempt('transaction', body.number, { purchase: body }, done);
    return body.number;
  }

  deposit(payment: Payment, done: OnResult): number {
    const body = this.paymentOf(payment);
    this.attempt('transaction', body.number, { deposit: body }, done);
    return body.number;
  }

  enquiry({ card, number: chosen, timeMs }: Inquiry, done: OnResult): number {
    const number = this.numbers.take(chosen);
    const { terminal, mark } = this;
    const terminalTimeMs = this.times.take(number, timeMs);
    this.attempt('transaction', number, { enquiry: { terminal, number, card, terminalTimeMs, mark } }, done);
    return number;
  }

  /** Until it is answered with REVERSED or REVERSING, both final, the number stays open: repeat it. */
  reverse({ number, card, timeMs }: Undoing, done: OnResult): void {
    this.numbers.take(number);
    const { terminal, mark } = this;
    const reversal = { terminal, number, card, terminalTimeMs: timeMs ?? Date.now(), mark };
    this.attempt('reversal', number, { reversal }, done);
  }

  /** What became of a number, without doing anything. */
  outcome(number: number, done: OnResult): void {
    this.attempt('question', number, { outcome: { terminal: this.terminal, number } }, done);
  }

  /** For the concentrator. */
  acknowledged(): void {
    this.resolveReady();
  }

  /** For the concentrator. */
  lost(error: ConnectionLostError): void {
    this.pursuits.lost(error);
    this.rejectReady(error);
  }

  /** A source may begin again at any number, so nothing of it may be forgotten: it never says a mark. */
  private get mark(): number {
    return this.fromSource ? 0 : this.numbers.mark;
  }

  private paymentOf(payment: Payment): v1.Purchase.$Properties & { readonly number: number } {
    // Before a number is taken: one that was never sent would stay open for ever.
    const amount = fromInteger(payment.amount, 'amount');
    const { terminal } = this;
    const { card, currency = '' } = payment;
    const number = this.numbers.take(payment.number);
    const terminalTimeMs = this.times.take(number, payment.timeMs);
    return { terminal, number, card, amount, currency, terminalTimeMs, mark: this.mark };
  }

  private attempt(attempt: Attempt, number: number, body: Body, done: OnResult): void {
    this.pursuits.begin(number, attempt);
    this.send(body, (result) => {
      this.pursuits.end(number, attempt, result, done);
    });
  }

  /** Sends, and repeats what is rejected for now. */
  private send(body: Body, done: OnResult, tried = 0, since = 0): void {
    this.connection.send(body, (answer) => {
      if (!(answer instanceof Error)) done(readReply(answer.reply));
      else if (!(answer instanceof RejectedError)) done(answer);
      else {
        this.onRejected?.(answer);
        const begun = since === 0 ? Date.now() : since;
        const pause = pauseMs(answer, tried, Date.now() - begun);
        if (pause === undefined) done(answer);
        else setTimeout(() => this.send(body, done, tried + 1, begun), pause);
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
