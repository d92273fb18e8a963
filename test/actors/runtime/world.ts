/** Hosts of counters on the memory twins, under one manual clock, and a gateway that talks to them. */
import { v1 } from '../../../proto/generated/emoney.js';
import { MemoryBaseDisk, MemoryBaseStore } from '../../../actors/adapters/memory/baseStore.js';
import { MemoryBus, MemoryBusServer } from '../../../actors/adapters/memory/bus.js';
import { ManualClock } from '../../../actors/adapters/memory/clock.js';
import { MemoryJournalStore } from '../../../actors/adapters/memory/journal.js';
import { MemoryJournalServer, type MemoryStream } from '../../../actors/adapters/memory/journalServer.js';
import { Link } from '../../../actors/adapters/memory/link.js';
import { MemorySnapshotStore } from '../../../actors/adapters/memory/snapshotStore.js';
import { MemorySnapshotServer } from '../../../actors/adapters/memory/snapshotServer.js';
import { makeBase } from '../../../actors/runtime/baseMaker.js';
import { createDeployment } from '../../../actors/runtime/deployment.js';
import { decodeFrame, type Frame } from '../../../actors/runtime/frame.js';
import { Host } from '../../../actors/runtime/host.js';
import { partitionOf } from '../../../actors/runtime/placement.js';
import { BusPost } from '../../../actors/runtime/post.js';
import type { Archive, Follower, Served } from '../../../actors/runtime/ports.js';
import { subjectsOf } from '../../../actors/runtime/subjects.js';
import {
  counters,
  decodeReply,
  encodeCommand,
  type CounterCommand,
  type CounterEvent,
  type CounterState,
} from './counters.js';

const DEPLOYMENT = 'test';
const subjects = subjectsOf(DEPLOYMENT);

export type Answer = { value: number; position: number } | { rejection: v1.Rejection; detail: string };

/** A worker process: everything that it has dies with its link. */
export interface Process {
  readonly host: Host<CounterCommand, CounterEvent, CounterState>;
  readonly link: Link;
  readonly journals: MemoryJournalStore;
  readonly bus: MemoryBus;
  readonly log: string[];
}

export class World {
  readonly clock = new ManualClock();
  readonly journals = new MemoryJournalServer();
  readonly snapshots = new MemorySnapshotServer();
  readonly bases = new MemoryBaseDisk();
  readonly partitions: number;
  /** Of workers that start from now on. */
  segmentBytes: number | undefined;
  /** Bytes of turns that wait in memory after a takeover, of workers that start from now on. */
  tailBytes: number | undefined;
  /** In whose place workers are that start from now on. */
  predecessor: string | undefined;
  /** Segments whose streams are deleted, as workers that start from now on have them. */
  archive: Archive | undefined;
  /** How long each message from and to workers that start from now on is on its way. */
  latencyMs: (() => number) | undefined;
  /** Follows what workers that start from now on serve. */
  follow: ((served: Served) => Follower) | undefined;
  /** What every worker has, and who is told when one of them comes. */
  readonly #things = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #busServer = new MemoryBusServer();
  readonly #gateway: MemoryBus;
  readonly #answers = new Map<number, Answer>();
  /** What a listener has heard, message by message. */
  readonly heard: string[][] = [];
  /** The last of each worker. */
  readonly heartbeats = new Map<string, v1.Heartbeat>();
  /** Commands that were sent to partitions, asks included. */
  readonly sent: CounterCommand[] = [];
  #correlation = 0;

