import { readFileSync } from 'node:fs';

/** What a process has in memory (RSS), in MiB; undefined where it cannot be told. */
export function memoryMiBOf(pid: number): number | undefined {
  try {
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line === null ? undefined : Math.round(Number(line[1]) / 1_024);
  } catch {
    return undefined;
  }
}
