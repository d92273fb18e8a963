/** One world: the whole system in this process, its servers, its terminals, and everything that happens to them. */
import { MemoryArchiveDisk } from '../../actors/adapters/memory/archive.js';
import { MemoryBaseDisk } from '../../actors/adapters/memory/baseStore.js';
import { MemoryHistoryDisk } from '../../actors/adapters/memory/historyStore.js';
import { Link } from '../../actors/adapters/memory/link.js';
import { MemoryJournalStore } from '../../actors/adapters/memory/journal.js';
import type { DeploymentRules } from '../../actors/money/deploymentRules.js';
import { encodeRules } from '../../actors/registry/wire/rulesCodec.js';
import { createDeployment } from '../../actors/runtime/deployment.js';
import { Random } from '../random.js';
import { ArchiverProcess, archiveOf, openMaker } from './archiverProcess.js';
import { type Fault, Faults, REDIS_LOSSES } from './faults.js';
import { GatewayProcess } from './gatewayProcess.js';
import type { Mutation } from './mutations/index.js';
import { Process } from './process.js';
import { Scheduler } from './scheduler.js';
import { DEPLOYMENT, ServerRoom, type Servers } from './servers.js';
import type { Trace } from './trace.js';
import { type Way, Wire } from './wire.js';
import { WorkerProcess } from './workerProcess.js';

export interface WorldParts {
  readonly seed: number;
  readonly trace: Trace;
  /** A rule that is broken here; undefined: none. */
  readonly mutation: Mutation | undefined;
}

/** Two meet as often as three do, in fewer frames; with three, a worker's share is not always one. */
const PARTITIONS = [2, 2, 3];
const WORKERS = 3;
const GATEWAYS = 2;
/** Of history: a batch a second. */
const MOST_LOST_BATCHES = 10;
/** Midnight in Tokyo. Worlds begin at any minute of the day: the next midnight meets all that they go through. */
const MIDNIGHT = Date.UTC(2026, 0, 4, 15);
const MINUTES = 24 * 60;
/** Of all kinds of faults, those that a world has: few come often, or many meet. */
const FAULT_SHARES = [0.2, 0.35, 0.5, 0.9];
/** Small: every journal has several segments, some have many. */
const SEGMENT_BYTES = [10_000, 40_000, 40_000];
/** Business seconds in a second: a world of a minute has days, and nights in which interest is charged. */
const RATES = [1, 1_200, 3_000];
const RESTART_MS = 300;
/** Between one look of the archiver and the next; Infinity: there is none before the load is over. */
const LOOK_PAUSES_MS = [1_000, 5_000, Infinity];
/** In the trace; the journals of partitions have their own numbers. */
const WAYS: Readonly<Record<Way, number>> = { 'to the gateway': 1_000, 'to the client': 1_001 };
/** Closed segments that keep their streams; Infinity: all do, and there are only bases. */
const KEPT_SEGMENTS = [0, 1, 3, Infinity, Infinity];

const RECOVERED_FROM_BASE = /recovered to \d+: \d+ frames after base/;
const SNAPSHOT_REFUSED = /^partition (\d+): .*(?:is missing in Redis|is not of its last event)/;
const SERVING = /^partition (\d+): serving under epoch/;
/** After these an owner may miss in Redis what its index names: a base names what no owner has written there yet. */
const EXCUSES: readonly Fault[] = [...REDIS_LOSSES, 'recovered from a base'];
const STREAM_DELETED = /the stream of segment \d+ is deleted/;

export class World {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  readonly servers: ServerRoom;
  readonly trace: Trace;
  readonly rules: DeploymentRules;
  readonly partitions: number;
  /** In their places; the one that stands there now. */
  readonly workers: (WorkerProcess | undefined)[] = [];
  readonly gateways: (GatewayProcess | undefined)[] = [];
  archiver: ArchiverProcess | undefined;
  /** The archive's folder. */
  readonly bases = new MemoryBaseDisk();
  readonly archive = new MemoryArchiveDisk();
  readonly violations: string[] = [];
  readonly #mutation: Mutation | undefined;
  readonly #disks = Array.from({ length: WORKERS }, () => new MemoryHistoryDisk());
  readonly #network: Random;
  readonly #slowMs: number;
  readonly #segmentBytes: number;
  readonly #lookPauseMs: number;
  readonly #keepSegments: number;
  /** The audit is over: what comes now is the loss of frames. */
  isJudged = false;
  #archiveIsDamaged = false;
  #started = 0;
  #orders = new Map<number, string>();
  /** By partition, who began last to serve it. */
  readonly #servedBy = new Map<string, Process | undefined>();

