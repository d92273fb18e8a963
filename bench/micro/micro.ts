/** Time of single operations, with tinybench. */
import { Bench } from 'tinybench';
import { createMailbox } from './mailbox.js';
import { pureOperations, type Operation } from './operations.js';

export interface MicroOptions {
  readonly seconds: number;
  readonly log: (line: string) => void;
}

export interface MicroLine {
  readonly group: Operation['group'];
  readonly name: string;
  /** An operation, nanoseconds. */
  readonly medianNs: number;
  readonly p99Ns: number;
}

/** Of each operation; more tells nothing new. */
const MOST_MS = 1_000;
/** Calls that are timed together, so that looking at the clock costs next to nothing. */
const TOGETHER = 50;
const WARM_MS = 500;
const NS_PER_MS = 1e6;

export async function measureMicro({ seconds, log }: MicroOptions): Promise<readonly MicroLine[]> {
  const mailbox = await createMailbox(log);
  try {
    const time = Math.min(MOST_MS, 1_000 * seconds);
    const lines: MicroLine[] = [];
    for (const operation of pureOperations()) lines.push(await measure(operation, time, TOGETHER));
    for (const operation of mailbox.operations) lines.push(await measure(operation, time, 1));
    return lines;
  } finally {
    mailbox.stop();
  }
}

/** Where a promise is returned `together` must be 1: each is awaited. */
async function measure(
  { group, name, count, run }: Operation,
  time: number,
  together: number,
): Promise<MicroLine> {
  const bench = new Bench({ time, warmupTime: WARM_MS, throws: true });
  let last: unknown;
  const repeated = (): void => {
    for (let at = 0; at < together; at += 1) last = run();
  };
  bench.add(name, together === 1 ? run : repeated);
  const [task] = await bench.run();
  const result = task?.result;
  if (result === undefined || !('latency' in result))
    throw new Error(`${name} was not measured (${String(last)})`);
  const perOperation = NS_PER_MS / (together * count);
  const { p50, p99 } = result.latency;
  return { group, name, medianNs: p50 * perOperation, p99Ns: p99 * perOperation };
}
