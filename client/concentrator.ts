import type { v1 } from '../proto/generated/emoney.js';
import { Acknowledger } from './acknowledger.js';
import { openConnection, type Connection } from './connection.js';
import { ConnectionLostError } from './errors.js';
import { wireHello, type HelloOptions } from './hello.js';
import { HeldList, compareVersions, versionOf } from './heldList.js';
import { askPatiently } from './patience.js';
import { Station, type Welcome } from './station.js';

export interface ConcentratorOptions {
  readonly url: string;
  /** False: list updates are kept but not acknowledged; call acknowledge(). Default: true. */
  readonly acknowledge?: boolean | undefined;
  readonly onLost?: ((error: ConnectionLostError) => void) | undefined;
  /** As in ConnectionOptions. */
  readonly patienceMs?: number | undefined;
  /** The list is complete up to a new version. */
  readonly onList?: ((list: HeldList) => void) | undefined;
}

/** Connects; terminals say HELLO afterwards. */
export async function connectConcentrator(options: ConcentratorOptions): Promise<Concentrator> {
  const push: { to?: Concentrator } = {};
  const connection = await openConnection({
    url: options.url,
    patienceMs: options.patienceMs,
    onPush: (message) => {
      push.to?.pushed(message);
    },
    onLost: (error) => {
      push.to?.lost(error);
    },
  });
  push.to = new Concentrator(connection, options);
  return push.to;
}

/** One connection that speaks for many terminals. They share the prohibition list; each acknowledges it by itself. */
export class Concentrator {
  readonly connection: Connection;
  readonly list = new HeldList();
  readonly stations = new Map<string, Station>();
  private readonly options: ConcentratorOptions;
  private readonly acknowledger: Acknowledger;

  constructor(connection: Connection, options: ConcentratorOptions) {
    this.connection = connection;
    this.options = options;
    this.acknowledger = new Acknowledger(
      connection,
      () => this.list.version,
      (terminal) => {
        this.stations.get(terminal)?.acknowledged();
      },
    );
  }

  /** Resolves with WELCOME. The terminal may sell once its list is acknowledged: await its `ready`. */
  async hello(options: HelloOptions): Promise<Station> {
    const { terminal } = options;
    const hello = wireHello(options);
    const { version } = this.list;
    if (version !== undefined) hello.list = version;
    const { welcome } = await askPatiently(this.connection, { hello });
    if (welcome == null) throw new Error('the gateway answered HELLO with something else');
    const station = new Station(this.connection, welcome as Welcome, options);
    this.stations.set(terminal, station);
    if (this.options.acknowledge !== false) station.expectReady(this.options.patienceMs);
    this.welcomed(terminal, welcome as Welcome);
    return station;
  }

  /** What the terminals hold now is told to the gateway; by itself unless `acknowledge` was false. */
  acknowledge(terminals: Iterable<string> = this.stations.keys()): void {
    this.acknowledger.owe(terminals);
  }

  /** For the connection. */
  pushed({ listUpdate }: v1.ServerMessage): void {
    if (listUpdate == null || !this.list.apply(listUpdate)) return;
    this.options.onList?.(this.list);
    if (this.options.acknowledge !== false) this.acknowledge();
  }

  /** For the connection. */
  lost(error: ConnectionLostError): void {
    this.acknowledger.stop();
    for (const station of this.stations.values()) station.lost(error);
    this.options.onLost?.(error);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** WELCOME has cleared what the system thinks this terminal holds; the connection may have the list already. */
  private welcomed(terminal: string, { list }: Welcome): void {
    const { version } = this.list;
    if (this.options.acknowledge === false || version === undefined) return;
    if (compareVersions(version, versionOf(list)) >= 0) this.acknowledge([terminal]);
  }
}
