/** Reading journals through the gateway: from a moment on, merged by time, and as they grow. */
import type { OperatorLink } from '../../../simulator/operatorLink.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { toNumber } from '../../../proto/guard.js';

export interface JournalFrame {
  readonly partition: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly bytes: Uint8Array;
}

export interface ReadingOptions {
  readonly operator: OperatorLink;
  /** Milliseconds since 1970; 0: from the first frame. */
  readonly since: number;
  /** Goes on until the signal. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 200;

/** Frames of all partitions: up to the present end ordered by time, then as they come. */
export async function* readJournals(options: ReadingOptions): AsyncGenerator<JournalFrame> {
  const { operator, since, follow, signal } = options;
  const { partitionCount } = await operator.use((session) => session.describeSystem());
  const cursors = await Promise.all(
    Array.from({ length: partitionCount }, async (_, partition) => {
      return new Cursor(operator, partition, await firstSince(operator, partition, since));
    }),
  );
  for (;;) {
    yield* merged(cursors, signal);
    if (!follow || signal.aborted) return;
    await pause(signal);
  }
}

/** A place in one journal, with the frames that were read ahead. */
class Cursor {
  readonly #operator: OperatorLink;
  readonly #partition: number;
  #next: number;
  #ahead: JournalFrame[] = [];

  constructor(operator: OperatorLink, partition: number, next: number) {
    this.#operator = operator;
    this.#partition = partition;
    this.#next = next;
  }

  /** The next frame; undefined at the present end. */
  async peek(): Promise<JournalFrame | undefined> {
    if (this.#ahead.length === 0) await this.#read();
    return this.#ahead[0];
  }

  take(): void {
    this.#ahead.shift();
  }

  async #read(): Promise<void> {
    const { frames } = await this.#operator.use((session) =>
      session.readJournal(this.#partition, this.#next),
    );
    this.#next += frames.length;
    this.#ahead = frames.map((bytes) => ({ partition: this.#partition, time: timeOf(bytes), bytes }));
  }
}

async function* merged(cursors: readonly Cursor[], signal: AbortSignal): AsyncGenerator<JournalFrame> {
  // A journal that grows while another is read would keep this from ending: each is left at its first end.
  let reading = [...cursors];
  while (reading.length > 0 && !signal.aborted) {
    const heads = await Promise.all(reading.map(async (cursor) => ({ cursor, frame: await cursor.peek() })));
    reading = heads.flatMap(({ cursor, frame }) => (frame === undefined ? [] : [cursor]));
    let first: { cursor: Cursor; frame: JournalFrame } | undefined;
    for (const { cursor, frame } of heads) {
      if (frame !== undefined && (first === undefined || frame.time < first.frame.time))
        first = { cursor, frame };
    }
    if (first === undefined) return;
    first.cursor.take();
    yield first.frame;
  }
}

/** Sequence of the first frame at or after `since`: times never go back within a journal. */
async function firstSince(operator: OperatorLink, partition: number, since: number): Promise<number> {
  const { lastSequence } = await operator.use((session) => session.readJournal(partition, 1, 1));
  let [low, high] = [1, lastSequence + 1];
  while (since > 0 && low < high) {
    const middle = Math.floor((low + high) / 2);
    const [frame] = (await operator.use((session) => session.readJournal(partition, middle, 1))).frames;
    if (frame === undefined || timeOf(frame) >= since) high = middle;
    else low = middle + 1;
  }
  return low;
}

function timeOf(bytes: Uint8Array): number {
  return toNumber(v1.Frame.decode(bytes).timeMs, 'time_ms');
}

async function pause(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, LOOK_EVERY_MS);
    signal.addEventListener('abort', end);
  });
}
