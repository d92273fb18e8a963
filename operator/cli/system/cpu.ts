import { readFileSync } from 'node:fs';

/** CLK_TCK: 100 on every Linux that Node runs on. */
const TICK_MICROS = 10_000;

/** CPU time that a process has used so far, in microseconds; undefined where it cannot be told. */
export function cpuMicrosOf(pid: number): number | undefined {
  return microsIn(`/proc/${pid}/stat`);
}

/** The same of its main thread alone: of a Node process the one that runs JavaScript. */
export function mainThreadMicrosOf(pid: number): number | undefined {
  return microsIn(`/proc/${pid}/task/${pid}/stat`);
}

function microsIn(path: string): number | undefined {
  try {
    const stat = readFileSync(path, 'utf8');
    // After the name, which may hold anything: state is field 3, utime and stime are 14 and 15 (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
  } catch {
    return undefined;
  }
}
