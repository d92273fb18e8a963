/** What others reach on this machine, in this run: the measure of everything else. */
import type { Throughput } from '../support/closedLoop.js';
import { startServers } from '../support/servers.js';
import { rawJetStream } from './rawJetStream.js';
import { redisLua } from './redisLua.js';

/** Payments in flight that are measured. */
export const IN_FLIGHT = [256, 4_096] as const;
export type InFlight = (typeof IN_FLIGHT)[number];

/** Payments that the packed baseline puts into one message. */
export const PACKED = 64;

export interface Baseline {
  /** JetStream, one message a payment. */
  readonly raw: Throughput;
  /** JetStream, PACKED payments a message. */
  readonly packed: Throughput;
  /** Redis, one Lua script a payment. */
  readonly redis: Throughput;
}

export type Baselines = Readonly<Record<InFlight, Baseline>>;

export interface BaselineOptions {
  readonly cards: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

/** Each on fresh servers. */
export async function measureBaselines(options: BaselineOptions): Promise<Baselines> {
  const [few, many] = IN_FLIGHT;
  return { [few]: await baseline(few, options), [many]: await baseline(many, options) };
}

async function baseline(inFlight: InFlight, { cards, seconds, log }: BaselineOptions): Promise<Baseline> {
  const servers = await startServers(log);
  try {
    const raw = await rawJetStream(servers, { packed: 1, inFlight, seconds });
    const packed = await rawJetStream(servers, { packed: PACKED, inFlight, seconds });
    const redis = await redisLua(servers, { cards, inFlight, seconds });
    return { raw, packed, redis };
  } finally {
    await servers.endings.end();
  }
}
