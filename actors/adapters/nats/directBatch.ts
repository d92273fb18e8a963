import type { Msg } from '@nats-io/transport-node';
import { READ_TIMEOUT_MS, REPLAY_BATCH_BYTES } from '../../bounds.js';
import type { Nats } from './connection.js';
import { statusOf, type OpenReply } from './inbox.js';

export interface BatchRequest {
  /** First sequence wanted; the next one that is there is where it begins. */
  readonly seq: number;
  /** Messages at most. */
  readonly batch: number;
}

/**
 * Asks a stream for the messages from a sequence on and hands them over as they arrive, in the stream's order.
 * Deleted messages are passed over. Resolves with the number of messages when the server says that the batch is
 * complete; rejects with the reason when it says something else, is silent for READ_TIMEOUT_MS, or `onMessage`
 * throws.
 */
export function directBatch(
  nats: Nats,
  stream: string,
  request: BatchRequest,
  onMessage: (message: Msg) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let count = 0;
    let reply: OpenReply | undefined;
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      reply?.close();
      settle();
    };
    const fail = (error: unknown) => finish(() => reject(toError(error)));
    const receive = (message: Msg) => {
      const status = statusOf(message);
      if (status !== undefined) {
        if (endsBatch(status)) finish(() => resolve(count));
        else fail(status);
        return;
      }
      count += 1;
      timer.refresh();
      onMessage(message);
    };
    const timer = setTimeout(
      () => fail(`silent for ${READ_TIMEOUT_MS} ms after ${count} messages`),
      READ_TIMEOUT_MS,
    );
    try {
      reply = nats.inbox.open((message) => attempt(() => receive(message), fail), fail);
      const payload = JSON.stringify({ ...request, max_bytes: REPLAY_BATCH_BYTES });
      nats.client.publish(`$JS.API.DIRECT.GET.${stream}`, payload, { reply: reply.subject });
    } catch (error) {
      fail(error);
    }
  });
}

function attempt(action: () => void, onError: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    onError(error);
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** 204: end of batch. 404: nothing from that sequence on. */
function endsBatch(status: string): boolean {
  return status.startsWith('204') || status.startsWith('404');
}
