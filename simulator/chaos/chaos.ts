/** Makes the faults of a plan, one after the other, while the load of a simulation goes on, and watches. */
import type { Reply } from '../../client/index.js';
import type { Disturbance, IdleCards } from '../disturbance.js';
import type { Line } from '../line.js';
import type { OperatorLink } from '../operatorLink.js';
import { Absences } from './absences.js';
import { AnswerTimes } from './answerTimes.js';
import { IdleTaps, type Tap } from './idleCards.js';
import { FAULTS, type FaultKind } from './kinds.js';
import { isLinkKind, LINK_FAULTS, type Link, type LinkKind } from './linkFaults.js';
import { leastWatchOf, type PlannedFault } from './plan.js';
import type { MadeFault, Observations } from './report.js';
import type { ChaosSystem, Victim } from './system.js';

export interface ChaosOptions {
  readonly plan: readonly PlannedFault[];
  readonly system: ChaosSystem;
  readonly operator: OperatorLink;
  readonly onFault: (fault: Pick<MadeFault, 'kind' | 'target'>) => void;
}

/** Until a system that was hit is whole again before it is hit the next time. */
const WHOLE_WITHIN_MS = 20_000;
const LOOK_MS = 100;
/** Of the connections that a cut spares at most. */
const SPARED = 0.7;

interface Blow {
  readonly target: string;
  readonly partitions: readonly number[];
  readonly at: number;
  /** What `/readyz` said before it ended. */
  readonly said?: readonly string[];
  /** Of cards that were not in memory. */
  readonly idle?: Tap;
}

export class Chaos implements Disturbance {
  readonly #options: ChaosOptions;
  readonly #answers: AnswerTimes;
  readonly #absences = new Absences();
  readonly #idle: IdleTaps;
  readonly #rejectedAt: number[] = [];
  readonly #made: MadeFault[] = [];
  readonly #skipped: FaultKind[] = [];
  #lines: readonly Line[] = [];
  #beganAt = 0;
  #endedAt = 0;

  constructor(options: ChaosOptions) {
    this.#options = options;
    this.#answers = new AnswerTimes(options.system.partitions);
    this.#idle = new IdleTaps(options.system.partitions);
  }

  answered(terminal: string, card: string, { position }: Reply): void {
    const at = performance.now();
    this.#answers.answered(terminal, card, position > 0, at);
    this.#idle.answered(card, at);
  }

  lost(terminal: string): void {
    this.#absences.lost(terminal, performance.now());
  }

  ready(terminal: string): void {
    this.#absences.back(terminal, performance.now());
  }

  rejected(): void {
    this.#rejectedAt.push(performance.now());
  }

