/**
 * A small deployment on the memory twins with the production worker, under one clock that stands still until the
 * story moves it: the same story writes the same bytes every time.
 */
import { MemoryBus, MemoryBusServer } from '../../actors/adapters/memory/bus.js';
import { ManualClock } from '../../actors/adapters/memory/clock.js';
import { MemoryHistoryStore } from '../../actors/adapters/memory/historyStore.js';
import { MemoryJournalStore } from '../../actors/adapters/memory/journal.js';
import { MemoryJournalServer, type MemoryStream } from '../../actors/adapters/memory/journalServer.js';
import { Link } from '../../actors/adapters/memory/link.js';
import {
  MemoryProhibitionServer,
  MemoryProhibitionStream,
} from '../../actors/adapters/memory/prohibitions.js';
import { MemorySnapshotServer } from '../../actors/adapters/memory/snapshotServer.js';
import { MemorySnapshotStore } from '../../actors/adapters/memory/snapshotStore.js';
import { CHECKPOINT_INTERVAL_MS } from '../../actors/bounds.js';
import { hostPartitions, type Hosting, type HostingParts } from '../../actors/hosting.js';
import { createDeployment } from '../../actors/runtime/deployment.js';
import { partitionOf } from '../../actors/runtime/placement.js';
import { subjectsOf } from '../../actors/runtime/subjects.js';
import { v1 } from '../../proto/generated/emoney.js';

export const DEPLOYMENT = 'replay';
const subjects = subjectsOf(DEPLOYMENT);
/** No answer within it: none will come. */
const PATIENCE_MS = 20_000;

/** A worker: everything that it has dies with its link. */
export interface Worker {
  readonly hosting: Hosting;
  readonly link: Link;
  readonly log: readonly string[];
}

export class Deployment {
  readonly clock: ManualClock;
  readonly journals: MemoryJournalServer;
  readonly snapshots: MemorySnapshotServer;
  readonly prohibitions = new MemoryProhibitionServer();
  readonly partitions: number;
  readonly #busServer = new MemoryBusServer();
  readonly #bus: MemoryBus;
  readonly #replies = new Map<number, v1.ReplyItem.$Properties>();
  #correlation = 0;

  /** Over journals that are there, or over none. */
  constructor(
    partitions: number,
    { clock, journals = new MemoryJournalServer(), snapshots = new MemorySnapshotServer() }: DeploymentParts,
  ) {
    this.partitions = partitions;
    this.clock = clock;
    this.journals = journals;
    this.snapshots = snapshots;
    this.#bus = new MemoryBus(this.#busServer, clock);
    this.#bus.subscribe(subjects.gateway('story'), (bytes) => {
      for (const item of v1.Replies.decode(bytes).items) {
        this.#replies.set(Number(item.correlation), item);
      }
    });
  }

  async create(rules: Uint8Array): Promise<void> {
    const store = new MemoryJournalStore(this.journals, this.clock);
    const wanted = { deployment: DEPLOYMENT, partitions: this.partitions, rules };
    await this.#finished(createDeployment(store, this.clock, wanted), 'the deployment');
  }

  /** A worker process; it takes what is free as the clock moves. */
  async start(
    worker: string,
    acceptLoss: ReadonlyMap<number, string> = new Map(),
    wrapDomain?: HostingParts['wrapDomain'],
  ): Promise<Worker> {
    const { clock } = this;
    const link = new Link(clock);
    const log: string[] = [];
    const starting = hostPartitions({
      worker,
      deployment: DEPLOYMENT,
      journals: new MemoryJournalStore(this.journals, clock, link),
      snapshots: (partition) =>
        new MemorySnapshotStore({ server: this.snapshots, clock, deployment: DEPLOYMENT, partition, link }),
      prohibitions: new MemoryProhibitionStream(this.prohibitions, clock, link),
      bus: new MemoryBus(this.#busServer, clock, link),
      clock,
      openHistory: () => Promise.resolve(new MemoryHistoryStore()),
      random: () => 0.5,
      acceptLoss,
      wrapDomain,
      log: (line) => log.push(line),
    });
    return { hosting: await this.#finished(starting, `worker ${worker}`), link, log };
  }

  /** A worker that serves all that there is. */
  async serve(worker: string, acceptLoss?: ReadonlyMap<number, string>): Promise<Worker> {
    const started = await this.start(worker, acceptLoss);
    await this.until(() => this.serving(started) === this.partitions, `${worker} serves everything`);
    return started;
  }

  serving({ hosting }: Worker): number {
    return hosting.status().filter(({ state }) => state === 'serving').length;
  }

  /** A clean end: RELEASED. */
  async leave({ hosting }: Worker): Promise<void> {
    await this.#finished(hosting.leave(), 'everything handed over');
  }

  /** Everything acknowledged so far is in snapshots, with a checkpoint that names them. */
  async checkpointed({ hosting }: Worker): Promise<void> {
    const wanted = hosting.status().map(({ statistics }) => statistics?.sequence ?? 0);
    const reached = (): boolean =>
      hosting.status().every(({ statistics }, at) => (statistics?.checkpointed ?? 0) >= (wanted[at] ?? 0));
    await this.until(reached, 'a checkpoint', 4 * CHECKPOINT_INTERVAL_MS);
  }

  partitionOf(id: string): number {
    return partitionOf(id, this.partitions);
  }

  stream(partition: number): MemoryStream {
    const stream = this.journals.stream(partition);
    if (stream === undefined) throw new Error(`partition ${partition} has no journal`);
    return stream;
  }

  /** To the partition of a card or terminal, or to the one that is named. The reply waits for `reply`. */
  send(to: string | number, command: v1.Command.$Properties): number {
    const partition = typeof to === 'number' ? to : this.partitionOf(to);
    this.#correlation += 1;
    const items = [{ correlation: this.#correlation, command: v1.Command.encode(command).finish() }];
    const delivery = v1.Delivery.encode({ replyTo: subjects.gateway('story'), items }).finish();
    this.#bus.publish(subjects.partition(partition), delivery);
    return this.#correlation;
  }

  isAnswered(correlation: number): boolean {
    return this.#replies.has(correlation);
  }

  /** Throws when it is a rejection, or none comes. */
  async reply(correlation: number): Promise<v1.CommandReply> {
    await this.until(() => this.isAnswered(correlation), 'an answer');
    const { reply, rejection, detail } = this.#replies.get(correlation) ?? {};
    if (!reply?.length) throw new Error(`rejected: ${v1.Rejection[rejection ?? 0] ?? ''} ${detail ?? ''}`);
    return v1.CommandReply.decode(reply);
  }

  ask(to: string | number, command: v1.Command.$Properties): Promise<v1.CommandReply> {
    return this.reply(this.send(to, command));
  }

  until(condition: () => boolean, what: string, limitMs = PATIENCE_MS): Promise<void> {
    return this.clock.runUntil(condition, what, limitMs);
  }

  async #finished<T>(work: Promise<T>, what: string): Promise<T> {
    let done = false;
    const settle = (): void => {
      done = true;
    };
    work.then(settle, settle);
    await this.until(() => done, what);
    return work;
  }
}

export interface DeploymentParts {
  readonly clock: ManualClock;
  readonly journals?: MemoryJournalServer;
  readonly snapshots?: MemorySnapshotServer;
}
