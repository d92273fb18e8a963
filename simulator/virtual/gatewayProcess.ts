import { ProhibitionList } from '../../actors/prohibitions/list.js';
import { subjectsOf } from '../../actors/runtime/subjects.js';
import { binaryCodec } from '../../gateway/codec/binary.js';
import { Connection } from '../../gateway/connection.js';
import { Desk } from '../../gateway/desk.js';
import { dispatch } from '../../gateway/dispatch.js';
import type { GatewayDeployment } from '../../gateway/options.js';
import { PIN_KEY_BYTES } from '../../gateway/pin.js';
import type { Process } from './process.js';
import { DEPLOYMENT, type Servers } from './servers.js';
import type { Wire } from './wire.js';

export const OPERATOR_SECRET = 'secret of this world';
const PIN_KEY = new Uint8Array(PIN_KEY_BYTES).fill(7);

export interface GatewayProcessParts {
  readonly process: Process;
  readonly servers: Servers;
  readonly deployment: GatewayDeployment;
  readonly log: (line: string) => void;
}

/** The production gateway behind its sockets, in a process of the world. */
export class GatewayProcess {
  readonly process: Process;
  readonly servers: Servers;
  readonly #desk: Desk;
  readonly #wires = new Set<Wire>();

  constructor({ process, servers, deployment, log }: GatewayProcessParts) {
    const { bus, journals, snapshots, prohibitions } = servers;
    this.process = process;
    this.servers = servers;
    this.#desk = new Desk(
      {
        bus,
        clock: process.clock,
        subjects: subjectsOf(DEPLOYMENT),
        deployment,
        prohibitions,
        list: new ProhibitionList(),
        journals,
        snapshots,
        operatorSecret: OPERATOR_SECRET,
        pinKey: PIN_KEY,
        host: '',
        port: 0,
        log,
      },
      process.name,
    );
    process.onEnd(() => {
      for (const wire of [...this.#wires]) wire.cut();
    });
    this.#desk.open().catch((error: unknown) => {
      log(`cannot begin: ${String(error)}`);
      process.end();
    });
  }

  /** A client has connected. */
  accept(wire: Wire): void {
    const desk = this.#desk;
    this.#wires.add(wire);
    let corked: Uint8Array[] = [];
    const connection = new Connection({
      codec: binaryCodec,
      ticker: desk.ticker,
      backlogs: desk.backlogs,
      whenRead: () => undefined,
      onDisconnect: desk.metrics.disconnected.bind(desk.metrics),
      socket: {
        cork: () => undefined,
        uncork: () => {
          const written = corked;
          corked = [];
          for (const bytes of written) wire.sendToClient(bytes);
        },
      },
      webSocket: {
        bufferedAmount: 0,
        pause: () => undefined,
        resume: () => undefined,
        send: (data: unknown) => void corked.push(data as Uint8Array),
        // A client's WebSocket answers by itself, for as long as there is one.
        ping: () => {
          connection.heard = wire.isOpen;
        },
        close: () => {
          wire.cut();
        },
        terminate: () => {
          wire.cut();
        },
      },
    });
    desk.connections.add(connection);
    wire.gateway = {
      message: (bytes) => {
        this.process.clock.soon(() => {
          if (!connection.open) return;
          connection.heard = true;
          dispatch(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), connection, desk);
        });
      },
      closed: () => {
        this.#wires.delete(wire);
        desk.left(connection);
      },
    };
  }
}
