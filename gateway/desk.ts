import type { Cancel } from '../actors/runtime/ports.js';
import { Acknowledgements } from './acknowledgements.js';
import { Connections } from './connections.js';
import { Describing } from './describing.js';
import { ListFeed } from './listFeed.js';
import { ListTimes } from './listTimes.js';
import { Metrics } from './metrics.js';
import { OperatorDesk } from './operatorDesk.js';
import { Owners } from './owners.js';
import { Partitions } from './partitions.js';
import { readinessOf, type Readiness } from './readiness.js';
import { Reading } from './reading.js';
import type { GatewayOptions } from './options.js';
import { Sessions } from './sessions.js';
import { systemOf } from './system.js';
import { TerminalDesk } from './terminalDesk.js';
import { Ticker } from './ticker.js';

/** Everything behind the sockets, put together. */
export class Desk {
  readonly metrics: Metrics;
  readonly connections: Connections;
  readonly feed: ListFeed;
  readonly times: ListTimes;
  readonly ticker: Ticker;
  readonly terminals: TerminalDesk;
  readonly operators: OperatorDesk;
  closing = false;
  private readonly options: GatewayOptions;
  private readonly partitions: Partitions;
  private readonly owners: Owners;
  private readonly cancels: (() => void)[] = [];

  constructor(options: GatewayOptions, instance: string) {
    const { bus, clock, subjects, deployment, log, list } = options;
    this.options = options;
    this.ticker = new Ticker((callback) => {
      clock.soon(callback);
    });
    this.partitions = new Partitions({
      bus,
      clock,
      subjects,
      partitions: deployment.partitions,
      instance,
      log,
    });
    this.owners = new Owners(
      deployment.partitions,
      () => clock.now(),
      (partition, { epoch, serving }) => {
        this.partitions.seen(partition, epoch);
        if (serving) this.partitions.served(partition, epoch);
      },
    );
    this.connections = new Connections(clock);
    this.times = new ListTimes((ms) => {
      this.metrics.listAcknowledged(ms);
    });
    this.feed = new ListFeed(list, this.ticker, this.times);
    this.metrics = new Metrics({
      connections: () => this.connections.count,
      terminals: () => this.times.count,
      pending: () => this.partitions.waiting,
      listSequence: () => this.feed.version?.sequence ?? 0,
    });
    this.terminals = this.terminalDesk();
    this.operators = this.operatorDesk();
  }

  /** Begins to listen to the heartbeats and to the prohibition list. */
  async open(): Promise<void> {
    const { bus, subjects, prohibitions, list, log } = this.options;
    const unsubscribe = bus.subscribe(subjects.heartbeat, (bytes) => {
      try {
        this.owners.heard(bytes);
      } catch (error) {
        log(`gateway: a heartbeat that cannot be read was ignored: ${String(error)}`);
      }
    });
    this.cancels.push(unsubscribe);
    const unfollow = await prohibitions.follow(
      (entry) => {
        list.apply(entry);
      },
      (version) => {
        list.caughtUp(version);
      },
    );
    this.cancels.push(unfollow);
  }

  after(ms: number, callback: () => void): Cancel {
    return this.options.clock.after(ms, callback);
  }

  async readiness(): Promise<Readiness> {
    const { bus, clock } = this.options;
    const { feed, owners, closing } = this;
    return readinessOf({ bus, clock, feed, owners, closing });
  }

  async close(): Promise<void> {
    this.closing = true;
    for (const cancel of this.cancels) cancel();
    this.feed.close();
    await this.connections.close();
    this.partitions.close();
  }

  private terminalDesk(): TerminalDesk {
    const { partitions, feed, times } = this;
    const sessions = new Sessions(partitions, feed, times);
    return new TerminalDesk(partitions, sessions, new Acknowledgements(partitions, times));
  }

  private operatorDesk(): OperatorDesk {
    const { deployment, journals, snapshots, operatorSecret } = this.options;
    const { partitions, owners, feed, times } = this;
    const system = () => systemOf({ deployment, owners, list: feed.version, terminals: times.count });
    return new OperatorDesk({
      deployment: deployment.name,
      secret: operatorSecret,
      partitions,
      describing: new Describing(partitions, system),
      reading: new Reading({ partitions: deployment.partitions, journals, snapshots }),
    });
  }
}
