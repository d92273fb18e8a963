import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same id by the moment it began. */
export interface ProcessMark {
  readonly pid: number;
  readonly began: string;
}

const onLinux = process.platform === 'linux';

/** `undefined` if no such process lives; one that has ended and waits to be collected does not live. */
export function markOf(pid: number): ProcessMark | undefined {
  const began = onLinux ? beganByProc(pid) : askPs(pid, 'lstart=');
  return began === undefined || began === '' ? undefined : { pid, began };
}

export function isAlive(mark: ProcessMark): boolean {
  return markOf(mark.pid)?.began === mark.began;
}

/** The program and its arguments, separated by blanks; empty if it cannot be read. */
export function commandLine(pid: number): string {
  if (!onLinux) return askPs(pid, 'command=') ?? '';
  return readText(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() ?? '';
}

function beganByProc(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ticks] = [fields[0], fields[19]];
  if (ticks === undefined || state === 'Z' || state === 'X') return undefined;
  return `${readText('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${ticks}`;
}

function askPs(pid: number, column: string): string | undefined {
  const result = spawnSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
