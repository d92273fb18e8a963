import type { Output } from '../../operator/cli/output.js';
import { renderFields } from '../../operator/cli/table.js';
import type { BenchResult } from '../bench.js';
import { whole } from '../support/text.js';
import { RATE, type RecoveryReport } from './recovery.js';
import type { Speed } from './replay.js';

export function recoveryResult(report: RecoveryReport, colors: Output['colors']): BenchResult {
  const { cards, issued, restartSeconds, restartSteps, base, rebuildSeconds } = report;
  const seconds = (value: number): string => `${value.toFixed(2)} s`;
  const fields: readonly (readonly [string, string])[] = [
    [
      'restart',
      `${seconds(restartSeconds)} from the kill of the worker until every partition has answered again`,
    ],
    ...restartSteps.map((step) => ['', step] as const),
    [
      'before it',
      `${whole(RATE)} payments/s; the checkpoint is up to 5 s old, as much as 10 s at half the rate`,
    ],
    ['replay', `${speedOf(report)}, ${whole(report.events)} events of payments from the genesis frame`],
    ['', `${speedOf(report.read)} only read, verified and decoded, as a takeover does before it serves`],
    ['', `${speedOf(issued)}, ${whole(issued.events)} events, nearly all of cards that are issued and stay`],
    ['', `${speedOf(issued.read)} only read, verified and decoded`],
    [
      'base',
      `made in ${seconds(base.seconds)} (${whole(base.eventsPerSecond)} events/s, written and read back)`,
    ],
    ['', `${whole(base.units)} actors, ${base.bytesPerUnit.toFixed(0)} bytes each`],
    [
      'Redis emptied',
      `one partition in ${seconds(rebuildSeconds.fromGenesis)} from the genesis frame, ${seconds(rebuildSeconds.fromBase)} from its base`,
    ],
  ];
  return {
    text: `recovery: ${whole(cards)} cards, 4 partitions in one worker\n\n${renderFields(fields, colors)}`,
    json: { recovery: report },
    ok: true,
  };
}

function speedOf({ eventsPerSecond, cpuMicrosPerEvent }: Speed): string {
  return `${whole(eventsPerSecond)} events/s in one thread (${cpuMicrosPerEvent.toFixed(1)} µs of processor time each)`;
}