  private constructor(partitions: number) {
    this.partitions = partitions;
    this.#gateway = new MemoryBus(this.#busServer, this.clock);
    this.#gateway.subscribe(subjects.gateway('g'), (bytes) => {
      for (const item of v1.Replies.decode(bytes).items) {
        const correlation = Number(item.correlation ?? 0);
        const { reply } = item;
        const answer = reply?.length
          ? decodeReply(reply)
          : { rejection: item.rejection ?? 0, detail: item.detail ?? '' };
        this.#answers.set(correlation, answer);
      }
    });
  }

  #watch(): void {
    this.#gateway.subscribe(subjects.heartbeat, (bytes) => {
      const heartbeat = v1.Heartbeat.decode(bytes);
      this.heartbeats.set(heartbeat.worker, heartbeat);
    });
    this.#gateway.subscribe(subjects.notices(0), (bytes) => {
      const { notices } = v1.Notices.decode(bytes);
      this.heard.push(notices.map((notice) => JSON.parse(new TextDecoder().decode(notice)) as string));
    });
    this.#gateway.subscribe(subjects.partition(0).replace('0', '*'), (bytes) => {
      for (const { command } of v1.Delivery.decode(bytes).items) {
        this.sent.push(JSON.parse(new TextDecoder().decode(command ?? new Uint8Array())) as CounterCommand);
      }
    });
  }

  /** The creation of a deployment on this world's server, as another process would try it. */
  async createAgain(partitions: number): Promise<void> {
    const store = new MemoryJournalStore(this.journals, this.clock);
    const wanted = { deployment: DEPLOYMENT, partitions, rules: new Uint8Array([1]) };
    await this.finished(createDeployment(store, this.clock, wanted), 'the deployment');
  }

  static async create(partitions = 1): Promise<World> {
    const world = new World(partitions);
    world.#watch();
    const store = new MemoryJournalStore(world.journals, world.clock);
    const creation = createDeployment(store, world.clock, {
      deployment: DEPLOYMENT,
      partitions,
      rules: new Uint8Array(0),
    });
    await world.finished(creation, 'the deployment');
    return world;
  }

  /** Starts a worker process. It takes what is free as the clock moves. */
  async start(
    worker: string,
    acceptLoss: ReadonlyMap<number, string> = new Map(),
    unitsInMemory = 1_000,
  ): Promise<Process> {
    const link = new Link(this.clock, { latencyMs: this.latencyMs });
    const journals = new MemoryJournalStore(this.journals, this.clock, link, undefined, this.archive);
    const bus = new MemoryBus(this.#busServer, this.clock, link);
    const log: string[] = [];
    const host = new Host({
      worker,
      deployment: {
        deployment: DEPLOYMENT,
        partition: 0,
        partitions: this.partitions,
        rules: new Uint8Array(0),
      },
      journals,
      snapshots: (partition) =>
        new MemorySnapshotStore({
          server: this.snapshots,
          clock: this.clock,
          deployment: DEPLOYMENT,
          partition,
          link,
        }),
      bases: new MemoryBaseStore(this.bases),
      bus,
      post: new BusPost(bus, (line) => log.push(line)),
      clock: this.clock,
      subjects,
      predecessor: this.predecessor,
      outlets: new Map(),
      follow: this.follow,
      createDomain: () => counters(this.partitions, this.#things),
      onNews: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      random: () => 0.5,
      acceptLoss,
      unitsInMemory,
      segmentBytes: this.segmentBytes,
      tailBytes: this.tailBytes,
      log: (line) => log.push(line),
    });
    await this.finished(host.start(), `host ${worker}`);
    return { host, link, journals, bus, log };
  }

  /** Beside the workers, of what the journal has now. Returns its position. */
  async makeBase(partition = 0): Promise<number> {
    const store = new MemoryJournalStore(this.journals, this.clock);
    const making = store.open(partition).then((journal) =>
      makeBase({
        ...{ domain: counters(this.partitions), partition, journal, clock: this.clock },
        ...{ bases: new MemoryBaseStore(this.bases), log: () => undefined },
      }),
    );
    await this.finished(making, 'a base');
    return (await making).position;
  }

  /** Starts a worker and waits until it serves every partition that it can get. */
  async serve(worker: string, acceptLoss?: ReadonlyMap<number, string>): Promise<Process> {
    const process = await this.start(worker, acceptLoss);
    await this.clock.runUntil(
      () => this.serving(process) === this.partitions,
      `${worker} serves everything`,
      20_000,
    );
    return process;
  }

  /** Everything is in memory that a takeover loads while it serves. */
  async loaded({ host }: Process): Promise<void> {
    const isLoaded = (): boolean =>
      host.status().every(({ statistics }) => (statistics?.unitsToLoad ?? 0) === 0);
    await this.clock.runUntil(isLoaded, 'all is loaded', 20_000);
  }

  serving({ host }: Process): number {
    return host.status().filter(({ state }) => state === 'serving').length;
  }

  /** Sends commands in one delivery a partition. Returns their correlations. */
  send(...commands: readonly CounterCommand[]): number[] {
    const correlations: number[] = [];
    const deliveries = new Map<number, v1.DeliveryItem.$Properties[]>();
    for (const command of commands) {
      this.#correlation += 1;
      correlations.push(this.#correlation);
      const partition = partitionOf(command.counter, this.partitions);
      const items = deliveries.get(partition) ?? [];
      deliveries.set(partition, items);
      items.push({ correlation: this.#correlation, command: encodeCommand(command) });
    }
    for (const [partition, items] of deliveries) {
      const delivery = v1.Delivery.encode({ replyTo: subjects.gateway('g'), items }).finish();
      this.#gateway.publish(subjects.partition(partition), delivery);
    }
    return correlations;
  }

  answer(correlation: number | undefined): Answer | undefined {
    return this.#answers.get(correlation ?? -1);
  }

  /** Sends one command and waits for its answer. */
  async ask(command: CounterCommand): Promise<Answer> {
    const [correlation] = this.send(command);
    await this.clock.runUntil(
      () => this.answer(correlation) !== undefined,
      `answer to ${command.type}`,
      30_000,
    );
    return this.answer(correlation)!;
  }

  async value(counter: string): Promise<number> {
    const answer = await this.ask({ type: 'read', counter });
    if (!('value' in answer)) throw new Error(`rejected: ${answer.detail}`);
    return answer.value;
  }

  /** What commands may be held for has come; `told`: and the workers hear of it. */
  bring(thing: string, told = true): void {
    this.#things.add(thing);
    if (told) for (const listener of this.#listeners) listener();
  }

  /** A clean end. */
  async leave({ host }: Process): Promise<void> {
    await this.finished(host.leave(), 'everything handed over');
  }

  /** kill -9. */
  kill({ link }: Process): void {
    link.stop();
  }

  stream(partition = 0): MemoryStream {
    const stream = this.journals.stream(partition);
    if (stream === undefined) throw new Error(`no journal ${String(partition)}`);
    return stream;
  }

  frames(partition = 0): Frame[] {
    return this.journals.following(partition, 1, 1_000_000).map(({ bytes }) => decodeFrame(bytes));
  }

  /** Lets the clock run until the work is done. */
  async finished(work: Promise<unknown>, what: string): Promise<void> {
    let done = false;
    let failure: unknown;
    work.then(
      () => (done = true),
      (error: unknown) => {
        failure = error;
        done = true;
      },
    );
    await this.clock.runUntil(() => done, what, 60_000);
    if (failure !== undefined) throw failure instanceof Error ? failure : new Error(JSON.stringify(failure));
  }
}
