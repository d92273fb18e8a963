import { setTimeout as delay } from 'node:timers/promises';
import {
  JetStreamApiError,
  jetstreamManager,
  type ApiError,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import {
  READ_TIMEOUT_MS,
  STREAM_CHANGE_MS,
  STREAM_CREATION_ATTEMPTS,
  STREAM_CREATION_PAUSE_MS,
} from '../../bounds.js';
import type { Nats } from './connection.js';
import { statusOf, type Inbox } from './inbox.js';

const STREAM_NOT_FOUND = 10059;
const NAME_IN_USE = 10058;

/** Description of a stream whose metadata was written after it was made. */
const WRITTEN = 'part of an emoney deployment: never change or delete it by hand';

export type StreamPlan = Parameters<JetStreamManager['streams']['add']>[0];

/** The few questions to the JetStream API that the adapters have. */
export class JetStreamApi {
  readonly #inbox: Inbox;
  readonly #manager: JetStreamManager;
  /** Does not wait long: of two who make or change a stream at once a cluster answers none. */
  readonly #changer: JetStreamManager;

  private constructor(inbox: Inbox, manager: JetStreamManager, changer: JetStreamManager) {
    this.#inbox = inbox;
    this.#manager = manager;
    this.#changer = changer;
  }

  static async of({ inbox, client }: Nats): Promise<JetStreamApi> {
    const manager = await jetstreamManager(client, { checkAPI: false, timeout: READ_TIMEOUT_MS });
    const changer = await jetstreamManager(client, { checkAPI: false, timeout: STREAM_CHANGE_MS });
    return new JetStreamApi(inbox, manager, changer);
  }

  /** Undefined when there is no such stream; throws when nobody says so. */
  async info(stream: string): Promise<StreamInfo | undefined> {
    const answer = await this.#inbox.request(`$JS.API.STREAM.INFO.${stream}`, '', READ_TIMEOUT_MS);
    if ('missing' in answer) throw new Error(answer.missing);
    const status = statusOf(answer.message);
    if (status !== undefined) throw new Error(status);
    const info = answer.message.json<StreamInfo & { readonly error?: ApiError }>();
    if (info.error === undefined) return info;
    if (info.error.err_code === STREAM_NOT_FOUND) return undefined;
    throw new Error(`${info.error.err_code} ${info.error.description}`);
  }

  /**
   * Creates the stream unless one of that name exists, however that one is configured.
   *
   * Where the power failed while it was made, nats-server makes it in the folder that is left of it, and keeps the
   * metadata there: the next start would skip the stream, with all that was acknowledged by then. So the metadata is
   * written once more, by a change, unless the stream says that this was done, or has messages, which a power cut
   * between the two files that are written would hide.
   *
   * A cluster that two ask at once may answer before the stream is there, or not at all: then it is tried again.
   */
  async ensure(plan: StreamPlan): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#ensure(plan);
        return;
      } catch (error) {
        if (attempt === STREAM_CREATION_ATTEMPTS) throw error;
      }
      await delay(Math.random() * STREAM_CREATION_PAUSE_MS);
    }
  }

  async #ensure(plan: StreamPlan): Promise<void> {
    try {
      await this.#changer.streams.add(plan);
    } catch (error) {
      if (codeOf(error) !== NAME_IN_USE) throw error;
    }
    const info = await this.info(plan.name);
    if (info === undefined) throw new Error(`there is no stream ${plan.name}, although it was made`);
    if (info.config.description === WRITTEN || info.state.messages > 0) return;
    await this.#changer.streams.update(plan.name, { ...info.config, description: WRITTEN });
  }

  /** Deletes the stream with all its messages; does nothing where there is none. */
  async remove(stream: string): Promise<void> {
    try {
      await this.#manager.streams.delete(stream);
    } catch (error) {
      if (codeOf(error) !== STREAM_NOT_FOUND) throw error;
    }
  }

  /** Names of the streams that take messages of this subject (`*` and `>` allowed). */
  async namesFor(subject: string): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const name of this.#manager.streams.names(subject)) names.push(name);
    return names;
  }
}

function codeOf(error: unknown): number | undefined {
  return error instanceof JetStreamApiError ? error.code : undefined;
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
