/** Replies on their way out: all that are ready together for one receiver leave as one message. */
import { MAX_DELIVERY_BYTES, MAX_REPLY_BYTES } from '../bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { NO_BYTES, type ReplyItem } from './deliveries.js';
import type { Post } from './post.js';
import type { Rejection } from './rejection.js';

/** Who sent a command, and under which number. */
export interface Origin {
  readonly replyTo: string;
  readonly correlation: number;
}

export class Outbox {
  readonly #post: Pick<Post, 'sendReplies'>;
  readonly #partition: number;
  readonly #epoch: number;
  readonly #waiting = new Map<string, { items: ReplyItem[]; bytes: number }>();

  constructor(post: Pick<Post, 'sendReplies'>, partition: number, epoch: number) {
    this.#post = post;
    this.#partition = partition;
    this.#epoch = epoch;
  }

  /** `meaning`: of the reply, as in Response. */
  reply(origin: Origin, reply: Uint8Array, meaning?: unknown): void {
    if (reply.length > MAX_REPLY_BYTES) {
      this.reject(
        origin,
        'INTERNAL',
        `an answer of ${String(reply.length)} bytes cannot be sent: ask for less`,
      );
      return;
    }
    const { replyTo, correlation } = origin;
    const rejection = v1.Rejection.REJECTION_UNSPECIFIED;
    this.#add(replyTo, { correlation, reply, meaning, rejection, detail: '' }, reply.length);
  }

  reject(origin: Origin, rejection: Rejection, detail: string): void {
    const { correlation } = origin;
    const item = { correlation, reply: NO_BYTES, rejection: WIRE[rejection], detail };
    this.#add(origin.replyTo, item, detail.length);
  }

  /** Sends everything that waits. */
  flush(): void {
    for (const [replyTo, { items }] of this.#waiting) this.#send(replyTo, items);
    this.#waiting.clear();
  }

  #add(replyTo: string, item: ReplyItem, bytes: number): void {
    if (replyTo === '') return;
    let waiting = this.#waiting.get(replyTo);
    if (waiting === undefined) this.#waiting.set(replyTo, (waiting = { items: [], bytes: 0 }));
    waiting.items.push(item);
    waiting.bytes += bytes + 16;
    if (waiting.bytes < MAX_DELIVERY_BYTES) return;
    this.#waiting.delete(replyTo);
    this.#send(replyTo, waiting.items);
  }

  #send(replyTo: string, items: ReplyItem[]): void {
    this.#post.sendReplies(replyTo, { partition: this.#partition, epoch: this.#epoch, items });
  }
}

const WIRE: Readonly<Record<Rejection, v1.Rejection>> = {
  MALFORMED: v1.Rejection.REJECTION_MALFORMED,
  OVERLOADED: v1.Rejection.REJECTION_OVERLOADED,
  UNAVAILABLE: v1.Rejection.REJECTION_UNAVAILABLE,
  INTERNAL: v1.Rejection.REJECTION_INTERNAL,
  TOO_OLD: v1.Rejection.REJECTION_TOO_OLD,
  OUT_OF_WINDOW: v1.Rejection.REJECTION_OUT_OF_WINDOW,
  LIST_STALE: v1.Rejection.REJECTION_LIST_STALE,
  SUPERSEDED: v1.Rejection.REJECTION_SUPERSEDED,
  TERMINAL_UNKNOWN: v1.Rejection.REJECTION_TERMINAL_UNKNOWN,
  NO_SESSION: v1.Rejection.REJECTION_NO_SESSION,
  UNAUTHORIZED: v1.Rejection.REJECTION_UNAUTHORIZED,
};
