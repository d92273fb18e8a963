import type { StreamInfo } from '@nats-io/jetstream';
import { headers, type Msg } from '@nats-io/transport-node';
import { APPEND_TIMEOUT_MS, READ_TIMEOUT_MS } from '../../bounds.js';
import { JournalMissingError } from '../../runtime/errors.js';
import type { AppendResult, Journal, StoredFrame } from '../../runtime/ports.js';
import { JournalUnavailableError } from '../errors.js';
import { reasonOf, type JetStreamApi } from './api.js';
import { parseAppendAnswer } from './appendAnswer.js';
import type { Nats } from './connection.js';
import { statusOf } from './inbox.js';
import { verifyJournal, type JournalName } from './journalConfiguration.js';
import { readFrames } from './replay.js';
import { frameOf } from './storedFrame.js';

const NO_MESSAGE = '404';

/** The journal of one partition as one JetStream stream. */
export class NatsJournal implements Journal {
  readonly #nats: Nats;
  readonly #api: JetStreamApi;
  readonly #name: JournalName;

  constructor(nats: Nats, api: JetStreamApi, name: JournalName) {
    this.#nats = nats;
    this.#api = api;
    this.#name = name;
  }

  async append(frame: Uint8Array, expectedLast: number): Promise<AppendResult> {
    const answer = await this.#nats.inbox.ask((reply) => {
      // The client changes the headers that it is given: new ones for every message.
      const expectation = headers();
      expectation.set('Nats-Expected-Last-Sequence', String(expectedLast));
      this.#nats.client.publish(this.#name.subject, frame, { reply, headers: expectation });
    }, APPEND_TIMEOUT_MS);
    if ('missing' in answer) return { kind: 'unknown', reason: answer.missing };
    return parseAppendAnswer(answer.message, this.#name.stream);
  }

  async lastSequence(): Promise<number> {
    const { state } = await this.#info();
    return state.last_seq;
  }

  async get(sequence: number): Promise<StoredFrame | undefined> {
    const subject = `$JS.API.DIRECT.GET.${this.#name.stream}`;
    const answer = await this.#nats.inbox.request(
      subject,
      JSON.stringify({ seq: sequence }),
      READ_TIMEOUT_MS,
    );
    if ('missing' in answer) throw this.#unavailable(answer.missing);
    return this.#found(answer.message);
  }

  read(from: number, to: number, onFrame: (frame: StoredFrame) => void): Promise<number> {
    return readFrames(this.#nats, this.#name.stream, { from, to }, onFrame);
  }

  async verifyConfiguration(): Promise<void> {
    const { config } = await this.#info();
    verifyJournal(config, this.#name, this.#nats.client.info?.max_payload ?? 0);
  }

  #found(message: Msg): StoredFrame | undefined {
    const status = statusOf(message);
    if (status === undefined) return frameOf(message);
    if (status.startsWith(NO_MESSAGE)) return undefined;
    throw this.#unavailable(status);
  }

  async #info(): Promise<StreamInfo> {
    const info = await this.#api.info(this.#name.stream).catch((error: unknown) => {
      throw this.#unavailable(reasonOf(error));
    });
    if (info === undefined) throw missing(this.#name);
    return info;
  }

  #unavailable(reason: string): JournalUnavailableError {
    return new JournalUnavailableError(`journal ${this.#name.stream} did not answer: ${reason}`);
  }
}

export function missing(name: JournalName): JournalMissingError {
  const advice = 'create the deployment first, or check the deployment name and NATS_URL';
  return new JournalMissingError(`there is no stream ${name.stream}: ${advice}`);
}
