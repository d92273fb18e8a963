import type { Bus } from '../../actors/runtime/ports.js';
import { subjectsOf } from '../../actors/runtime/subjects.js';
import { v1 } from '../../proto/generated/emoney.js';
import { PARTITIONS } from './harness.js';

export interface AskedHistory {
  readonly partition: number;
  readonly request: v1.HistoryRequest;
}

/** Undefined: no answer. */
export type HistoryResponder = (
  asked: AskedHistory,
) => v1.HistoryReply.$Properties | { readonly reject: v1.Rejection } | undefined;

/** Stands in for the histories of all partitions. */
export class FakeHistories {
  readonly asked: AskedHistory[] = [];
  respond: HistoryResponder = () => ({});
  private readonly bus: Bus;

  constructor(bus: Bus) {
    this.bus = bus;
    const subjects = subjectsOf('test');
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      bus.subscribe(subjects.history(partition), (bytes) => {
        this.take(partition, bytes);
      });
    }
  }

  private take(partition: number, bytes: Uint8Array): void {
    const { replyTo, items } = v1.Delivery.decode(bytes);
    for (const { correlation, command } of items) {
      const asked = { partition, request: v1.HistoryRequest.decode(command ?? new Uint8Array()) };
      this.asked.push(asked);
      const response = this.respond(asked);
      if (response === undefined) continue;
      const answer =
        'reject' in response
          ? { rejection: response.reject, detail: `partition ${partition} refuses` }
          : { reply: v1.HistoryReply.encode(response).finish() };
      const item = { correlation: correlation ?? null, ...answer };
      this.bus.publish(replyTo, v1.Replies.encode({ partition, epoch: 2, items: [item] }).finish());
    }
  }
}
