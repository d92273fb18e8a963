/** What can be done to the connections between processes, which all pass through proxies of ours. */
import type { FaultRules } from './kinds.js';
import { FORGOTTEN, FROZEN, FROZEN_BACK, FROZEN_OUT, WAYS, type Passage } from './passage.js';

/** Of one worker, or one gateway; `terminals`: all connections of terminals to gateways. */
export type Link = 'terminals' | 'worker-nats' | 'worker-redis' | 'gateway-nats';

export const LINK_KINDS = [
  'terminals-slow',
  'terminals-freeze',
  'terminals-half-open',
  'worker-nats-cut',
  'worker-nats-slow',
  'worker-nats-freeze',
  'worker-nats-mute',
  'worker-nats-deaf',
  'worker-redis-slow',
  'worker-redis-freeze',
  'gateway-nats-slow',
  'gateway-nats-freeze',
  'gateway-nats-half-open',
] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

export interface LinkFaultRules extends FaultRules {
  readonly link: Link;
  readonly passage: Passage;
}

/** Slower than any network within a country, and than any line that a till is sold with. */
const SLOW: Passage = { ways: WAYS, delayMs: 100, bytesPerSecond: 500_000 };
/** In the middle of a message, again and again. */
const CUT: Passage = { ways: WAYS, cutAfterBytes: 3_000 };

const SHORT = [3_000, 5_000] as const;
/** Longer than it takes to notice it. */
const LONG = [3_000, 8_000] as const;

const goesOn = { withinMs: 2_000, besidesFault: false, target: 'payments go on' };
const owned = {
  scope: 'owned',
  withinMs: 2_000,
  besidesFault: false,
  target: 'its partitions within 2 s',
} as const;
const inMemory = {
  scope: 'owned',
  withinMs: 1_000,
  besidesFault: false,
  target: 'cards in memory go on',
} as const;
const afterIt = {
  scope: 'all',
  withinMs: 2_000,
  besidesFault: true,
  target: 'within 2 s of its end',
} as const;

export const LINK_FAULTS: Readonly<Record<LinkKind, LinkFaultRules>> = {
  'terminals-slow': {
    does: 'terminals and gateway: 100 ms each way, 500 kB/s',
    ...{ link: 'terminals', passage: SLOW, lasts: SHORT, scope: 'all', ...goesOn },
  },
  'terminals-freeze': {
    does: 'terminals and gateway: nothing passes, no end of a connection either',
    ...{ link: 'terminals', passage: FROZEN, lasts: SHORT, ...afterIt },
  },
  'terminals-half-open': {
    does: 'terminals and gateway: the same, but new connections pass',
    // Until they have noticed, and longer than that is promised to take.
    ...{ link: 'terminals', passage: FORGOTTEN, lasts: [12_000, 12_000], scope: 'all' },
    ...{ withinMs: 8_000, besidesFault: false, target: 'within 8 s' },
  },
  'worker-nats-cut': {
    does: 'a worker and NATS: cut after 3,000 bytes, again and again',
    ...{ link: 'worker-nats', passage: CUT, lasts: [300, 1_500], ...owned },
  },
  'worker-nats-slow': {
    does: 'a worker and NATS: 100 ms each way, 500 kB/s',
    ...{ link: 'worker-nats', passage: SLOW, lasts: SHORT, scope: 'owned', ...goesOn },
  },
  'worker-nats-freeze': {
    does: 'a worker and NATS: nothing passes (a divided network)',
    ...{ link: 'worker-nats', passage: FROZEN, lasts: LONG, ...owned },
  },
  'worker-nats-mute': {
    does: 'a worker and NATS: nothing passes from the worker; it hears',
    ...{ link: 'worker-nats', passage: FROZEN_OUT, lasts: LONG, ...owned },
  },
  'worker-nats-deaf': {
    does: 'a worker and NATS: nothing passes to the worker; it is heard',
    ...{ link: 'worker-nats', passage: FROZEN_BACK, lasts: LONG, scope: 'owned' },
    // It is heard to live until its pings have gone unanswered; then as if it had been killed.
    ...{ withinMs: 5_000, besidesFault: false, target: 'its partitions within 5 s' },
  },
  'worker-redis-slow': {
    does: 'a worker and Redis: 100 ms each way, 500 kB/s',
    ...{ link: 'worker-redis', passage: SLOW, lasts: SHORT, ...inMemory },
  },
  'worker-redis-freeze': {
    does: 'a worker and Redis: nothing passes',
    ...{ link: 'worker-redis', passage: FROZEN, lasts: LONG, ...inMemory },
  },
  'gateway-nats-slow': {
    does: 'a gateway and NATS: 100 ms each way, 500 kB/s',
    ...{ link: 'gateway-nats', passage: SLOW, lasts: SHORT, scope: 'all', ...goesOn },
  },
  'gateway-nats-freeze': {
    does: 'a gateway and NATS: nothing passes',
    ...{ link: 'gateway-nats', passage: FROZEN, lasts: LONG, ...afterIt },
  },
  'gateway-nats-half-open': {
    does: 'a gateway and NATS: the same, but a new connection passes',
    ...{ link: 'gateway-nats', passage: FORGOTTEN, lasts: [8_000, 8_000], scope: 'all' },
    ...{ withinMs: 5_000, besidesFault: false, target: 'within 5 s' },
  },
};

export function isLinkKind(kind: string): kind is LinkKind {
  return kind in LINK_FAULTS;
}
