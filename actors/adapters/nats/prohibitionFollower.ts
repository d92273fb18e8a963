import { LIST_LOOK_MS, LIST_READ_ENTRIES, LIST_RETRY_PAUSE_MS } from '../../bounds.js';
import type { Msg } from '@nats-io/transport-node';
import type { ListVersion, VersionedEntry } from '../../prohibitions/ports.js';
import { decodeProhibition } from '../prohibitionCodec.js';
import type { Nats } from './connection.js';
import { directBatch } from './directBatch.js';
import type { ProhibitionNames } from './prohibitionStream.js';
import { sequenceOf } from './storedFrame.js';

export interface FollowerOptions {
  readonly nats: Nats;
  readonly names: ProhibitionNames;
  readonly incarnation: () => Promise<number>;
  readonly onEntry: (entry: VersionedEntry) => void;
  readonly onCaughtUp: (version: ListVersion) => void;
  /** Called once for a problem that lasts. */
  readonly onProblem: (error: unknown) => void;
}

/**
 * Follows the list: news on a core subject only wakes it, what is new is read from the stream, from the last
 * sequence seen on. So a lost message, a lost connection and a slow replica are all the same case, and a thousand
 * news in a row are one read.
 */
export class ProhibitionFollower {
  readonly #options: FollowerOptions;
  #seen: ListVersion = { incarnation: 0, sequence: 0 };
  #announced = 0;
  #running = false;
  #again = false;
  #mustIdentify = true;
  #ended = false;
  #retry: NodeJS.Timeout | undefined;
  /** The last problem that was told, until it is over. */
  #told = '';

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Returns what ends it; nothing is called back after that. */
  start(): () => void {
    const { nats, names } = this.#options;
    const news = nats.client.subscribe(names.news, {
      callback: (error, message) => {
        if (error === null) this.#announce(message);
      },
    });
    const stopReconnects = nats.onReconnect(() => this.#look());
    const timer = setInterval(() => this.#look(), LIST_LOOK_MS);
    this.#look();
    return () => {
      this.#ended = true;
      clearInterval(timer);
      clearTimeout(this.#retry);
      stopReconnects();
      if (!nats.client.isClosed()) news.unsubscribe();
    };
  }

  #announce(message: Msg): void {
    // Anybody can publish here: what is no announcement is only a reason to look.
    this.#announced = Number(message.headers?.get('Nats-Sequence')) || this.#announced;
    this.#wake();
  }

  /** Like a wake-up, and finds out whether it is still the same stream. */
  #look(): void {
    this.#mustIdentify = true;
    this.#wake();
  }

  #wake(): void {
    this.#again = true;
    if (!this.#running && !this.#ended) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#again && !this.#ended) {
        this.#again = false;
        if (this.#mustIdentify) await this.#identify();
        await this.#catchUp();
      }
      if (this.#seen.sequence < this.#announced) this.#wakeLater();
    } catch (error) {
      if (!this.#ended) this.#tell(error);
      this.#mustIdentify = true;
      this.#wakeLater();
    } finally {
      this.#running = false;
    }
  }

  /** The same again and again, many times a second, would fill a log while NATS is away. */
  #tell(error: unknown): void {
    if (String(error) === this.#told) return;
    this.#told = String(error);
    this.#options.onProblem(error);
  }

  #wakeLater(): void {
    clearTimeout(this.#retry);
    if (!this.#ended) this.#retry = setTimeout(() => this.#wake(), LIST_RETRY_PAUSE_MS);
  }

  async #identify(): Promise<void> {
    const incarnation = await this.#options.incarnation();
    this.#mustIdentify = false;
    if (incarnation === this.#seen.incarnation) return;
    this.#seen = { incarnation, sequence: 0 };
    this.#announced = 0;
  }

  async #catchUp(): Promise<void> {
    const { nats, names } = this.#options;
    for (let count = LIST_READ_ENTRIES; count >= LIST_READ_ENTRIES;) {
      const request = { seq: this.#seen.sequence + 1, batch: LIST_READ_ENTRIES };
      count = await directBatch(nats, names.stream, request, (message) => this.#take(message));
    }
    this.#told = '';
    if (!this.#ended) this.#options.onCaughtUp(this.#seen);
  }

  #take(message: Msg): void {
    const version = { incarnation: this.#seen.incarnation, sequence: sequenceOf(message) };
    const entry = decodeProhibition(message.data);
    if (this.#ended) return;
    this.#options.onEntry({ ...entry, version });
    this.#seen = version;
  }
}
