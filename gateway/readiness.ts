import { READY_TIMEOUT_MS } from '../actors/bounds.js';
import type { Bus, Clock } from '../actors/runtime/ports.js';
import type { ListFeed } from './listFeed.js';
import type { Owners } from './owners.js';

/** What `/readyz` says: ready, or what is missing. */
export interface Readiness {
  readonly ready: boolean;
  readonly missing: readonly string[];
  /** What is away although payments go on without it. */
  readonly degraded: readonly string[];
}

export interface ReadinessOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly feed: ListFeed;
  readonly owners: Owners;
  readonly closing: boolean;
  readonly degraded: readonly string[];
}

/** Ready: a terminal that connects now can pay. */
export async function readinessOf(options: ReadinessOptions): Promise<Readiness> {
  const missing: string[] = [];
  if (options.closing) missing.push('the gateway is closing');
  if (!(await answers(options))) missing.push(`the bus has not answered within ${READY_TIMEOUT_MS} ms`);
  if (options.feed.version === undefined) missing.push('the prohibition list has not been read to its end');
  const unserved = options.owners.unserved();
  if (unserved.length > 0) missing.push(`nobody is heard to serve partition ${unserved.join(', ')}`);
  for (const partition of unserved) {
    const because = options.owners.stoppedBecause(partition);
    if (because !== undefined) missing.push(`partition ${partition} has stopped: ${because}`);
  }
  for (const { partition, reason } of options.owners.silent())
    missing.push(`partition ${partition}: ${reason}`);
  return { ready: missing.length === 0, missing, degraded: options.degraded };
}

/** A client that lost its server keeps what it is given and says nothing: only an answer proves a connection. */
async function answers({ bus, clock }: ReadinessOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(READY_TIMEOUT_MS, () => {
      resolve(false);
    });
    const settle = (connected: boolean) => () => {
      cancel();
      resolve(connected);
    };
    bus.flush().then(settle(true), settle(false));
  });
}