  async run(
    lines: readonly Line[],
    endAt: number,
    signal: AbortSignal | undefined,
    idle: IdleCards,
  ): Promise<void> {
    this.#lines = lines;
    this.#idle.begin(idle);
    this.#beganAt = performance.now();
    for (const fault of this.#options.plan) {
      await delay(this.#beganAt + fault.atMs - performance.now(), signal);
      await this.#whole(signal);
      if (signal?.aborted === true) break;
      if (performance.now() > endAt - leastWatchOf(fault.kind) - fault.lastsMs)
        this.#skipped.push(fault.kind);
      else await this.#make(fault);
    }
    await delay(endAt - performance.now(), signal);
    this.#endedAt = performance.now();
  }

  get seen(): Observations {
    return {
      made: this.#made,
      skipped: this.#skipped,
      answers: this.#answers,
      absences: this.#absences,
      rejectedAt: this.#rejectedAt,
      partitions: this.#options.system.partitions,
      beganAt: this.#beganAt,
      endedAt: this.#endedAt,
    };
  }

  async #make(fault: PlannedFault): Promise<void> {
    const { onFault } = this.#options;
    const { target, partitions, at, said, idle } = await this.#strike(fault, (struck) => {
      onFault({ kind: fault.kind, target: struck });
    });
    const lastedMs = fault.kind === 'redis-rollback' ? fault.lastsMs : performance.now() - at;
    this.#made.push({
      kind: fault.kind,
      target,
      partitions,
      at,
      lastedMs: FAULTS[fault.kind].lasts[1] === 0 ? 0 : lastedMs,
      said,
      idle,
    });
  }

  async #strike(fault: PlannedFault, begins: (target: string) => void): Promise<Blow> {
    const { system } = this.#options;
    if (isLinkKind(fault.kind)) return this.#strikeLink(fault.kind, fault, begins);
    switch (fault.kind) {
      case 'worker-kill':
      case 'worker-stop':
      case 'redis-flush-worker-kill':
        return this.#strikeWorker(fault, begins);
      case 'rolling-restart':
        return this.#everywhere('every worker in turn', begins, () => this.#restartWorkers());
      case 'gateway-kill':
      case 'gateway-stop':
        return this.#strikeServer({ gateway: Math.floor(fault.choice * system.gateways) }, fault, begins);
      case 'nats-kill':
      case 'nats-stop':
        return this.#strikeServer({ nats: 0 }, fault, begins);
      case 'nats-leader-kill':
      case 'nats-leader-restart':
      case 'nats-follower-kill':
      case 'nats-quorum-loss':
        return this.#strikeCluster(fault, begins);
      case 'redis-kill':
        return this.#strikeRedis(begins, () => system.kill('redis'));
      case 'redis-stop':
        return this.#pauseRedis(fault, begins);
      case 'redis-flush':
        return this.#strikeRedis(begins, () => system.emptyRedis());
      case 'redis-rollback':
        await system.copyRedis();
        await delay(fault.lastsMs, undefined);
        return this.#strikeRedis(begins, () => system.setRedisBack());
      case 'nats-disk-full':
        return this.#fillDisk(fault, begins);
      case 'connections-cut':
        return this.#cut(fault, begins);
    }
  }

  async #strikeWorker(
    { kind, choice, lastsMs }: PlannedFault,
    begins: (target: string) => void,
  ): Promise<Blow> {
    const { system } = this.#options;
    const { worker, partitions } = await this.#busyWorker(choice);
    const target = `worker ${worker + 1}`;
    begins(target);
    if (kind === 'redis-flush-worker-kill') await system.emptyRedis();
    const at = performance.now();
    if (kind === 'worker-stop') await this.#pause({ worker }, lastsMs);
    else await system.kill({ worker });
    return { target, partitions, at };
  }

  /** Of those that serve something: another's end nobody would notice. */
  async #busyWorker(choice: number): Promise<{ worker: number; partitions: readonly number[] }> {
    const owned = await this.#owned();
    const busy = owned.flatMap((partitions, worker) =>
      partitions.length === 0 ? [] : [{ worker, partitions }],
    );
    const found = busy[Math.floor(choice * busy.length)];
    if (found === undefined) throw new Error('no worker serves anything');
    return found;
  }

  async #restartWorkers(): Promise<void> {
    const { system } = this.#options;
    for (const worker of system.workerNames().keys()) {
      await system.restartWorker(worker);
      await this.#whole(undefined);
    }
  }

  async #strikeLink(
    kind: LinkKind,
    { choice, lastsMs }: PlannedFault,
    begins: (target: string) => void,
  ): Promise<Blow> {
    const { system } = this.#options;
    const { link, passage } = LINK_FAULTS[kind];
    const { end, partitions, target } = await this.#endOf(link, choice);
    begins(target);
    const at = performance.now();
    system.disturb(link, end, passage);
    try {
      await delay(lastsMs, undefined);
    } finally {
      system.heal(link, end);
    }
    return { target, partitions, at };
  }

  /** Whose connections they are: its number, what it serves, its name. */
  async #endOf(
    link: Link,
    choice: number,
  ): Promise<{ end: number; partitions: readonly number[]; target: string }> {
    const { partitions: count, gateways } = this.#options.system;
    const every = Array.from({ length: count }, (_, partition) => partition);
    switch (link) {
      case 'terminals':
        return { end: 0, partitions: every, target: 'all terminals' };
      case 'gateway-nats': {
        const end = Math.floor(choice * gateways);
        return { end, partitions: every, target: `gateway ${end + 1}` };
      }
      case 'worker-nats':
      case 'worker-redis': {
        const { worker, partitions } = await this.#busyWorker(choice);
        return { end: worker, partitions, target: `worker ${worker + 1}` };
      }
    }
  }

  async #fillDisk({ lastsMs }: PlannedFault, begins: (target: string) => void): Promise<Blow> {
    const { system } = this.#options;
    let said: readonly string[] = [];
    const blow = await this.#everywhere('disk of nats 1', begins, async () => {
      await system.fillDisk();
      await delay(lastsMs, undefined);
      said = await system.missing();
      await system.freeDisk();
      // What has failed to write once never writes again: the way out is a restart.
      await system.kill({ nats: 0 });
    });
    return { ...blow, said };
  }

  async #strikeRedis(begins: (target: string) => void, strike: () => Promise<void>): Promise<Blow> {
    const blow = await this.#everywhere('redis', begins, strike);
    return { ...blow, idle: this.#idle.tap(blow.at) };
  }

  async #pauseRedis({ lastsMs }: PlannedFault, begins: (target: string) => void): Promise<Blow> {
    const { system } = this.#options;
    try {
      const blow = await this.#strikeRedis(begins, async () => {
        system.pause('redis');
      });
      await delay(lastsMs, undefined);
      return blow;
    } finally {
      system.resume('redis');
    }
  }

  async #strikeServer(
    victim: { readonly gateway: number } | { readonly nats: number },
    { lastsMs }: PlannedFault,
    begins: (target: string) => void,
  ): Promise<Blow> {
    const { system } = this.#options;
    return this.#everywhere(nameOf(victim), begins, () =>
      lastsMs === 0 ? system.kill(victim) : this.#pause(victim, lastsMs),
    );
  }

  async #strikeCluster({ kind, lastsMs }: PlannedFault, begins: (target: string) => void): Promise<Blow> {
    const { system } = this.#options;
    const led = await system.journalsLed();
    const byLed = led.map((_, node) => node).sort((a, b) => (led[b] ?? 0) - (led[a] ?? 0));
    const hit =
      kind === 'nats-follower-kill' ? byLed.slice(-1) : byLed.slice(0, kind === 'nats-quorum-loss' ? 2 : 1);
    const names = hit.map((node) => `nats ${node + 1} (leads ${led[node] ?? 0})`);
    return this.#everywhere(names.join(', '), begins, async () => {
      await (kind === 'nats-leader-restart' ? system.restartNats(hit) : system.killNats(hit, lastsMs));
      await delay(lastsMs, undefined);
    });
  }

  async #everywhere(
    target: string,
    begins: (target: string) => void,
    strike: () => Promise<void>,
  ): Promise<Blow> {
    const partitions = Array.from({ length: this.#options.system.partitions }, (_, partition) => partition);
    begins(target);
    const at = performance.now();
    await strike();
    return { target, partitions, at };
  }

  #cut({ choice, lastsMs }: PlannedFault, begins: (target: string) => void): Blow {
    const serving = this.#lines.filter((line) => line.isServing);
    const cut = serving.slice(Math.floor(choice * SPARED * serving.length));
    const target = `${cut.length} connections`;
    begins(target);
    const at = performance.now();
    for (const line of cut) line.cut(lastsMs);
    return { target, partitions: [], at };
  }

  async #pause(victim: Victim, ms: number): Promise<void> {
    const { system } = this.#options;
    system.pause(victim);
    try {
      await delay(ms, undefined);
    } finally {
      system.resume(victim);
    }
  }

  /** The partitions of each worker process. */
  async #owned(): Promise<readonly (readonly number[])[]> {
    const { system, operator } = this.#options;
    const { partitions } = await operator.use((session) => session.describeSystem());
    return system
      .workerNames()
      .map((name) => partitions.filter(({ worker }) => worker === name).map(({ partition }) => partition));
  }

  /** So that what is seen of one fault is not what is left of another. */
  async #whole(signal: AbortSignal | undefined): Promise<void> {
    const deadline = performance.now() + WHOLE_WITHIN_MS;
    while (signal?.aborted !== true && performance.now() < deadline) {
      if (this.#lines.every((line) => line.isServing) && (await this.#options.system.isWhole())) {
        const owned = await this.#owned();
        const served = owned.reduce((sum, partitions) => sum + partitions.length, 0);
        // Also handed back to who was started again: else the next to be killed might serve nothing.
        if (served === this.#options.system.partitions && owned.every(({ length }) => length > 0)) return;
      }
      await delay(LOOK_MS, signal);
    }
  }
}

function nameOf(victim: { readonly gateway: number } | { readonly nats: number }): string {
  return 'nats' in victim ? 'nats' : `gateway ${victim.gateway + 1}`;
}

async function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms <= 0 || signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}
