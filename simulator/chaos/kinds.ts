/** What can be done to a system of real processes, and what is wanted of it then. */
import { CHECKPOINT_INTERVAL_MS } from '../../actors/bounds.js';
import { LINK_FAULTS, LINK_KINDS } from './linkFaults.js';

export const FAULT_KINDS = [
  'worker-kill',
  'worker-stop',
  'rolling-restart',
  'gateway-kill',
  'gateway-stop',
  'redis-kill',
  'redis-stop',
  'redis-flush',
  'redis-rollback',
  'redis-flush-worker-kill',
  'nats-kill',
  'nats-stop',
  'nats-leader-kill',
  'nats-leader-restart',
  'nats-follower-kill',
  'nats-quorum-loss',
  'nats-disk-full',
  'connections-cut',
  ...LINK_KINDS,
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Of what the outage is measured: the partitions of the worker that is hit, all partitions, terminals that were cut off. */
export type Scope = 'owned' | 'all' | 'terminals';

export interface FaultRules {
  /** In one line. */
  readonly does: string;
  /** Shortest and longest time that it takes, ms; 0: it is a moment. Of a rollback: how far back. */
  readonly lasts: readonly [min: number, max: number];
  readonly scope: Scope;
  /** Longest outage that is within the target, ms; undefined: however long, if only everybody is back. */
  readonly withinMs: number | undefined;
  /** The outage may last as much longer as the fault itself does: nothing else can serve meanwhile. */
  readonly besidesFault: boolean;
  readonly target: string;
  /** Longest time until cards that no worker has in memory are served again, ms; absent: it is not asked. */
  readonly idleWithinMs?: number;
  /** No payment may be refused. */
  readonly refusesNone?: boolean;
  /** How long it is watched at least, ms; absent: as long as every other. */
  readonly watchMs?: number;
  /** Nodes of NATS that it needs; undefined: any number. */
  readonly nodes?: 1 | 3;
  /** What every gateway's `/readyz` must name meanwhile. */
  readonly named?: RegExp;
}

/** What was not used for two sweeps, each after a checkpoint, has left memory: a third, for a machine that is slow. */
export const IDLE_AFTER_MS = 3 * CHECKPOINT_INTERVAL_MS;

const MOMENT = [0, 0] as const;
/** Shorter and longer than an owner's timeout, so that some are replaced before they come back and others are not. */
const PAUSE = [300, 4_000] as const;

const workerTarget = { withinMs: 2_000, besidesFault: false, target: 'its partitions within 2 s' };
/** Cards that are not in memory wait until Redis is known to be silent, and for a read of their journals. */
const redisTarget = {
  withinMs: 1_000,
  besidesFault: false,
  idleWithinMs: 5_000,
  target: 'cards in memory go on, others within 5 s',
};
const terminalsTarget = {
  withinMs: undefined,
  besidesFault: false,
  target: 'all terminals back, all answered',
};
/** Workers ask for the election: by itself nats-server elects after 4 to 9 s. */
const clusterTarget = { withinMs: 5_000, besidesFault: false, target: 'within 5 s', nodes: 3 } as const;
const pausedTarget = { withinMs: 2_000, besidesFault: true, target: 'within 2 s of its end' };

export const FAULTS: Readonly<Record<FaultKind, FaultRules>> = {
  'worker-kill': { does: 'kill -9 of a worker', lasts: MOMENT, scope: 'owned', ...workerTarget },
  'worker-stop': { does: 'SIGSTOP of a worker, then SIGCONT', lasts: PAUSE, scope: 'owned', ...workerTarget },
  'rolling-restart': {
    does: 'SIGTERM of every worker, one after the other, each when the one before serves again',
    lasts: [6_000, 6_000],
    scope: 'all',
    withinMs: 1_000,
    besidesFault: false,
    refusesNone: true,
    target: 'no partition silent for 1 s, none refused',
  },
  'gateway-kill': { does: 'kill -9 of the gateway', lasts: MOMENT, scope: 'terminals', ...terminalsTarget },
  'gateway-stop': { does: 'SIGSTOP of the gateway', lasts: PAUSE, scope: 'all', ...pausedTarget },
  'redis-kill': { does: 'kill -9 of redis-server', lasts: MOMENT, scope: 'all', ...redisTarget },
  'redis-stop': { does: 'SIGSTOP of redis-server', lasts: PAUSE, scope: 'all', ...redisTarget },
  'redis-flush': { does: 'Redis emptied (FLUSHALL)', lasts: MOMENT, scope: 'all', ...redisTarget },
  'redis-rollback': {
    does: 'Redis set back to an earlier copy of its data',
    lasts: [500, 4_000],
    scope: 'all',
    ...redisTarget,
  },
  'redis-flush-worker-kill': {
    does: 'Redis emptied, and a worker killed: no card of it is in memory anywhere',
    lasts: MOMENT,
    scope: 'owned',
    // Detection as above, and its journals are read from their first frame.
    withinMs: 5_000,
    besidesFault: false,
    target: 'rebuilt within 5 s',
    // Until cards that were rebuilt with the rest have left memory again.
    watchMs: IDLE_AFTER_MS,
  },
  'nats-kill': {
    does: 'kill -9 of nats-server',
    lasts: MOMENT,
    scope: 'all',
    // It is the only one: everything waits for its restart.
    withinMs: 5_000,
    besidesFault: false,
    target: 'within 5 s',
    nodes: 1,
  },
  'nats-stop': { does: 'SIGSTOP of nats-server', lasts: PAUSE, scope: 'all', ...pausedTarget, nodes: 1 },
  'nats-leader-kill': {
    does: 'kill -9 of the nats-server that leads most journals',
    lasts: MOMENT,
    scope: 'all',
    ...clusterTarget,
  },
  'nats-leader-restart': {
    does: 'the same one ended with SIGTERM, and started again',
    lasts: MOMENT,
    scope: 'all',
    // It hands its leadership over before it ends.
    withinMs: 2_000,
    besidesFault: false,
    target: 'within 2 s',
    nodes: 3,
  },
  'nats-follower-kill': {
    does: 'kill -9 of the nats-server that leads fewest journals',
    lasts: MOMENT,
    scope: 'all',
    ...clusterTarget,
  },
  'nats-quorum-loss': {
    does: 'two of three nats-servers killed, and away for a while',
    lasts: [1_000, 4_000],
    scope: 'all',
    // They start, find each other and elect.
    withinMs: 10_000,
    besidesFault: true,
    target: 'within 10 s of its end',
    nodes: 3,
  },
  'nats-disk-full': {
    does: 'the disk of the journals is full; then there is room again, and nats-server is restarted',
    // Longer than a worker takes to say that a journal does not acknowledge.
    lasts: [6_000, 8_000],
    scope: 'all',
    withinMs: 5_000,
    besidesFault: true,
    target: 'named by /readyz; within 5 s of its end',
    nodes: 1,
    named: /has not acknowledged/,
  },
  'connections-cut': {
    does: "terminals' connections cut",
    lasts: [0, 1_500],
    scope: 'terminals',
    ...terminalsTarget,
  },
  ...LINK_FAULTS,
};

/** What can be done to a system with so many nats-servers. */
export function faultsWith(nodes: 1 | 3): readonly FaultKind[] {
  return FAULT_KINDS.filter((kind) => (FAULTS[kind].nodes ?? nodes) === nodes);
}