  constructor({ seed, trace, mutation }: WorldParts) {
    this.random = new Random(seed);
    const began = MIDNIGHT + this.random.integer(0, MINUTES - 1) * 60_000;
    this.scheduler = new Scheduler(began);
    this.#network = new Random(seed ^ 0x6e6574);
    this.faults = new Faults(new Random(seed ^ 0xfa17), this.random.pick(FAULT_SHARES));
    this.trace = trace;
    this.#mutation = mutation;
    this.#slowMs = this.random.pick([1, 3, 10]);
    this.servers = new ServerRoom(
      this.scheduler,
      this.faults,
      (partition, { bytes }) => {
        trace.bytes(this.scheduler.elapsed(), partition, bytes);
      },
      (key, sequence) => {
        // After a loss that an operator has accepted this may be.
        if (this.#orders.size > 0 || this.isJudged) return;
        this.violate(`${key} was written as of frame ${sequence}, which is not in the journal (D10)`);
      },
    );
    mutation?.servers?.(this.servers);
    this.#segmentBytes = this.random.pick(SEGMENT_BYTES);
    this.#lookPauseMs = this.random.pick(LOOK_PAUSES_MS);
    this.#keepSegments = this.random.pick(KEPT_SEGMENTS);
    this.rules = rulesOf(began, this.random.pick(RATES));
    this.partitions = this.random.pick(PARTITIONS);
  }

  /** Business time, as everybody's clock shows it that is right. */
  businessTime(): number {
    const { businessClock, created } = this.rules;
    const now = this.scheduler.now();
    return businessClock === undefined ? now : businessClock.start + (now - created) * businessClock.rate;
  }

  async create(): Promise<void> {
    const store = new MemoryJournalStore(this.servers.journals, this.scheduler, new Link(this.scheduler));
    const wanted = { deployment: DEPLOYMENT, partitions: this.partitions, rules: encodeRules(this.rules) };
    await this.scheduler.finish(createDeployment(store, this.scheduler, wanted), 'the deployment', 10_000);
    for (let place = 0; place < WORKERS; place += 1) this.startWorker(place);
    for (let place = 0; place < GATEWAYS; place += 1) this.startGateway(place);
    if (Number.isFinite(this.#lookPauseMs)) this.#startArchiver();
  }

  note(text: string): void {
    this.trace.line(this.scheduler.elapsed(), text);
  }

  violate(text: string): void {
    this.violations.push(text);
    this.note(`VIOLATION ${text}`);
  }

  latencyMs(): number {
    return this.#network.integer(0, this.#slowMs);
  }

  /** An operator's order for workers that start from now on. */
  acceptLoss(partition: number): void {
    this.#orders.set(partition, 'a drill');
  }

  startWorker(place: number): WorkerProcess {
    const { process, servers, log } = this.#process(`worker-${place}`);
    const worker = new WorkerProcess({
      process,
      servers,
      disk: this.#disks[place] ?? new MemoryHistoryDisk(),
      bases: this.bases,
      random: new Random(this.random.bits()),
      acceptLoss: new Map(this.#orders),
      unitsInMemory: this.random.pick([4, 12, 1_000]),
      segmentBytes: this.#segmentBytes,
      mutate: this.#mutation?.parts ?? ((parts) => parts),
      log: (line) => {
        log(line);
        if (RECOVERED_FROM_BASE.test(line)) this.faults.count('recovered from a base');
        this.#judge(line, process);
      },
    });
    this.workers[place] = worker;
    process.onEnd(() => {
      this.scheduler.after(RESTART_MS + this.random.integer(0, 2_000), () => {
        if (this.workers[place] === worker) this.startWorker(place);
      });
    });
    return worker;
  }

  /** A worker's machine fails: what its history wrote last is on no disk, or it goes on at one that has nothing. */
  loseHistory(process: Process): void {
    const place = this.workers.findIndex((worker) => worker?.process === process);
    process.end();
    if (this.random.chance(0.5)) this.#disks[place] = new MemoryHistoryDisk();
    else this.#disks[place]?.loseNewest(this.random.integer(1, MOST_LOST_BATCHES));
  }

  startGateway(place: number): GatewayProcess {
    const { process, servers, log } = this.#process(`gateway-${place}`);
    const deployment = { name: DEPLOYMENT, partitions: this.partitions, rules: encodeRules(this.rules) };
    const gateway = new GatewayProcess({ process, servers, deployment, log });
    this.gateways[place] = gateway;
    process.onEnd(() => {
      this.scheduler.after(RESTART_MS + this.random.integer(0, 2_000), () => {
        if (this.gateways[place] === gateway) this.startGateway(place);
      });
    });
    return gateway;
  }

  #startArchiver(): void {
    const { process, servers, log } = this.#process('archiver');
    const archiver = new ArchiverProcess({
      ...{ process, servers, disk: this.bases, archive: this.archive, partitions: this.partitions },
      ...{ pauseMs: this.#lookPauseMs, keepSegments: this.#keepSegments },
      mutate: this.#mutation?.archive ?? ((archive) => archive),
      log: (line) => {
        log(line);
        if (STREAM_DELETED.test(line)) this.faults.count('stream deleted');
        this.#judge(line);
      },
    });
    this.archiver = archiver;
    process.onEnd(() => {
      this.scheduler.after(RESTART_MS + this.random.integer(0, 2_000), () => {
        if (this.archiver !== archiver) return;
        this.#damageArchive();
        this.#startArchiver();
      });
    });
  }

  /** Before the archiver starts anew, one of its files is not what it wrote. */
  damageArchiveLater(): void {
    if (this.archiver === undefined) return;
    this.#archiveIsDamaged = true;
    this.archiver.process.end();
  }

  /** Only what a stream stands behind: nobody promises that the archive's only copy survives its disk. */
  #damageArchive(): void {
    if (!this.#archiveIsDamaged) return;
    this.#archiveIsDamaged = false;
    const { journals } = this.servers;
    const both = journals.partitions().flatMap((partition) => {
      const streams = journals.segments(partition);
      const segments = this.archive.segments(partition).filter((segment) => streams.includes(segment));
      return segments.map((segment) => ({ partition, segment }));
    });
    if (both.length === 0) return;
    const { partition, segment } = this.random.pick(both);
    const { first = 0, last = 0 } = this.archive.get(partition, segment)?.foot ?? {};
    const frame = this.random.chance(0.3) ? undefined : this.random.integer(first, last);
    this.archive.damage(partition, segment, frame);
    this.faults.count('archive damaged');
  }

  /** Of the partition as it stands now. Throws where that cannot be. */
  async makeBase(partition: number): Promise<void> {
    const { process, servers, log } = this.#process('last-base');
    const make = await openMaker({ process, servers, disk: this.bases, log });
    await make(partition);
    process.end();
  }

  /** A connection to some gateway that runs; undefined: there is none. */
  connect(random: Random): Wire | undefined {
    const running = this.gateways.filter((gateway) => gateway?.process.state === 'running');
    if (running.length === 0) return undefined;
    const gateway = random.pick(running);
    if (gateway === undefined) return undefined;
    const wire = new Wire({
      scheduler: this.scheduler,
      latencyMs: () => this.latencyMs(),
      onMessage: (way, bytes) => {
        this.trace.bytes(this.scheduler.elapsed(), WAYS[way], bytes);
      },
    });
    gateway.accept(wire);
    return wire;
  }

  /** How many workers believe to serve the partition. */
  ownersOf(partition: number): number {
    return this.workers.filter((worker) => worker?.process.state !== 'ended' && worker?.serves(partition))
      .length;
  }

  #process(place: string): { process: Process; servers: Servers; log: (line: string) => void } {
    this.#started += 1;
    const name = `${place}.${this.#started}`;
    const log = (line: string): void => {
      this.note(`${name}: ${line}`);
    };
    const process = new Process({
      name,
      scheduler: this.scheduler,
      latencyMs: () => this.latencyMs(),
      onError: (error) => {
        this.violate(`${name} would have died: ${String(error)}`);
        process.end();
      },
    });
    this.note(`${name} starts`);
    process.onEnd(() => {
      this.note(`${name} has ended`);
    });
    const servers = this.servers.connect(process.link(), process.link(), archiveOf(process, this.archive));
    return { process, servers, log };
  }

  /** What no fault excuses; but for a fault of Redis, an owner finds there what was written last (D10). */
  #judge(line: string, worker?: Process): void {
    const [, partition] = SERVING.exec(line) ?? [];
    if (partition !== undefined) this.#servedBy.set(partition, worker);
    const redisFailed = this.isJudged || EXCUSES.some((kind) => (this.faults.counts[kind] ?? 0) > 0);
    const [, refused] = SNAPSHOT_REFUSED.exec(line) ?? [];
    // Who was replaced, and does not know it yet, finds what the next owner has written.
    const isOwner = refused !== undefined && this.#servedBy.get(refused) === worker;
    if (!redisFailed && isOwner) this.violate(`${line}, though Redis has lost nothing`);
    if (
      /a turn was dropped|an event cannot be applied|cannot be read: .*Error|is of another journal/.test(line)
    )
      this.violate(line);
  }
}

/** `began`: milliseconds since 1970. */
function rulesOf(began: number, rate: number): DeploymentRules {
  const fares = [
    { fromZone: 'A', toZone: 'B', amount: 320 },
    { fromZone: 'B', toZone: 'A', amount: 320 },
    { fromZone: 'A', toZone: 'A', amount: 0 },
    { fromZone: 'B', toZone: 'B', amount: 0 },
  ];
  return {
    currency: 'JPY',
    currencyScale: 0,
    timeZone: 'Asia/Tokyo',
    created: began,
    businessClock: rate === 1 ? undefined : { start: began, rate },
    parameters: {
      number: 0,
      effectiveFrom: 20_260_105,
      ratePpm: 180_000,
      frequency: 'DAILY',
      fares,
      refundDays: 180,
    },
  };
}
