import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { v1 } from '../proto/generated/emoney.js';
import type { Admission } from './admission.js';
import type { Disconnection } from './connection.js';
import type { RefusedBy } from './pending.js';
import type { ProhibitionMeasures } from './prohibitionTimes.js';

/** What the gauges show when somebody asks. */
export interface Gauges {
  readonly connections: () => number;
  readonly terminals: () => number;
  readonly phones: () => number;
  readonly pending: () => number;
  readonly admission: Pick<Admission, 'open' | 'size' | 'refused'>;
  /** Sent to clients that do not read. */
  readonly backlogBytes: () => number;
  readonly listSequence: () => number;
  /** Terminals that were connected when the newest list was pushed, and that have not acknowledged it. */
  readonly listTold: () => number;
  readonly listUnacknowledged: () => number;
  /** What workers have caught Redis at, since this gateway began to listen. */
  readonly storeFaults: () => ReadonlyMap<v1.StoreFault, number>;
}

/** CPU, memory and event loop are the process's, however many gateways a test starts in it. */
let processRegistry: Registry | undefined;
function registryOfProcess(): Registry {
  if (processRegistry === undefined) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
  }
  return processRegistry;
}

const STORE_FAULT = 'STORE_FAULT_';

const seconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

/**
 * Prometheus metrics. What is counted for every payment is counted in plain numbers, and handed to prom-client when
 * it is asked: its own counters hash their labels at every step.
 */
export class Metrics implements ProhibitionMeasures {
  private readonly registry = new Registry();
  private readonly requests = new Map<string, Map<string, number>>();
  private readonly rejections = new Map<v1.Rejection, Map<RefusedBy, number>>();
  private readonly latency: Histogram;
  private readonly listSeconds: Histogram;
  private readonly arrivalSeconds: Histogram;
  private readonly prohibitionSeconds: Histogram;
  private readonly unmeasured: Counter;
  private readonly stopped: Counter;
  private readonly closings: Counter;

