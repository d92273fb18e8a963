import { headers, type Msg } from '@nats-io/transport-node';
import { APPEND_TIMEOUT_MS, LIST_PUBLISH_ATTEMPTS, READ_TIMEOUT_MS } from '../../bounds.js';
import type {
  ListVersion,
  ProhibitionEntry,
  ProhibitionStream,
  VersionedEntry,
} from '../../prohibitions/ports.js';
import { ListUnavailableError } from '../errors.js';
import { decodeProhibition, encodeProhibition } from '../prohibitionCodec.js';
import { JetStreamApi, reasonOf } from './api.js';
import { parseAppendAnswer } from './appendAnswer.js';
import type { Nats } from './connection.js';
import { statusOf } from './inbox.js';
import { ProhibitionFollower } from './prohibitionFollower.js';
import {
  incarnationOf,
  prohibitionNames,
  type ProhibitionNames,
  type ProhibitionOptions,
} from './prohibitionStream.js';
import { sequenceOf } from './storedFrame.js';
import { subjectToken } from './subjectToken.js';

export interface FollowOptions {
  /** Called when the list cannot be followed now; it is tried again. */
  readonly onProblem?: (error: unknown) => void;
}

interface Standing {
  /** 0: nothing stands. */
  readonly sequence: number;
  readonly position: number;
}

/** Creates the list's stream; does nothing when it exists. Part of the creation of a deployment. */
export async function createProhibitions(nats: Nats, options: ProhibitionOptions): Promise<void> {
  const api = await JetStreamApi.of(nats);
  await api.ensure(prohibitionNames(options).plan);
}

/** The list of a deployment. Asks nothing yet; every call may throw ListUnavailableError. */
export async function natsProhibitions(
  nats: Nats,
  options: ProhibitionOptions & FollowOptions,
): Promise<ProhibitionStream> {
  return new NatsProhibitions(nats, await JetStreamApi.of(nats), options);
}

class NatsProhibitions implements ProhibitionStream {
  readonly #nats: Nats;
  readonly #api: JetStreamApi;
  readonly #names: ProhibitionNames;
  readonly #onProblem: (error: unknown) => void;

  constructor(nats: Nats, api: JetStreamApi, options: ProhibitionOptions & FollowOptions) {
    this.#nats = nats;
    this.#api = api;
    this.#names = prohibitionNames(options);
    this.#onProblem = options.onProblem ?? (() => undefined);
  }

  async publish(entry: ProhibitionEntry): Promise<ListVersion> {
    const subject = this.#names.subject(subjectToken(entry.card));
    const bytes = encodeProhibition(entry);
    for (let attempt = 0; attempt < LIST_PUBLISH_ATTEMPTS; attempt += 1) {
      const [incarnation, standing] = await Promise.all([this.#incarnation(), this.#standing(subject)]);
      if (standing.sequence > 0 && standing.position >= entry.position) {
        return { incarnation, sequence: standing.sequence };
      }
      const sequence = await this.#compareAndSet(subject, bytes, standing.sequence);
      if (sequence !== undefined) return { incarnation, sequence };
    }
    throw this.#unavailable(`lost ${LIST_PUBLISH_ATTEMPTS} races for ${subject}`);
  }

  async follow(
    onEntry: (entry: VersionedEntry) => void,
    onCaughtUp: (version: ListVersion) => void,
  ): Promise<() => void> {
    await this.#incarnation();
    const follower = new ProhibitionFollower({
      nats: this.#nats,
      names: this.#names,
      incarnation: () => this.#incarnation(),
      onEntry,
      onCaughtUp,
      onProblem: this.#onProblem,
    });
    return follower.start();
  }

  /** The sequence under which it is stored; undefined when somebody else has published in between. */
  async #compareAndSet(subject: string, bytes: Uint8Array, last: number): Promise<number | undefined> {
    const answer = await this.#nats.inbox.ask((reply) => {
      const expectation = headers();
      expectation.set('Nats-Expected-Last-Subject-Sequence', String(last));
      this.#nats.client.publish(subject, bytes, { reply, headers: expectation });
    }, APPEND_TIMEOUT_MS);
    if ('missing' in answer) throw this.#unavailable(answer.missing);
    const result = parseAppendAnswer(answer.message, this.#names.stream);
    if (result.kind === 'unknown') throw this.#unavailable(result.reason);
    return result.kind === 'stored' ? result.sequence : undefined;
  }

  async #standing(subject: string): Promise<Standing> {
    const question = `$JS.API.DIRECT.GET.${this.#names.stream}.${subject}`;
    const answer = await this.#nats.inbox.request(question, '', READ_TIMEOUT_MS);
    if ('missing' in answer) throw this.#unavailable(answer.missing);
    return this.#standingOf(answer.message);
  }

  #standingOf(message: Msg): Standing {
    const status = statusOf(message);
    if (status === undefined) {
      return { sequence: sequenceOf(message), position: decodeProhibition(message.data).position };
    }
    if (status.startsWith('404')) return { sequence: 0, position: 0 };
    throw this.#unavailable(status);
  }

  async #incarnation(): Promise<number> {
    const info = await this.#api.info(this.#names.stream).catch((error: unknown) => {
      throw this.#unavailable(reasonOf(error));
    });
    if (info === undefined) throw this.#unavailable('there is no such stream: create the deployment first');
    return incarnationOf(info);
  }

  #unavailable(reason: string): ListUnavailableError {
    return new ListUnavailableError(`prohibition list ${this.#names.stream}: ${reason}`);
  }
}
