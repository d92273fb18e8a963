/** JetStream alone, without any logic: what the disk and the server allow to whoever stores payments in it. */
import { StorageType } from '@nats-io/jetstream';
import { connectNats, type Nats } from '../../actors/adapters/nats/connection.js';
import { JetStreamApi } from '../../actors/adapters/nats/api.js';
import { closedLoop, type Throughput } from '../support/closedLoop.js';
import type { Servers } from '../support/servers.js';

export interface RawOptions {
  /** Payments in one message. */
  readonly packed: number;
  /** Payments in flight. */
  readonly inFlight: number;
  readonly seconds: number;
}

/** As many streams as the system has partitions. */
export const STREAMS = 4;
/** Bytes of one payment: about what one event of the system takes. */
const PAYMENT_BYTES = 150;

export async function rawJetStream({ nats: server }: Servers, options: RawOptions): Promise<Throughput> {
  const { packed, inFlight, seconds } = options;
  const nats = await connectNats(server.url, { name: 'bench: raw JetStream' });
  try {
    const streams = await Promise.all(
      Array.from({ length: STREAMS }, (_, index) => openStream(nats, `RAW_${packed}_${inFlight}_${index}`)),
    );
    const payload = new Uint8Array(packed * PAYMENT_BYTES).fill(0x5e);
    let turn = 0;
    return await closedLoop({
      name: packed === 1 ? 'raw' : 'packed',
      inFlight: Math.max(1, Math.round(inFlight / packed)),
      payments: packed,
      seconds,
      pids: () => ({ client: process.pid, nats: server.pid }),
      begin: (done) => {
        streams[turn++ % STREAMS]?.publish(payload, done);
      },
    });
  } finally {
    await nats.close();
  }
}

interface Stream {
  publish(payload: Uint8Array, done: (problem?: string) => void): void;
}

/** One stream acknowledges in the order in which it stores, so one reply subject is enough. */
async function openStream(nats: Nats, name: string): Promise<Stream> {
  const api = await JetStreamApi.of(nats);
  const subject = `raw.${name}`;
  await api.ensure({ name, subjects: [subject], storage: StorageType.File });
  const waiting: ((problem?: string) => void)[] = [];
  const answer = (problem?: string): void => waiting.shift()?.(problem);
  const { subject: reply } = nats.inbox.open((message) => {
    const text = message.string();
    answer(text.includes('"seq"') ? undefined : text);
  }, answer);
  return {
    publish: (payload, done) => {
      waiting.push(done);
      nats.client.publish(subject, payload, { reply });
    },
  };
}
