/** Whole streams out of a server and into another, by JetStream's own snapshots (ADR: JetStream API, SNAPSHOT, RESTORE). */
import type { ApiError } from '@nats-io/jetstream';
import { STREAM_COPY_CHUNK_BYTES, STREAM_COPY_SILENCE_MS } from '../../bounds.js';
import type { Nats } from './connection.js';
import { statusOf } from './inbox.js';

/** What JetStream says of a stream, and wants again to restore it. */
export interface StreamCopy {
  readonly config: { readonly name: string; readonly num_replicas: number };
  readonly state: { readonly last_seq: number };
}

/** Also of another version of the server, whose fields must survive. */
type Answer<Content> = Content & { readonly error?: ApiError };

/**
 * Reads a stream as the server packs it, every block checked first; `onChunk` gets the pieces in order, one at a time.
 * @throws Error when the server refuses, or falls silent
 */
export async function readStream(
  nats: Nats,
  stream: string,
  onChunk: (bytes: Uint8Array) => Promise<void>,
): Promise<StreamCopy> {
  const pieces = new Pieces(onChunk);
  const opened = nats.inbox.open(
    (message) => {
      const status = statusOf(message);
      if (status !== undefined && !status.startsWith('204')) pieces.fail(new Error(`${stream}: ${status}`));
      else pieces.take(message.data, () => message.respond());
    },
    (reason) => {
      pieces.fail(new Error(`${stream}: ${reason}`));
    },
  );
  try {
    const wanted = { deliver_subject: opened.subject, no_consumers: true, jsck: true };
    const copy = await asked<StreamCopy>(nats, `$JS.API.STREAM.SNAPSHOT.${stream}`, JSON.stringify(wanted));
    await pieces.ended;
    return { config: copy.config, state: copy.state };
  } finally {
    opened.close();
    pieces.close();
  }
}

/**
 * Makes a stream of what `readStream` has read; it may not exist.
 * @throws Error when the server refuses, or falls silent; then the stream is not there
 */
export async function writeStream(
  nats: Nats,
  { config, state }: StreamCopy,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { deliver_subject: subject } = await asked<{ readonly deliver_subject: string }>(
    nats,
    `$JS.API.STREAM.RESTORE.${config.name}`,
    JSON.stringify({ config, state }),
  );
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += STREAM_COPY_CHUNK_BYTES)
      await asked(nats, subject, chunk.subarray(from, from + STREAM_COPY_CHUNK_BYTES));
  }
  await asked(nats, subject, new Uint8Array(0));
}

/** The answer, which for a piece that was taken is empty. */
async function asked<Content>(nats: Nats, subject: string, payload: string | Uint8Array): Promise<Content> {
  const answer = await nats.inbox.ask((reply) => {
    nats.client.publish(subject, payload, { reply });
  }, STREAM_COPY_SILENCE_MS);
  if ('missing' in answer) throw new Error(answer.missing);
  const status = statusOf(answer.message);
  if (status !== undefined) throw new Error(status);
  if (answer.message.data.length === 0) return {} as Content;
  const content = answer.message.json<Answer<Content>>();
  if (content.error !== undefined) throw new Error(content.error.description);
  return content;
}

/** Pieces that come faster than they are written; the server waits when too many are not confirmed. */
class Pieces {
  readonly ended: Promise<void>;
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  #end: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #written: Promise<void> = Promise.resolve();
  #patience: NodeJS.Timeout | undefined;

  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    // The question that comes first may fail, too, and is then what is reported.
    this.ended.catch(() => undefined);
    this.#wait();
  }

  /** An empty one is the last. */
  take(bytes: Uint8Array, confirm: () => unknown): void {
    this.#wait();
    if (bytes.length === 0) {
      this.#written.then(this.#end, this.#fail);
      return;
    }
    const copy = bytes.slice();
    this.#written = this.#written.then(async () => {
      await this.#write(copy);
      confirm();
    });
    this.#written.catch(this.#fail);
  }

  fail(error: Error): void {
    this.#fail(error);
  }

  close(): void {
    clearTimeout(this.#patience);
  }

  #wait(): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      this.#fail(new Error(`nothing came for ${STREAM_COPY_SILENCE_MS / 1_000} s`));
    }, STREAM_COPY_SILENCE_MS);
  }
}
