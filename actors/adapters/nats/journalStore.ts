import type { Journal, JournalStore } from '../../runtime/ports.js';
import { JournalUnavailableError } from '../errors.js';
import { JetStreamApi, reasonOf } from './api.js';
import type { Nats } from './connection.js';
import { missing, NatsJournal } from './journal.js';
import {
  journalConfiguration,
  journalName,
  partitionOfStream,
  type JournalName,
} from './journalConfiguration.js';

export interface JournalStoreOptions {
  readonly deployment: string;
  /** Servers that hold every frame: 1 on one machine, 3 in a cluster. Default 1. */
  readonly replicas?: number;
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

  constructor(nats: Nats, api: JetStreamApi, { deployment, replicas = 1 }: JournalStoreOptions) {
    this.#nats = nats;
    this.#api = api;
    this.#deployment = deployment;
    this.#replicas = replicas;
  }

  async list(): Promise<readonly number[]> {
    const names = await this.#asked(this.#api.namesFor(`emoney.${this.#deployment}.journal.*.0`));
    return names
      .map((name) => partitionOfStream(name, this.#deployment))
      .filter((partition) => partition !== undefined)
      .sort((a, b) => a - b);
  }

  async create(partition: number): Promise<void> {
    await this.#asked(this.#api.ensure(journalConfiguration(this.#name(partition))));
  }

  async open(partition: number): Promise<Journal> {
    const name = this.#name(partition);
    if ((await this.#asked(this.#api.info(name.stream))) === undefined) throw missing(name);
    return new NatsJournal(this.#nats, this.#api, name);
  }

  #name(partition: number): JournalName {
    return journalName(this.#deployment, partition, this.#replicas);
  }

  async #asked<T>(question: Promise<T>): Promise<T> {
    try {
      return await question;
    } catch (error) {
      const text = `the journals of ${this.#deployment} cannot be asked: ${reasonOf(error)}`;
      throw new JournalUnavailableError(text, { cause: error });
    }
  }
}
