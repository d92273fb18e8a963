/**
 * The histories of the partitions that a worker owns: indexes over their journals (D10: the journal alone is the
 * truth), in one store, rebuilt where they are not of the journal. Nothing on a payment's path waits for them.
 */
import type { Clock, Served } from '../runtime/ports.js';
import { listBatch, listOpened, type BatchLine, type BatchQuery, type OpenedQuery } from './batch.js';
import { NotServedError } from './errors.js';
import { HistoryFollower } from './follower.js';
import { idPrefix, after, ORDER } from './keys.js';
import { listMatters, type MattersQuery } from './matters.js';
import type { Page } from './page.js';
import type { File, HistoryStore } from './ports.js';
import type { Query } from './query.js';
import { newestFirst, type Entry, type Source } from './reading.js';
import { search, type Found } from './search.js';

export interface HistoryParts {
  readonly store: HistoryStore;
  readonly clock: Clock;
  readonly file: File;
  readonly log: (line: string) => void;
}

/** An answer holds everything up to this frame. */
export interface AsOf {
  readonly sequence: number;
}

/**
 * Every question is answered from everything that was acknowledged before it was put. They throw NotServedError, or
 * HistoryBehindError while the journal is read, or the store's own error: never is an answer incomplete.
 */
export class History {
  readonly #parts: HistoryParts;
  readonly #followers = new Map<number, HistoryFollower>();

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  follow({ partition, journal, tip }: Served): HistoryFollower {
    const before = this.#followers.get(partition);
    const log = (line: string): void => this.#parts.log(`partition ${partition}: ${line}`);
    const previous = before?.ended ?? Promise.resolve();
    const follower = new HistoryFollower({ ...this.#parts, partition, journal, tip, log, previous });
    this.#followers.set(partition, follower);
    return follower;
  }

  /** Throws SearchTooWideError when too much would have to be looked at. */
  async search(partition: number, query: Query): Promise<Found & AsOf> {
    const sequence = await this.#upToDate(partition);
    const { file, clock } = this.#parts;
    return { sequence, ...(await search(this.#sourceOf(partition), file, clock, query)) };
  }

  async listBatch(partition: number, query: BatchQuery): Promise<Page<BatchLine> & AsOf> {
    const sequence = await this.#upToDate(partition);
    return { sequence, ...(await listBatch(this.#sourceOf(partition), this.#parts.file, query)) };
  }

  async listOpened(partition: number, query: OpenedQuery): Promise<Page<Uint8Array> & AsOf> {
    const sequence = await this.#upToDate(partition);
    return { sequence, ...(await listOpened(this.#sourceOf(partition), this.#parts.file, query)) };
  }

  async listMatters(partition: number, query: MattersQuery): Promise<Page<Entry> & AsOf> {
    const sequence = await this.#upToDate(partition);
    return { sequence, ...(await listMatters(this.#sourceOf(partition), query)) };
  }

  /** All entries of one transaction id, newest first. */
  async entriesOf(
    partition: number,
    id: { readonly terminal: string; readonly incarnation: number; readonly number: number },
  ): Promise<readonly Entry[]> {
    await this.#upToDate(partition);
    const source = this.#sourceOf(partition);
    const from = idPrefix(partition, { ...id, terminal: Buffer.from(id.terminal) });
    const entries: Entry[] = [];
    for await (const page of newestFirst(source, { order: ORDER.ids, from, to: after(from) })) {
      entries.push(...page);
    }
    return entries;
  }

  /** Ends what is being written, then closes the store. */
  async close(): Promise<void> {
    for (const follower of this.#followers.values()) follower.stop();
    await Promise.all([...this.#followers.values()].map(({ ended }) => ended));
    await this.#parts.store.close();
  }

  async #upToDate(partition: number): Promise<number> {
    const follower = this.#followers.get(partition);
    if (follower === undefined) throw new NotServedError(partition);
    return follower.upToDate();
  }

  #sourceOf(partition: number): Source {
    return { store: this.#parts.store, partition };
  }
}
