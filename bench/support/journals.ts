/** What is in the journals, read from outside. */
import { connectNats } from '../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import { decodeFrame, type Frame } from '../../actors/runtime/frame.js';
import { startProgress } from '../../operator/cli/progress.js';
import { DEPLOYMENT } from './system.js';

/** Every frame of every journal, journal after journal; `bytes`: its size. */
export async function readJournals(
  natsUrl: string,
  partitions: number,
  onFrame: (frame: Frame, bytes: number) => void,
): Promise<void> {
  const nats = await connectNats(natsUrl, { name: 'bench: journals' });
  try {
    const store = await natsJournalStore(nats, { deployment: DEPLOYMENT });
    for (let partition = 0; partition < partitions; partition += 1) {
      const journal = await store.open(partition);
      const last = await journal.lastSequence();
      const progress = startProgress(`journal ${partition}`, last);
      await journal.read(1, last, ({ sequence, bytes }) => {
        onFrame(decodeFrame(bytes), bytes.length);
        progress.update(sequence);
      });
      progress.end();
    }
  } finally {
    await nats.close();
  }
}

export interface FrameSum {
  readonly frames: number;
  readonly events: number;
  readonly bytes: number;
}

/** Frames of turns, of all journals together, by the time at which they were sealed. */
export class FrameCounts {
  readonly #frames: { readonly time: number; readonly events: number; readonly bytes: number }[] = [];

  add({ time, body }: Frame, bytes: number): void {
    if (body.kind !== 'turns') return;
    const events = body.turns.reduce((sum, turn) => sum + turn.events.length, 0);
    this.#frames.push({ time, events, bytes });
  }

  /** Milliseconds since 1970, both ends included. */
  between(from: number, to: number): FrameSum {
    let [frames, events, bytes] = [0, 0, 0];
    for (const frame of this.#frames) {
      if (frame.time < from || frame.time > to) continue;
      frames += 1;
      events += frame.events;
      bytes += frame.bytes;
    }
    return { frames, events, bytes };
  }
}
