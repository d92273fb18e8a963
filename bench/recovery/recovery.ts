/** How fast journals are read again, what a base saves of that, and how soon a killed worker's cards are paid with again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { partitionOf } from '../../actors/runtime/placement.js';
import { Random } from '../../simulator/random.js';
import { measureStand, openStand, type Stand } from '../engine/stand.js';
import { issueOnBus } from '../growth/issue.js';
import { untilSettled } from '../growth/settled.js';
import { askForked } from '../support/forked.js';
import { operatorOf } from '../support/stage.js';
import { until } from '../support/until.js';
import type { Rebuilt, RebuildQuestion } from './rebuild.js';
import type { Replayed, ReplayQuestion } from './replay.js';

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

/** `eventsPerSecond`: of a journal of payments, from the genesis frame, chain verified, in one thread. */
export interface RecoveryReport extends Restart, Replayed, Rebuilt {
  readonly cards: number;
  /** Of the journal in which all these cards were issued, of which each is an actor that stays. */
  readonly issued: Replayed;
}

const FIRST = 5_000;
const SEED = 23;
/** A checkpoint is five seconds old at most: so much happens after it as in ten seconds at half the rate. */
export const RATE = 2_000;
const TAIL_SECONDS = 5;
const STEP_MS = 10;
const RESTARTED_WITHIN_MS = 60_000;
/** Payments of the journal that is replayed. */
const PAID = { name: 'payments to replay', inFlight: 1_024, seconds: 12 };
const WARM = [1, 2, 3];
const PARTITION = 0;

export async function measureRecovery({ growth, log }: RecoveryOptions): Promise<RecoveryReport> {
  const stand = await openStand({ cards: Math.min(FIRST, growth), log });
  const folder = await mkdtemp(join(tmpdir(), 'emoney-bench-bases-'));
  try {
    const { system } = stand;
    const { natsUrl } = system;
    await measureStand(stand, PAID);
    const replayed = await replay({ natsUrl, warm: WARM, partition: PARTITION });
    const cards = [...stand.cards];
    for (const card of await issueOnBus(system, cards.length, growth)) cards.push(card);
    await untilSettled(system);
    await payFor({ ...stand, cards }, TAIL_SECONDS);
    const restarted = await restart({ ...stand, cards });
    const issued = await replay({ natsUrl, warm: [], partition: PARTITION });
    const rebuilt = await rebuild({ natsUrl, partition: PARTITION, folder });
    return { cards: cards.length, ...restarted, ...replayed, issued, ...rebuilt };
  } finally {
    await stand.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const replay = async (question: ReplayQuestion): Promise<Replayed> =>
  askForked(fileURLToPath(new URL('replayProcess.js', import.meta.url)), question);
const rebuild = async (question: RebuildQuestion): Promise<Rebuilt> =>
  askForked(fileURLToPath(new URL('rebuildProcess.js', import.meta.url)), question);

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
