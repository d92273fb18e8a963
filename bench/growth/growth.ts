/** What a payment costs with few and with many cards in the system, and the memory that they take. */
import { MAX_UNITS_IN_MEMORY } from '../../actors/bounds.js';
import { Random } from '../../simulator/random.js';
import { openStand, PARTITIONS, warmUp, type Stand } from '../engine/stand.js';
import { closedLoop, type Throughput } from '../support/closedLoop.js';
import { residentMiB } from '../support/cpu.js';
import { redisBytes } from '../support/redis.js';
import { Zipf } from '../support/zipf.js';
import { issueOnBus } from './issue.js';
import { untilSettled } from './settled.js';

export interface GrowthOptions {
  /** Cards at the end. */
  readonly growth: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

export interface GrowthReport {
  readonly points: readonly GrowthPoint[];
  /** Of all that were issued after the first point. */
  readonly redisBytesPerCard: number;
  /** Units that the worker keeps in memory at most. */
  readonly unitsInMemory: number;
}

export interface GrowthPoint {
  readonly cards: number;
  readonly uniform: Throughput;
  /** The k-th card is met 1 ÷ k times as often as the first. */
  readonly zipf: Throughput;
  readonly workerMiB: number;
  readonly redisMiB: number;
}

/** What a payment costs the system: every process but the load generator. */
export function costOf({ cpuMicros, cpuMicrosPerPayment }: Throughput): number {
  return cpuMicrosPerPayment - (cpuMicros['client'] ?? 0);
}

export const FIRST = 5_000;
const BETWEEN = [50_000, 200_000] as const;
export const IN_FLIGHT = 1_024;
const SEED = 19;
const MIB = 2 ** 20;

/** Numbers of cards at which is measured. */
export function pointsTo(growth: number): readonly number[] {
  return [FIRST, ...BETWEEN.filter((cards) => cards < growth), ...(growth > FIRST ? [growth] : [])];
}

export async function measureGrowth({ growth, seconds, log }: GrowthOptions): Promise<GrowthReport> {
  const stand = await openStand({ cards: FIRST, log });
  const { system } = stand;
  try {
    await warmUp(stand, IN_FLIGHT);
    const cards = [...stand.cards];
    const points: GrowthPoint[] = [];
    let issuedBytes = 0;
    for (const count of pointsTo(growth)) {
      const before = await redisBytes(system);
      for (const card of await issueOnBus(system, cards.length, count)) cards.push(card);
      await untilSettled(system);
      if (count > FIRST) issuedBytes += (await redisBytes(system)) - before;
      points.push(await pointOf({ ...stand, cards }, seconds));
    }
    return {
      points,
      redisBytesPerCard: issuedBytes / Math.max(1, cards.length - FIRST),
      unitsInMemory: PARTITIONS * MAX_UNITS_IN_MEMORY,
    };
  } finally {
    await stand.stop();
  }
}

async function pointOf(stand: Stand, seconds: number): Promise<GrowthPoint> {
  const { system, cards } = stand;
  const random = new Random(SEED);
  const zipf = new Zipf(cards.length);
  const uniform = await measure(stand, seconds, 'uniform', () => random.pick(cards));
  return {
    cards: cards.length,
    uniform,
    zipf: await measure(stand, seconds, 'Zipf', () => cards[zipf.draw(random)] ?? ''),
    workerMiB: residentMiB(system.pids()['worker']),
    redisMiB: (await redisBytes(system)) / MIB,
  };
}

async function measure(
  { system, cards, tills }: Stand,
  seconds: number,
  name: string,
  card: () => string,
): Promise<Throughput> {
  return closedLoop({
    ...{ name: `${cards.length} ${name}`, inFlight: IN_FLIGHT, seconds, pids: system.pids },
    begin: (done) => {
      tills.pay(card(), done);
    },
  });
}
