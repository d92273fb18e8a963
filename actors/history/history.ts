/**
 * The histories of the partitions that a worker owns: indexes over their journals (D10: the journal alone is the
 * truth), in one store, rebuilt where they are not of the journal. Nothing on a payment's path waits for them.
 */
import type { Tip } from '../runtime/chain.js';
import type { Clock, Served } from '../runtime/ports.js';
import { listBatch, listOpened, type BatchLine, type BatchQuery, type OpenedQuery } from './batch.js';
import { HistoryGapError, NotServedError } from './errors.js';
import { HistoryFollower } from './follower.js';
import { blockPrefix } from './keys.js';
import { listMatters, type MattersQuery } from './matters.js';
import type { Page } from './page.js';
import type { File, HistoryStore } from './ports.js';
import type { Query } from './query.js';
import { newestFirst, type Entry, type Source } from './reading.js';
import { latin1OfText } from './rows.js';
import { search, type Found } from './search.js';
import { listStandings, type StandingsPage, type StandingsQuery } from './standings.js';
import { findSums, listSums, type SumsQuery, type SumsRow } from './sums.js';

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
    const { file, clock } = this.#parts;
    return this.#read(partition, (source) => search(source, file, clock, query));
  }

  async listBatch(partition: number, query: BatchQuery): Promise<Page<BatchLine> & AsOf> {
    return this.#read(partition, (source) => listBatch(source, this.#parts.file, query));
  }

  async listOpened(partition: number, query: OpenedQuery): Promise<Page<Uint8Array> & AsOf> {
    return this.#read(partition, (source) => listOpened(source, this.#parts.file, query));
  }

  async listMatters(partition: number, query: MattersQuery): Promise<Page<Entry> & AsOf> {
    return this.#read(partition, (source) => listMatters(source, query));
  }

  /**
   * `over`: no frame of before that moment will come any more. Throws MalformedError for an `after` that is no `next`.
   */
  async listStandings(
    partition: number,
    query: StandingsQuery,
  ): Promise<StandingsPage & { readonly over: boolean }> {
    return this.#read(partition, async (source, tip) => {
      const over = Math.max(tip.time, this.#parts.clock.now()) >= query.before;
      return { ...(await listStandings(source, tip, query)), over };
    });
  }

  async listSums(partition: number, query: SumsQuery): Promise<Page<SumsRow> & AsOf> {
    return this.#read(partition, (source) => listSums(source, query));
  }

  async findSums(
    partition: number,
    names: readonly Uint8Array[],
  ): Promise<{ readonly items: readonly SumsRow[] } & AsOf> {
    return this.#read(partition, async (source) => ({ items: await findSums(source, names) }));
  }

  /** All entries of one transaction id, newest first. */
  async entriesOf(
    partition: number,
    id: { readonly terminal: string; readonly incarnation: number; readonly number: number },
  ): Promise<readonly Entry[]> {
    const whole = { ...id, terminal: latin1OfText(id.terminal) };
    const group = { order: 'ids', prefix: blockPrefix(partition, whole), id: whole } as const;
    const { entries } = await this.#read(partition, async (source) => {
      const found: Entry[] = [];
      for await (const page of newestFirst(source, group, { from: undefined, to: undefined })) {
        found.push(...page);
      }
      return { entries: found };
    });
    return entries;
  }

  /** Ends what is being written, then closes the store. */
  async close(): Promise<void> {
    for (const follower of this.#followers.values()) follower.stop();
    await Promise.all([...this.#followers.values()].map(({ ended }) => ended));
    await this.#parts.store.close();
  }

  /** Nothing is answered from a store that was emptied meanwhile. */
  async #read<Result extends object>(
    partition: number,
    read: (source: Source, tip: Tip) => Promise<Result>,
  ): Promise<AsOf & Result> {
    const follower = this.#followers.get(partition);
    if (follower === undefined) throw new NotServedError(partition);
    const tip = await follower.upToDate();
    const result = await read({ store: this.#parts.store, partition }, tip).catch((error: unknown) => {
      if (error instanceof HistoryGapError) follower.renew(error.message);
      follower.mustBeWhole();
      throw error;
    });
    follower.mustBeWhole();
    return { sequence: tip.sequence, ...result };
  }
}
