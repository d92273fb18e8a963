import { GATEWAY_DEADLINE_MS } from '../actors/bounds.js';
import { decodeReplies, encodeDelivery, type ReplyItem } from '../actors/runtime/deliveries.js';
import type { Bus, Cancel, Clock } from '../actors/runtime/ports.js';
import type { Subjects } from '../actors/runtime/subjects.js';
import { v1 } from '../proto/generated/emoney.js';
import { decodeMessage, encodeMessage } from '../proto/message.js';
import type { Log } from './log.js';
import type { Owners } from './owners.js';
import type { RefusedBy } from './pending.js';

export interface HistoriesOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly subjects: Subjects;
  /** Name of this gateway process on the bus. */
  readonly instance: string;
  readonly owners: Owners;
  readonly log: Log;
}

/** A partition's history does not answer, or not now. */
export class HistoryRefusedError extends Error {
  readonly code: v1.Rejection;
  readonly by: RefusedBy;

  constructor(code: v1.Rejection, detail: string, by: RefusedBy = 'gateway') {
    super(detail);
    this.code = code;
    this.by = by;
  }
}

interface Question {
  readonly partition: number;
  readonly delivery: Uint8Array;
  /** Of the owner to whom it was sent; 0: nobody was known to serve the partition. */
  epoch: number;
  readonly answered: (reply: v1.HistoryReply) => void;
  readonly refused: (error: HistoryRefusedError) => void;
}

/** The way to the histories of the partitions: one question, one answer. */
export class Histories {
  private readonly options: HistoriesOptions;
  private readonly replyTo: string;
  private readonly questions = new Map<number, Question>();
  private readonly unsubscribe: Cancel;
  private next = 1;

  constructor(options: HistoriesOptions) {
    this.options = options;
    this.replyTo = options.subjects.historyAnswers(options.instance);
    this.unsubscribe = options.bus.subscribe(this.replyTo, (bytes) => {
      this.receive(bytes);
    });
  }

  /** @throws HistoryRefusedError */
  async ask(partition: number, request: v1.HistoryRequest.$Properties): Promise<v1.HistoryReply> {
    const { clock, owners } = this.options;
    const owner = owners.of(partition);
    const correlation = this.next;
    this.next += 1;
    const command = encodeMessage(v1.HistoryRequest, request);
    const delivery = encodeDelivery({ replyTo: this.replyTo, items: [{ correlation, command }] });
    return new Promise((resolve, reject) => {
      const cancel = clock.after(GATEWAY_DEADLINE_MS, () => {
        this.take(correlation)?.refused(this.silent(partition));
      });
      const question: Question = {
        partition,
        delivery,
        epoch: owner?.serving === true ? owner.epoch : 0,
        answered: (reply) => {
          cancel();
          resolve(reply);
        },
        refused: (error) => {
          cancel();
          reject(error);
        },
      };
      this.questions.set(correlation, question);
      this.send(question);
    });
  }

  /** An owner takes questions now. Those that went to an older one, or to nobody, are put again. */
  served(partition: number, epoch: number): void {
    for (const question of this.questions.values()) {
      if (question.partition !== partition || question.epoch >= epoch) continue;
      question.epoch = epoch;
      this.send(question);
    }
  }

  close(): void {
    this.unsubscribe();
    const closing = new HistoryRefusedError(v1.Rejection.REJECTION_UNAVAILABLE, 'the gateway is closing');
    for (const correlation of [...this.questions.keys()]) this.take(correlation)?.refused(closing);
  }

  private send({ partition, delivery }: Question): void {
    this.options.bus.publish(this.options.subjects.history(partition), delivery);
  }

  private receive(bytes: Uint8Array): void {
    try {
      const { partition, epoch, items } = decodeReplies(bytes);
      // It was replaced and does not know it: what it says may be old.
      if (epoch < (this.options.owners.of(partition)?.epoch ?? 0)) return;
      for (const item of items) this.settle(partition, item);
    } catch (error) {
      this.options.log(`gateway: an answer of a history that cannot be read was dropped: ${String(error)}`);
    }
  }

  private settle(partition: number, { correlation, reply, rejection, detail }: ReplyItem): void {
    if (this.questions.get(correlation)?.partition !== partition) return;
    if (rejection !== v1.Rejection.REJECTION_UNSPECIFIED) {
      this.take(correlation)?.refused(new HistoryRefusedError(rejection, detail, 'partition'));
      return;
    }
    const answer = decodeMessage(v1.HistoryReply, reply);
    this.take(correlation)?.answered(answer);
  }

  private take(correlation: number): Question | undefined {
    const question = this.questions.get(correlation);
    this.questions.delete(correlation);
    return question;
  }

  private silent(partition: number): HistoryRefusedError {
    const owner = this.options.owners.of(partition);
    const last = owner === undefined ? 'no owner was ever heard' : `last heard at frame ${owner.sequence}`;
    const detail = `partition ${partition} is away (${last}): its history did not answer within ${GATEWAY_DEADLINE_MS} ms`;
    return new HistoryRefusedError(v1.Rejection.REJECTION_UNAVAILABLE, detail, 'deadline');
  }
}
