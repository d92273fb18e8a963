/** CPU time and memory of the processes of a bench, by name. */
import { readFileSync } from 'node:fs';
import { cpuMicrosOf } from '../../operator/cli/system/cpu.js';

export type Pids = Readonly<Record<string, number | undefined>>;

/** Microseconds used so far, by process. A process that is away counts as far as it was seen. */
export type CpuTimes = Readonly<Record<string, number>>;

/**
 * Sums the processes of each name: a worker that was killed and its successor are one line. What a process has used
 * between the last look at it and its end is not seen: look often.
 */
export class CpuMeter {
  readonly #pids: () => Pids;
  readonly #seen = new Map<string, Map<number, number>>();

  constructor(pids: () => Pids) {
    this.#pids = pids;
  }

  look(): CpuTimes {
    const times: Record<string, number> = {};
    for (const [name, pid] of Object.entries(this.#pids())) {
      const byPid = this.#seen.get(name) ?? new Map<number, number>();
      this.#seen.set(name, byPid);
      const used = pid === undefined ? undefined : cpuMicrosOf(pid);
      if (pid !== undefined && used !== undefined) byPid.set(pid, used);
      times[name] = [...byPid.values()].reduce((sum, each) => sum + each, 0);
    }
    return times;
  }
}

/** By process, from one look to another. */
export function usedBetween(before: CpuTimes, after: CpuTimes): CpuTimes {
  return Object.fromEntries(
    Object.entries(after).map(([name, used]) => [name, used - (before[name] ?? 0)] as const),
  );
}

export function sumOf(times: CpuTimes): number {
  return Object.values(times).reduce((sum, each) => sum + each, 0);
}

/** Resident memory in MiB; 0 where it cannot be told. */
export function residentMiB(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
    return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024);
  } catch {
    return 0;
  }
}
