import type { Archive, Journal, JournalStore } from '../../runtime/ports.js';
import { JournalUnavailableError } from '../errors.js';
import { openSegments } from '../segmentedJournal.js';
import { JetStreamApi, reasonOf } from './api.js';
import type { Nats } from './connection.js';
import { journalName, segmentOfStream } from './journalConfiguration.js';
import { missing, NatsJournalStreams } from './journalStreams.js';

export interface JournalStoreOptions {
  readonly deployment: string;
  /** Servers that hold every frame: 1 on one machine, 3 in a cluster. Default 1. */
  readonly replicas?: number;
  /** Of segments whose streams are deleted; absent: who reads those frames is told so. */
  readonly archive?: Archive | undefined;
  /** Called whenever a journal did not answer, or not so that it is known what became of a frame. */
  readonly onSilence?: (() => void) | undefined;
}

/** Opens the journals of a deployment on a NATS connection. Asks nothing yet. */
export async function natsJournalStore(nats: Nats, options: JournalStoreOptions): Promise<JournalStore> {
  return new NatsJournalStore(nats, await JetStreamApi.of(nats), options);
}

class NatsJournalStore implements JournalStore {
  readonly #nats: Nats;
  readonly #api: JetStreamApi;
  readonly #deployment: string;
  readonly #replicas: number;
  readonly #archive: Archive | undefined;
  readonly #onSilence: () => void;

  constructor(nats: Nats, api: JetStreamApi, options: JournalStoreOptions) {
    const { deployment, replicas = 1, archive, onSilence = () => undefined } = options;
    this.#nats = nats;
    this.#api = api;
    this.#deployment = deployment;
    this.#replicas = replicas;
    this.#archive = archive;
    this.#onSilence = onSilence;
  }

  async list(): Promise<readonly number[]> {
    const names = await this.#asked(this.#api.namesFor(`emoney.${this.#deployment}.journal.*.*`));
    const partitions = names
      .map((name) => segmentOfStream(name, this.#deployment)?.partition)
      .filter((partition) => partition !== undefined);
    return [...new Set(partitions)].sort((a, b) => a - b);
  }

  async create(partition: number): Promise<void> {
    const streams = this.#streams(partition);
    // Another than the first may be all that is left. The first may have been made, and not to its end.
    if ((await streams.list()).every((segment) => segment === 0)) await streams.create(0, 1);
  }

  async open(partition: number): Promise<Journal> {
    const streams = this.#streams(partition);
    if ((await streams.list()).length === 0)
      throw missing(journalName(this.#deployment, partition, this.#replicas));
    return openSegments(streams, this.#archive);
  }

  #streams(partition: number): NatsJournalStreams {
    const place = { deployment: this.#deployment, partition, replicas: this.#replicas };
    return new NatsJournalStreams(this.#nats, this.#api, place, this.#onSilence);
  }

  async #asked<T>(question: Promise<T>): Promise<T> {
    try {
      return await question;
    } catch (error) {
      this.#onSilence();
      const text = `the journals of ${this.#deployment} cannot be asked: ${reasonOf(error)}`;
      throw new JournalUnavailableError(text, { cause: error });
    }
  }
}
