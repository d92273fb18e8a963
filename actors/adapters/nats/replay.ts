import { REPLAY_BATCH_FRAMES } from '../../bounds.js';
import { JournalHoleError } from '../../runtime/errors.js';
import type { StoredFrame } from '../../runtime/ports.js';
import { reasonOf } from './api.js';
import type { Nats } from './connection.js';
import { directBatch } from './directBatch.js';
import { frameOf } from './storedFrame.js';
import { unavailable } from './unavailable.js';

/**
 * Reads frames `from … to` in order. Batches of direct get, not a consumer: nothing has to be created or cleaned up
 * on the server, and what a lost connection interrupts is simply asked for again.
 *
 * The server passes over what is missing, so every sequence is compared with the one that has to come.
 * @throws JournalHoleError a frame is missing although a later one is there
 * @throws JournalUnavailableError the server fell silent; frames handed over before are in order and complete
 */
export async function readFrames(
  nats: Nats,
  stream: string,
  range: { readonly from: number; readonly to: number },
  onFrame: (frame: StoredFrame) => void,
): Promise<number> {
  let next = Math.max(1, range.from);
  let failure: unknown;
  const take = (frame: StoredFrame) => {
    if (frame.sequence !== next) throw holeBetween(stream, next, frame.sequence);
    next += 1;
    try {
      onFrame(frame);
    } catch (error) {
      // The caller's own error goes back to it as it is.
      failure = error;
      throw error;
    }
  };
  while (next <= range.to) {
    const request = { seq: next, batch: Math.min(REPLAY_BATCH_FRAMES, range.to - next + 1) };
    const read = directBatch(nats, stream, request, (message) => take(frameOf(message)));
    const count = await read.catch((error: unknown) => {
      if (error === failure || error instanceof JournalHoleError) throw error;
      throw unavailable(`reading ${stream} from frame ${next}`, reasonOf(error), error);
    });
    if (count === 0) break;
  }
  return next;
}

function holeBetween(stream: string, missing: number, found: number): JournalHoleError {
  const text = `${stream} has no frame ${missing}; the next one there is ${found}`;
  return new JournalHoleError(`${text}. Its partition must not be served`);
}
