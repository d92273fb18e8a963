import { v1 } from '../proto/generated/emoney.js';
import { GuardError } from '../proto/guard.js';
import type { Place } from './admission.js';
import { problemOf, type RequestNumber } from './codec/codec.js';
import type { Connection } from './connection.js';
import { HistoryRefusedError } from './histories.js';
import type { Metrics } from './metrics.js';
import { outcomeName } from './outcome.js';
import { passedReply } from './passedReply.js';
import type { RefusedBy, Waiter } from './pending.js';
import { refusal } from './refusal.js';
import { replyOf } from './reply.js';

const { Rejection } = v1;

/** What a request can be: the body's name in ClientMessage, `malformed` where there was none. */
export type RequestKind = NonNullable<v1.ClientMessage['body']> | 'malformed';

export type Answer = Omit<v1.ServerMessage.$Properties, 'request' | '$unknowns'>;

/** One request of a client and the one answer that it gets. Waits by itself for commands that have one reply. */
export class Exchange implements Waiter {
  readonly connection: Connection;
  readonly kind: RequestKind;
  private readonly request: RequestNumber;
  private readonly metrics: Metrics;
  private readonly startedAt: number;
  /** Of a transaction that was let in. */
  private place: Place | undefined;
  private done = false;

  constructor(connection: Connection, request: RequestNumber, kind: RequestKind, metrics: Metrics) {
    this.connection = connection;
    this.request = request;
    this.kind = kind;
    this.metrics = metrics;
    this.startedAt = performance.now();
    connection.unanswered += 1;
  }

  get isGone(): boolean {
    return !this.connection.open;
  }

  /** It is let in, and leaves with its answer. */
  take(place: Place): void {
    this.place = place;
  }

  answer(answer: Answer, outcome = 'OK'): void {
    if (this.done) return;
    this.place?.leave('answered');
    this.finish(outcome);
    this.connection.send({ request: this.request, ...answer });
  }

  refuse(code: v1.Rejection, detail: string, by: RefusedBy = 'gateway'): void {
    if (this.done) return;
    const { place } = this;
    place?.leave(code === Rejection.REJECTION_OVERLOADED ? 'overloaded' : 'lost');
    this.reject(refusal(code, detail, this.kind, place?.retryAfterMs), by);
  }

  /** Nothing was done and nothing was sent on; there may be room after `retryAfterMs`. */
  overloaded(detail: string, retryAfterMs?: number): void {
    if (this.done) return;
    this.reject(refusal(Rejection.REJECTION_OVERLOADED, detail, this.kind, retryAfterMs), 'window');
  }

  passOn(reply: Uint8Array): boolean {
    const { connection, request, place } = this;
    if (!connection.codec.binary || typeof request !== 'number') return false;
    const passed = passedReply(request, reply);
    if (passed === undefined) return false;
    if (this.done) return true;
    const { bytes, outcome, position } = passed;
    this.countTap(outcome, position);
    place?.leave('answered');
    this.finish(outcomeName(outcome));
    connection.sendEncoded(bytes);
    return true;
  }

  answered({ answered, acknowledged, center, batchClosed }: v1.CommandReply): void {
    if (answered != null) {
      const reply = replyOf(answered);
      this.countTap(reply.outcome, Number(reply.position));
      this.answer({ reply }, outcomeName(reply.outcome));
    } else if (acknowledged != null) {
      this.answer({ acknowledged }, outcomeName(acknowledged.outcome));
    } else if (center != null) {
      this.answer({ center });
    } else if (batchClosed != null) {
      this.answer({ batchClosed });
    } else {
      this.refuse(Rejection.REJECTION_INTERNAL, 'the partition answered something else');
    }
  }

  rejected(code: v1.Rejection, detail: string, by: RefusedBy): void {
    this.refuse(code, detail, by);
  }

  /** Answers once it is there; what is thrown instead is refused. */
  answerWhen(answer: Promise<Answer>): void {
    answer
      .then((each) => {
        this.answer(each);
      })
      .catch((error: unknown) => {
        this.failed(error);
      });
  }

  /** Something threw: what a history has refused, what the client sent wrongly, else the gateway's own fault. */
  failed(error: unknown): void {
    if (error instanceof HistoryRefusedError) {
      this.refuse(error.code, error.message, error.by);
      return;
    }
    const code = error instanceof GuardError ? Rejection.REJECTION_MALFORMED : Rejection.REJECTION_INTERNAL;
    this.refuse(code, problemOf(error));
  }

  private reject(rejection: ReturnType<typeof refusal>, by: RefusedBy): void {
    this.finish('REJECTED');
    this.metrics.rejected(rejection.code, by);
    this.connection.send({ request: this.request, rejection });
  }

  /** What a terminal refuses by itself never reached the card, and has no position there. */
  private countTap(outcome: v1.Outcome | null | undefined, position: number): void {
    if (outcome === v1.Outcome.OUTCOME_CARD_PROHIBITED)
      this.metrics.prohibitedTap(position > 0 ? 'card' : 'list');
  }

  private finish(outcome: string): void {
    this.done = true;
    this.connection.unanswered -= 1;
    this.metrics.answered(this.kind, outcome, performance.now() - this.startedAt);
  }
}
