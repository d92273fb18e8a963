/**
 * A large young space costs least when there is much to do, and stops the process for tens of milliseconds each time
 * that it is full: what payments leave in a second is copied at once. So it is collected before it is full, a little at
 * a time, as long as there is time for that. A process that is busy goes on until V8 collects.
 */
import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BUSY_SHARE, YOUNG_SPACE_BYTES, YOUNG_SPACE_LOOK_MS } from '../../bounds.js';
import type { Cancel } from '../../runtime/ports.js';

type Collect = (options: { readonly type: 'minor' }) => void;

/** Until the returned function is called. It does not keep the process alive. */
export function collectYoungSpaceEarly(): Cancel {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  let last = performance.eventLoopUtilization();
  const look = (): void => {
    const now = performance.eventLoopUtilization();
    if (isDue(youngBytes(), performance.eventLoopUtilization(now, last))) collect({ type: 'minor' });
    last = now;
  };
  const looking = setInterval(look, YOUNG_SPACE_LOOK_MS).unref();
  return () => {
    clearInterval(looking);
  };
}

/** `since`: of the time since the last look. */
export function isDue(bytes: number, since: Pick<EventLoopUtilization, 'utilization'>): boolean {
  return bytes >= YOUNG_SPACE_BYTES && since.utilization < BUSY_SHARE;
}

function youngBytes(): number {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  return young?.space_used_size ?? 0;
}
