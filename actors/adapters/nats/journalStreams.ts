import type { StreamInfo } from '@nats-io/jetstream';
import { headers, type Msg } from '@nats-io/transport-node';
import { APPEND_TIMEOUT_MS, READ_TIMEOUT_MS } from '../../bounds.js';
import { JournalMissingError } from '../../runtime/errors.js';
import type { StoredFrame } from '../../runtime/ports.js';
import {
  closes,
  type SegmentStreams,
  type StreamAnswer,
  type StreamPlace,
  type StreamStatus,
} from '../segmentedJournal.js';
import { reasonOf, type JetStreamApi } from './api.js';
import { parseAppendAnswer } from './appendAnswer.js';
import type { Nats } from './connection.js';
import { statusOf } from './inbox.js';
import {
  journalConfiguration,
  journalName,
  segmentOfStream,
  verifyJournal,
  type JournalName,
} from './journalConfiguration.js';
import { readFrames } from './replay.js';
import { frameOf } from './storedFrame.js';
import { unavailable } from './unavailable.js';

const NO_MESSAGE = '404';

export interface JournalPlace {
  readonly deployment: string;
  readonly partition: number;
  /** Servers that hold every frame of the first segment; the later ones have as many as the one before. */
  readonly replicas: number;
}

/** The journal of one partition as JetStream streams, one for each segment. */
export class NatsJournalStreams implements SegmentStreams {
  readonly partition: number;
  readonly #nats: Nats;
  readonly #api: JetStreamApi;
  readonly #place: JournalPlace;
  readonly #onSilence: () => void;
  /** Made once: every append needs them. */
  readonly #names = new Map<number, JournalName>();

  /** @param onSilence called when there was no answer, or none that says what became of a frame */
  constructor(nats: Nats, api: JetStreamApi, place: JournalPlace, onSilence: () => void) {
    this.partition = place.partition;
    this.#nats = nats;
    this.#api = api;
    this.#place = place;
    this.#onSilence = onSilence;
  }

  async list(): Promise<readonly number[]> {
    const { deployment, partition } = this.#place;
    const names = await this.#asked(this.#api.namesFor(`emoney.${deployment}.journal.${partition}.*`));
    return names
      .map((name) => segmentOfStream(name, deployment))
      .filter((found) => found?.partition === partition)
      .map((found) => found?.segment ?? 0)
      .sort((a, b) => a - b);
  }

  async place(segment: number): Promise<StreamPlace | undefined> {
    const info = await this.#info(segment);
    return info && { segment, first: firstOf(info) };
  }

  async status(segment: number): Promise<StreamStatus | undefined> {
    const info = await this.#info(segment);
    if (info === undefined) return undefined;
    const { config, state } = info;
    const first = firstOf(info);
    let last = state.last_seq;
    while (last >= first && (await this.#closesAt(segment, last))) last -= 1;
    return {
      segment,
      first,
      last,
      length: state.last_seq,
      bytes: state.bytes,
      since: state.messages === 0 ? 0 : Date.parse(state.first_ts),
      closed: config.sealed || last < state.last_seq,
    };
  }

  async create(segment: number, first: number): Promise<void> {
    const { deployment, partition, replicas } = this.#place;
    const before = segment === 0 ? undefined : await this.#info(segment - 1);
    const copies = before?.config.num_replicas ?? replicas;
    const name = journalName(deployment, partition, copies, { segment, first });
    await this.#asked(this.#api.ensure(journalConfiguration(name)));
  }

  async remove(segment: number): Promise<void> {
    await this.#asked(this.#api.remove(this.#name(segment).stream));
  }

  async append(segment: number, frame: Uint8Array, expectedLast: number): Promise<StreamAnswer> {
    const { stream, subject } = this.#name(segment);
    const answer = await this.#nats.inbox.ask((reply) => {
      // The client changes the headers that it is given: new ones for every message.
      const expectation = headers();
      expectation.set('Nats-Expected-Last-Sequence', String(expectedLast));
      this.#nats.client.publish(subject, frame, { reply, headers: expectation });
    }, APPEND_TIMEOUT_MS);
    if ('missing' in answer) {
      this.#onSilence();
      return { kind: 'unknown', reason: answer.missing };
    }
    const said = parseAppendAnswer(answer.message, stream);
    if (said.kind === 'nobody') this.#onSilence();
    return said;
  }

  async get(segment: number, sequence: number): Promise<StoredFrame | undefined> {
    const { stream } = this.#name(segment);
    const subject = `$JS.API.DIRECT.GET.${stream}`;
    const question = JSON.stringify({ seq: sequence });
    const answer = await this.#nats.inbox.request(subject, question, READ_TIMEOUT_MS);
    if ('missing' in answer) throw unavailable(`journal ${stream} did not answer`, answer.missing);
    return found(stream, answer.message);
  }

  read(segment: number, from: number, to: number, onFrame: (frame: StoredFrame) => void): Promise<number> {
    return readFrames(this.#nats, this.#name(segment).stream, { from, to }, onFrame);
  }

  async verify({ segment, first }: StreamPlace): Promise<void> {
    const { deployment, partition, replicas } = this.#place;
    const info = await this.#info(segment);
    const name = journalName(deployment, partition, replicas, { segment, first });
    if (info === undefined) throw missing(name);
    verifyJournal(info.config, name, this.#nats.client.info?.max_payload ?? 0);
  }

  async #closesAt(segment: number, sequence: number): Promise<boolean> {
    const message = await this.get(segment, sequence);
    return message !== undefined && closes(message);
  }

  #name(segment: number): JournalName {
    const known = this.#names.get(segment);
    if (known !== undefined) return known;
    const { deployment, partition, replicas } = this.#place;
    const name = journalName(deployment, partition, replicas, { segment, first: 1 });
    this.#names.set(segment, name);
    return name;
  }

  #info(segment: number): Promise<StreamInfo | undefined> {
    return this.#asked(this.#api.info(this.#name(segment).stream));
  }

  async #asked<T>(question: Promise<T>): Promise<T> {
    try {
      return await question;
    } catch (error) {
      this.#onSilence();
      const { deployment, partition } = this.#place;
      throw unavailable(
        `the journal of partition ${partition} of ${deployment} did not answer`,
        reasonOf(error),
      );
    }
  }
}

/** Absent where the stream begins with 1. */
function firstOf({ config }: StreamInfo): number {
  const { first_seq: first } = config as { readonly first_seq?: number };
  return first ?? 1;
}

function found(stream: string, message: Msg): StoredFrame | undefined {
  const status = statusOf(message);
  if (status === undefined) return frameOf(message);
  if (status.startsWith(NO_MESSAGE)) return undefined;
  throw unavailable(`journal ${stream} did not answer`, status);
}

export function missing(name: JournalName): JournalMissingError {
  const advice =
    'if it was lost, restore it from a backup; if it never was, end the creation of the deployment (`emoney create`), or check its name and NATS_URL';
  return new JournalMissingError(`there is no stream ${name.stream}: ${advice}`);
}
