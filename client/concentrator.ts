import { v1 } from '../proto/generated/emoney.js';
import { Acknowledger } from './acknowledger.js';
import { openConnection, type Body, type Connection, type OnAnswer } from './connection.js';
import { ConnectionLostError } from './errors.js';
import { HeldList, compareVersions, versionOf } from './heldList.js';
import { Station, type Welcome } from './station.js';

/** What a device kept from before; without it, it is a new device to the system and gets a new incarnation. */
export interface Remembered {
  readonly incarnation: number;
  readonly nextNumber: number;
  /** Numbers whose final answers it does not hold; those that the system says are open are added. */
  readonly openNumbers?: readonly number[] | undefined;
}

export interface HelloOptions {
  readonly terminal: string;
  readonly remember?: Remembered | undefined;
  /** Replay of a named source: always gets that source's incarnation, and may begin at any number. */
  readonly source?: string | undefined;
}

export interface ConcentratorOptions {
  readonly url: string;
  /** False: list updates are kept but not acknowledged; call acknowledge(). Default: true. */
  readonly acknowledge?: boolean | undefined;
  readonly onLost?: ((error: ConnectionLostError) => void) | undefined;
  /** The list is complete up to a new version. */
  readonly onList?: ((list: HeldList) => void) | undefined;
}

/** Connects; terminals say HELLO afterwards. */
export async function connectConcentrator(options: ConcentratorOptions): Promise<Concentrator> {
  const push: { to?: Concentrator } = {};
  const connection = await openConnection({
    url: options.url,
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
    const { terminal, remember, source } = options;
    const hello: v1.Hello.$Properties = { terminal, source: source ?? '' };
    if (remember !== undefined) {
      hello.incarnation = remember.incarnation;
      hello.nextNumber = remember.nextNumber;
    }
    const { version } = this.list;
    if (version !== undefined) hello.list = version;
    const body: Body = { hello };
    const welcome = await new Promise<Welcome>((resolve, reject) => {
      const onAnswer: OnAnswer = (answer) => {
        if (answer instanceof Error) reject(answer);
        else if (answer.welcome == null) reject(new Error('the gateway answered HELLO with something else'));
        else resolve(answer.welcome as Welcome);
      };
      this.connection.send(body, onAnswer);
    });
    const station = new Station(this.connection, welcome, options);
    this.stations.set(terminal, station);
    this.welcomed(terminal, welcome);
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
