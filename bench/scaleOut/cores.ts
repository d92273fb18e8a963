/** Processes on cores of their own, with all their threads. */
import { spawnSync } from 'node:child_process';

/** The cores that this process may use; empty where that cannot be told, and nothing can be pinned (no taskset). */
export function pinnableCores(): readonly number[] {
  const { status, stdout } = spawnSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' });
  return status === 0 ? coresOf(stdout.slice(stdout.lastIndexOf(':') + 1)) : [];
}

/** Of a list like `0-2,5`. */
export function coresOf(list: string): readonly number[] {
  return list.split(',').flatMap((part) => {
    const [first = NaN, last = first] = part.trim() === '' ? [] : part.split('-').map(Number);
    if (!Number.isInteger(first) || !Number.isInteger(last)) return [];
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
}

/** How node is started on this core; undefined: on any. For `execPath` and `execArgv` of a fork. */
export function nodeOn(
  core: number | undefined,
  execArgv: readonly string[],
): { readonly execPath: string; readonly execArgv: string[] } {
  if (core === undefined) return { execPath: process.execPath, execArgv: [...execArgv] };
  return { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath, ...execArgv] };
}
