/** Where a payment's CPU goes: by process, and by stage within the worker. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mainThreadMicrosOf } from '../../operator/cli/system/cpu.js';
import { IN_FLIGHT } from '../baselines/baselines.js';
import { measureStand, openStand, warmUp, type Stand } from '../engine/stand.js';
import type { Throughput } from '../support/closedLoop.js';
import { timesOf, type CpuProfile } from './profile.js';
import { stageOf, type Stage } from './stageOf.js';

export interface StagesOptions {
  readonly cards: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

export interface StagesReport {
  readonly throughput: Throughput;
  /** Microseconds a payment on the worker's main thread; nothing is idle there. */
  readonly stages: ReadonlyMap<Stage, number>;
  /** The same on its other threads. */
  readonly otherThreads: number;
  /** Share of the time in which the main thread had nothing to do. */
  readonly idle: number;
}

/** The beginning or the end of a measurement. */
interface Edge {
  /** Microseconds of the monotonic clock, which profiles are stamped with. */
  readonly at: number;
  /** CPU time that the worker's main thread has used. */
  readonly used: number;
}

interface Measured {
  readonly throughput: Throughput;
  readonly from: Edge;
  readonly to: Edge;
}

export async function measureStages(options: StagesOptions): Promise<readonly StagesReport[]> {
  const folder = await mkdtemp(join(tmpdir(), 'emoney-bench-profile-'));
  try {
    const measured = await measure(folder, options);
    const profile = await profileIn(folder);
    return measured.map((each) => reportOf(each, profile));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, { cards, seconds, log }: StagesOptions): Promise<readonly Measured[]> {
  const workerNodeArgs = ['--cpu-prof', `--cpu-prof-dir=${folder}`];
  const stand = await openStand({ cards, workerNodeArgs, log });
  try {
    await warmUp(stand, IN_FLIGHT[0]);
    const measured: Measured[] = [];
    for (const inFlight of IN_FLIGHT) {
      const edges: Edge[] = [];
      const onEdge = (): void => void edges.push(edgeOf(stand));
      const name = `stages ${inFlight}`;
      const throughput = await measureStand(stand, { name, inFlight, seconds, onEdge });
      const [from, to] = edges;
      if (from !== undefined && to !== undefined) measured.push({ throughput, from, to });
    }
    return measured;
  } finally {
    await stand.stop();
  }
}

function edgeOf({ system }: Stand): Edge {
  const used = mainThreadMicrosOf(system.pids()['worker'] ?? 0) ?? 0;
  return { at: Number(process.hrtime.bigint() / 1_000n), used };
}

/** The worker writes it when it ends. */
async function profileIn(folder: string): Promise<CpuProfile> {
  const [file] = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error('the worker has left no profile: its log says why it was ended');
  return JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile;
}

function reportOf({ throughput, from, to }: Measured, profile: CpuProfile): StagesReport {
  const times = timesOf(profile, stageOf, from.at, to.at);
  const all = [...times.values()].reduce((sum, each) => sum + each, 0);
  const idle = times.get('idle') ?? 0;
  const payments = (throughput.ratePerSecond * (throughput.to - throughput.from)) / 1_000;
  const mainThread = (to.used - from.used) / payments;
  const working = [...times].filter(([stage]) => stage !== 'idle');
  return {
    throughput,
    stages: new Map(working.map(([stage, time]) => [stage, (mainThread * time) / (all - idle)] as const)),
    otherThreads: Math.max(0, (throughput.cpuMicros['worker'] ?? 0) - mainThread),
    idle: idle / all,
  };
}
