import type { Cancel } from '../actors/runtime/ports.js';
import { Acknowledgements } from './acknowledgements.js';
import { Admission } from './admission.js';
import { Backlogs } from './backlogs.js';
import { Comparing } from './columns/comparing.js';
import type { Connection } from './connection.js';
import { Commits } from './commits.js';
import { Connections } from './connections.js';
import { Describing } from './describing.js';
import { Explaining } from './explaining.js';
import { Histories } from './histories.js';
import { ListFeed } from './listFeed.js';
import { ListTimes } from './listTimes.js';
import { Matters } from './matters.js';
import { Metrics } from './metrics.js';
import { OperatorDesk } from './operatorDesk.js';
import { Owners } from './owners.js';
import { Partitions } from './partitions.js';
import { Phones } from './phones.js';
import { ProhibitionTimes } from './prohibitionTimes.js';
import { phoneKeyOf } from './phoneToken.js';
import { PhoneTokens } from './phoneTokens.js';
import { Reports } from './reports.js';
import { readinessOf, type Readiness } from './readiness.js';
import { Reading } from './reading.js';
import type { GatewayOptions } from './options.js';
import { Searching } from './search.js';
import { Sessions } from './sessions.js';
import { systemOf } from './system.js';
import { TerminalDesk } from './terminalDesk.js';
import { Ticker } from './ticker.js';

/** Everything behind the sockets, put together. */
export class Desk {
  readonly metrics: Metrics;
  readonly connections: Connections;
  readonly backlogs = new Backlogs();
  readonly feed: ListFeed;
  readonly times: ListTimes;
  readonly phones: Phones;
  readonly ticker: Ticker;
  readonly terminals: TerminalDesk;
  readonly operators: OperatorDesk;
  readonly explaining: Explaining;
  closing = false;
  private readonly options: GatewayOptions;
  private readonly partitions: Partitions;
  private readonly admission: Admission;
  private readonly owners: Owners;
  private readonly histories: Histories;
  private readonly phoneKey: Uint8Array;
  private readonly cancels: (() => void)[] = [];

  constructor(options: GatewayOptions, instance: string) {
    const { bus, clock, subjects, deployment, log, list } = options;
    this.options = options;
    this.phoneKey = phoneKeyOf(options.pinKey, deployment.name);
    this.ticker = new Ticker((callback) => {
      clock.soon(callback);
    });
    this.partitions = new Partitions({
      bus,
      clock,
      subjects,
      partitions: deployment.partitions,
      instance,
      stoppedBecause: (partition) => this.owners.stoppedBecause(partition),
      log,
    });
    this.admission = new Admission(deployment.partitions, clock, (partition) =>
      this.owners.settledSince(partition),
    );
    this.owners = new Owners(
      deployment.partitions,
      () => clock.elapsed(),
      (partition, { epoch, reconnections, serving }) => {
        this.partitions.seen(partition, epoch);
        if (!serving) return;
        this.partitions.served(partition, epoch, reconnections);
        this.histories.served(partition, epoch);
      },
      (partition) => {
        this.partitions.stopped(partition);
      },
    );
    this.histories = new Histories({ bus, clock, subjects, instance, owners: this.owners, log });
    this.connections = new Connections(clock);
    const partitionOf = (card: string) => this.partitions.of(card);
    const now = () => clock.now();
    this.phones = new Phones({ bus, subjects, list, partitionOf, log });
    this.metrics = new Metrics({
      connections: () => this.connections.count,
      terminals: () => this.times.count,
      phones: () => this.phones.count,
      pending: () => this.partitions.waiting,
      admission: this.admission,
      backlogBytes: () => this.backlogs.bytes,
      listSequence: () => this.feed.version?.sequence ?? 0,
      listTold: () => this.times.told,
      listUnacknowledged: () => this.times.unacknowledged,
      storeFaults: () => this.owners.storeFaults(),
    });
    const commits = new Commits(options.journals);
    const prohibitions = new ProhibitionTimes({ commits, partitionOf, now, measures: this.metrics });
    this.times = new ListTimes({
      now,
      onComplete: (push, at) => {
        this.metrics.listAcknowledged(at - push.at);
        prohibitions.acknowledged(push.arrivals, at);
      },
      onForgotten: ({ arrivals }) => {
        prohibitions.forgotten(arrivals);
      },
    });
    this.feed = new ListFeed(list, this.ticker, this.times, prohibitions);
    this.terminals = this.terminalDesk();
    this.operators = this.operatorDesk();
    this.explaining = new Explaining(this.partitions);
  }

  /** Begins to listen to the heartbeats and to the prohibition list. */
  async open(): Promise<void> {
    const { bus, onReconnect, subjects, prohibitions, list, log } = this.options;
    const unsubscribe = bus.subscribe(subjects.heartbeat, (bytes) => {
      try {
        this.owners.heard(bytes);
      } catch (error) {
        log(`gateway: a heartbeat that cannot be read was ignored: ${String(error)}`);
      }
    });
    this.cancels.push(unsubscribe);
    const ignore = onReconnect?.(() => {
      this.partitions.reconnected();
    });
    if (ignore !== undefined) this.cancels.push(ignore);
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

  /** The connection is no more. */
  left(connection: Connection): void {
    connection.open = false;
    this.feed.unfollow(connection);
    this.times.left(connection, connection.terminals.keys());
    this.phones.left(connection);
    this.connections.remove(connection);
    this.backlogs.forget(connection);
  }

  async readiness(): Promise<Readiness> {
    const { bus, clock } = this.options;
    const { feed, owners, closing } = this;
    return readinessOf({ bus, clock, feed, owners, closing, degraded: this.degraded() });
  }

  /** What is wrong although payments go on. */
  private degraded(): readonly string[] {
    const { degraded = () => [] } = this.options;
    return [...degraded(), ...this.owners.complaints()];
  }

  async close(): Promise<void> {
    this.closing = true;
    for (const cancel of this.cancels) cancel();
    this.feed.close();
    this.phones.close();
    await this.connections.close();
    this.partitions.close();
    this.histories.close();
  }

  private terminalDesk(): TerminalDesk {
    const { partitions, admission, feed, times, phones, phoneKey } = this;
    return new TerminalDesk({
      partitions,
      admission,
      sessions: new Sessions({ partitions, feed, times, phones, phoneKey }),
      acknowledgements: new Acknowledgements(partitions, times),
      phones,
      pinKey: this.options.pinKey,
    });
  }

  private operatorDesk(): OperatorDesk {
    const { deployment, journals, snapshots, operatorSecret, pinKey } = this.options;
    const { partitions, owners, histories, feed, times } = this;
    const system = () =>
      systemOf({
        ...{ deployment, owners, list: feed.version, terminals: times.count },
        degraded: this.degraded(),
      });
    return new OperatorDesk({
      deployment: deployment.name,
      secret: operatorSecret,
      pinKey,
      partitions,
      describing: new Describing(partitions, system),
      reading: new Reading({ partitions: deployment.partitions, journals, snapshots }),
      searching: new Searching(histories, deployment.partitions),
      comparing: new Comparing(histories, deployment.partitions, (id) => partitions.of(id)),
      matters: new Matters(histories, deployment.partitions),
      reports: new Reports(histories, deployment.partitions),
      phoneTokens: new PhoneTokens(partitions, this.phoneKey),
    });
  }
}
