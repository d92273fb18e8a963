/** How fast journals are read again, what a base saves of that, and how soon a killed worker's cards are paid with again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileBaseStore } from '../../actors/adapters/files/baseStore.js';
import { connectNats } from '../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import { systemClock } from '../../actors/adapters/system/clock.js';
import { openBaseMaker } from '../../actors/basing.js';
import { createRegistry } from '../../actors/registry/registry.js';
import { readDeployment } from '../../actors/runtime/deployment.js';
import { Evolution } from '../../actors/runtime/evolution.js';
import { recoverFromJournal } from '../../actors/runtime/journalRecovery.js';
import { partitionOf } from '../../actors/runtime/placement.js';
import { readChain } from '../../actors/runtime/replay.js';
import type { Base } from '../../actors/runtime/ports.js';
import { Random } from '../../simulator/random.js';
import { openStand, type Stand } from '../engine/stand.js';
import { issueOnBus } from '../growth/issue.js';
import { untilSettled } from '../growth/settled.js';
import { operatorOf } from '../support/stage.js';
import { DEPLOYMENT, type BenchSystem } from '../support/system.js';
import { until } from '../support/until.js';

export interface RecoveryOptions {
  /** Cards in the system. */
  readonly growth: number;
  readonly log: (line: string) => void;
}

interface Restart {
  /** From the kill of the only worker until every partition has answered again. */
  readonly restartSeconds: number;
  /** What the worker in its place has logged, with the time since the kill. */
  readonly restartSteps: readonly string[];
}

export interface RecoveryReport extends Restart {
  readonly cards: number;
  /** From the genesis frame of one partition, chain verified, in one thread. */
  readonly eventsPerSecond: number;
  readonly events: number;
  /** Of processor time, garbage collection included. */
  readonly cpuMicrosPerEvent: number;
  /** The same frames read, verified and decoded, as after a checkpoint before the partition serves. */
  readonly read: { readonly eventsPerSecond: number; readonly cpuMicrosPerEvent: number };
  readonly base: {
    readonly eventsPerSecond: number;
    readonly seconds: number;
    readonly units: number;
    readonly bytesPerUnit: number;
  };
  /** Of one partition whose Redis is empty. */
  readonly rebuildSeconds: { readonly fromGenesis: number; readonly fromBase: number };
}

const FIRST = 5_000;
const SEED = 23;
/** A checkpoint is five seconds old at most: so much happens after it as in ten seconds at half the rate. */
export const RATE = 2_000;
const TAIL_SECONDS = 5;
const STEP_MS = 10;
const RESTARTED_WITHIN_MS = 60_000;

export async function measureRecovery({ growth, log }: RecoveryOptions): Promise<RecoveryReport> {
  const stand = await openStand({ cards: Math.min(FIRST, growth), log });
  const folder = await mkdtemp(join(tmpdir(), 'emoney-bench-bases-'));
  try {
    const { system } = stand;
    const cards = [...stand.cards];
    for (const card of await issueOnBus(system, cards.length, growth)) cards.push(card);
    await untilSettled(system);
    await payFor({ ...stand, cards }, TAIL_SECONDS);
    const restarted = await restart({ ...stand, cards });
    return { cards: cards.length, ...restarted, ...(await measureReplay(system, folder)) };
  } finally {
    await stand.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Open loop; what is refused on the way is not of interest here. */
async function payFor({ tills, cards }: Stand, seconds: number): Promise<void> {
  const random = new Random(SEED);
  let [begun, done] = [0, 0];
  const end = performance.now() + seconds * 1_000;
  while (performance.now() < end) {
    for (let at = 0; at < (RATE * STEP_MS) / 1_000; at += 1) {
      begun += 1;
      tills.pay(random.pick(cards), () => {
        done += 1;
      });
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  await until('every payment was answered', RESTARTED_WITHIN_MS, () => done === begun);
}

/** The gateway keeps what it is asked, and asks the next owner as soon as it hears of one. */
async function restart({ system, cards }: Stand): Promise<Restart> {
  const operator = await operatorOf(system);
  const asked = new Map(cards.map((card) => [partitionOf(card, system.partitions), card]));
  const killed = Date.now();
  await system.killWorker();
  await Promise.all([...asked.values()].map((card) => operator.describeCards([card])));
  const restartSeconds = (Date.now() - killed) / 1_000;
  await operator.close();
  return { restartSeconds, restartSteps: stepsSince(killed, await system.workerLog()) };
}

/** Lines of the log with a time, as time since `killed`. */
function stepsSince(killed: number, log: string): readonly string[] {
  return log.split('\n').flatMap((line) => {
    const [stamp = '', ...said] = line.split(' ');
    const after = Date.parse(stamp) - killed;
    return after >= 0 ? [`${(after / 1_000).toFixed(2)} s  ${said.join(' ')}`] : [];
  });
}

/** Of the first partition, in this process. */
async function measureReplay(
  { natsUrl }: BenchSystem,
  folder: string,
): Promise<Omit<RecoveryReport, 'cards' | keyof Restart>> {
  const partition = 0;
  const nats = await connectNats(natsUrl, { name: 'bench: recovery' });
  try {
    const clock = systemClock;
    const journals = await natsJournalStore(nats, { deployment: DEPLOYMENT });
    const journal = await journals.open(partition);
    const last = await journal.lastSequence();
    const domain = createRegistry(
      { ...(await readDeployment(journals, DEPLOYMENT)), partition },
      { prohibitedSince: () => undefined, listVersion: () => ({ incarnation: 0, sequence: 0 }) },
    );
    const parts = { domain, journal, clock };
    const read = await measured(async () => {
      await readChain(journal, clock, undefined, last, ({ body }) => {
        if (body.kind !== 'turns') return;
        for (const turn of body.turns) for (const bytes of turn.events) domain.decodeEvent(bytes);
      });
    });
    let events = 0;
    const replayed = await measured(async () => {
      const evolution = new Evolution(parts, undefined);
      while (evolution.tip.sequence < last) await evolution.readOn(last);
      ({ events } = evolution);
    });
    const bases = new FileBaseStore(folder, DEPLOYMENT);
    const shared = { deployment: DEPLOYMENT, journals, bases, clock, log: () => undefined };
    const make = await openBaseMaker(shared);
    let made = { position: 0, events: 0 };
    const makeSeconds = await timed(async () => {
      made = await make(partition);
    });
    const base: Base = await bases.open(partition, made.position);
    const fromGenesis = await timed(async () => recoverFromJournal(parts, undefined, last));
    const fromBase = await timed(async () => recoverFromJournal(parts, base, last));
    const { units, bytes } = base;
    await base.close();
    return {
      eventsPerSecond: events / replayed.seconds,
      events,
      cpuMicrosPerEvent: replayed.cpuMicros / events,
      read: { eventsPerSecond: events / read.seconds, cpuMicrosPerEvent: read.cpuMicros / events },
      base: {
        eventsPerSecond: made.events / makeSeconds,
        seconds: makeSeconds,
        units,
        bytesPerUnit: bytes / Math.max(1, units),
      },
      rebuildSeconds: { fromGenesis, fromBase },
    };
  } finally {
    await nats.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  return (await measured(work)).seconds;
}

/** `cpuMicros`: of this process, which does nothing else. */
async function measured(work: () => Promise<unknown>): Promise<{ seconds: number; cpuMicros: number }> {
  const began = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - began) / 1_000, cpuMicros: user + system };
}