  constructor(gauges: Gauges) {
    const registers = [this.registry];
    const histogram = (name: string, help: string) =>
      new Histogram({ name: `emoney_gateway_${name}_seconds`, help, buckets: seconds, registers });
    this.latency = histogram('request', 'Time from a request to its answer');
    this.listSeconds = histogram(
      'list_acknowledgement',
      'Time from the push of a list version to the acknowledgement of the last connected terminal',
    );
    const since =
      "Time from the commit of a card's prohibition (stamp of its journal frame, NATS server's clock)";
    this.arrivalSeconds = histogram(
      'prohibition_arrival',
      `${since} until its entry was here (this gateway's clock)`,
    );
    this.prohibitionSeconds = histogram(
      'prohibition_acknowledgement',
      `${since} until the last terminal connected here had its acknowledgement recorded (this gateway's clock)`,
    );
    this.unmeasured = new Counter({
      name: 'emoney_gateway_prohibitions_unmeasured_total',
      help: 'Prohibitions whose arrival or acknowledgement is missing in the times: too many at once, or no journal',
      labelNames: ['part'],
      registers,
    });
    this.stopped = new Counter({
      name: 'emoney_gateway_prohibited_taps_total',
      help: "Answers CARD_PROHIBITED, by what stopped the tap: the terminal's list, or the card itself",
      labelNames: ['stopped_by'],
      registers,
    });
    for (const by of ['list', 'card']) this.stopped.inc({ stopped_by: by }, 0);
    for (const part of ['arrival', 'acknowledgement']) this.unmeasured.inc({ part }, 0);
    this.closings = new Counter({
      name: 'emoney_gateway_disconnected_total',
      help: 'Connections that the gateway ended, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.exposeCounts(() => gauges.admission.refused);
    this.exposeStoreFaults(gauges.storeFaults);
    this.exposeGauges(gauges);
  }

  /** The whole text that Prometheus reads. */
  async text(): Promise<string> {
    return Registry.merge([this.registry, registryOfProcess()]).metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  answered(kind: string, outcome: string, ms: number): void {
    let byOutcome = this.requests.get(kind);
    if (byOutcome === undefined) this.requests.set(kind, (byOutcome = new Map<string, number>()));
    byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + 1);
    this.latency.observe(ms / 1000);
  }

  rejected(code: v1.Rejection, by: RefusedBy): void {
    let byWhom = this.rejections.get(code);
    if (byWhom === undefined) this.rejections.set(code, (byWhom = new Map<RefusedBy, number>()));
    byWhom.set(by, (byWhom.get(by) ?? 0) + 1);
  }

  disconnected(reason: Disconnection): void {
    this.closings.inc({ reason });
  }

  listAcknowledged(ms: number): void {
    this.listSeconds.observe(ms / 1000);
  }

  prohibitionArrived(ms: number): void {
    this.arrivalSeconds.observe(ms / 1000);
  }

  prohibitionAcknowledged(ms: number): void {
    this.prohibitionSeconds.observe(ms / 1000);
  }

  prohibitionUnmeasured(part: 'arrival' | 'acknowledgement'): void {
    this.unmeasured.inc({ part });
  }

  /** A tap of a prohibited card was refused. */
  prohibitedTap(stoppedBy: 'list' | 'card'): void {
    this.stopped.inc({ stopped_by: stoppedBy });
  }

  private exposeCounts(refused: () => number): void {
    const { requests, rejections } = this;
    new Counter({
      name: 'emoney_gateway_requests_total',
      help: 'Requests that were answered, by kind and outcome',
      labelNames: ['kind', 'outcome'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [kind, byOutcome] of requests) {
          for (const [outcome, count] of byOutcome) this.inc({ kind, outcome }, count);
        }
      },
    });
    new Counter({
      name: 'emoney_gateway_refused_at_the_door_total',
      help: 'New transactions that were answered OVERLOADED without being sent on to a partition',
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(refused());
      },
    });
    new Counter({
      name: 'emoney_gateway_rejections_total',
      help: 'Attempts that were rejected, by code and by who refused: partition, deadline, stopped, window, gateway',
      labelNames: ['code', 'by'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [rejection, byWhom] of rejections) {
          const code = v1.Rejection[rejection].slice(10);
          for (const [by, count] of byWhom) this.inc({ code, by }, count);
        }
      },
    });
  }

  private exposeStoreFaults(read: Gauges['storeFaults']): void {
    new Counter({
      name: 'emoney_redis_faults_total',
      help: 'What workers have caught Redis at, and did not believe: since this gateway began to listen to them',
      labelNames: ['fault'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [fault, count] of read()) {
          this.inc({ fault: v1.StoreFault[fault].slice(STORE_FAULT.length) }, count);
        }
      },
    });
  }

  private exposeGauges(gauges: Gauges): void {
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name: `emoney_gateway_${name}`,
        help,
        registers: [this.registry],
        collect() {
          this.set(read());
        },
      });
    gauge('connections', 'Open WebSocket connections', gauges.connections);
    gauge('terminals', 'Terminals with a session on an open connection', gauges.terminals);
    gauge('phones', 'Phones with a session on an open connection', gauges.phones);
    gauge('pending', 'Commands that a partition has not answered yet', gauges.pending);
    const { admission } = gauges;
    gauge('admitted', 'New transactions that were let in and are not answered yet', () => admission.open);
    gauge(
      'admission_window',
      'How many of them there may be now, all partitions together',
      () => admission.size,
    );
    gauge('backlog_bytes', 'Sent to clients that do not read, and held for them', gauges.backlogBytes);
    gauge('list_version', 'Sequence up to which the prohibition list is complete', gauges.listSequence);
    gauge('list_told_terminals', 'Terminals connected when the newest list was pushed', gauges.listTold);
    gauge(
      'list_unacknowledged_terminals',
      'Connected terminals whose acknowledgement of the newest list is not recorded',
      gauges.listUnacknowledged,
    );
  }
}
