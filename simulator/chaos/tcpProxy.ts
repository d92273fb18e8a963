/** A TCP proxy of our own: everything passes, until it is told to delay, throttle, freeze or cut. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Flow } from './flow.js';
import type { Passage, Way } from './passage.js';

const LOOPBACK = '127.0.0.1';

export interface TcpProxyOptions {
  /** Absent: any that is free. */
  readonly port?: number | undefined;
  /** Ports on this machine: each new connection goes to the next one that answers. Asked for every connection. */
  readonly targets: () => readonly number[];
}

/** One connection, with its two sides. */
interface Link {
  readonly flows: Readonly<Record<Way, Flow>>;
  destroy(): void;
}

export class TcpProxy {
  readonly #options: TcpProxyOptions;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  /** Of which the other side is not reached yet. */
  readonly #arriving = new Set<Socket>();
  #passage: Passage | undefined;
  #turn = 0;

  private constructor(options: TcpProxyOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#accept(socket);
    });
  }

  static async listen(options: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(options.port ?? 0, LOOPBACK, resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections through it now. */
  get size(): number {
    return this.#links.size;
  }

  /** From now on, of what is connected and of what will be. */
  disturb(passage: Passage): void {
    if (passage.onlyOld !== true) this.#passage = passage;
    for (const link of this.#links) disturb(link, passage);
  }

  /** Everything passes again, what was held back first. */
  heal(): void {
    this.#passage = undefined;
    for (const { flows } of this.#links) for (const flow of Object.values(flows)) flow.disturb(undefined);
  }

  /** Breaks off every connection. */
  cut(): void {
    for (const link of this.#links) link.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#arriving) socket.destroy();
    this.cut();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #accept(near: Socket): void {
    this.#arriving.add(near);
    near.on('error', () => undefined);
    near.pause();
    const targets = this.#options.targets();
    this.#turn += 1;
    const order = targets.map((_, at) => targets[(this.#turn + at) % targets.length] ?? 0);
    this.#reach(near, order);
  }

  /** The first that answers. */
  #reach(near: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined || near.destroyed) {
      this.#arriving.delete(near);
      near.destroy();
      return;
    }
    const far = connect({ port, host: LOOPBACK, allowHalfOpen: true, noDelay: true });
    const failed = (): void => {
      this.#reach(near, others);
    };
    far.once('error', failed);
    far.once('connect', () => {
      far.off('error', failed);
      far.on('error', () => undefined);
      this.#arriving.delete(near);
      if (near.destroyed) far.destroy();
      else this.#join(near, far);
    });
  }

  #join(near: Socket, far: Socket): void {
    const destroy = (): void => {
      this.#links.delete(link);
      for (const flow of Object.values(link.flows)) flow.end();
      near.destroy();
      far.destroy();
    };
    const of = (way: Way): Passage | undefined =>
      this.#passage?.ways.includes(way) === true ? this.#passage : undefined;
    const link: Link = {
      flows: {
        out: new Flow({ from: near, to: far, breakOff: destroy }, of('out')),
        back: new Flow({ from: far, to: near, breakOff: destroy }, of('back')),
      },
      destroy,
    };
    this.#links.add(link);
    near.on('close', () => {
      if (far.destroyed) destroy();
    });
    far.on('close', () => {
      if (near.destroyed) destroy();
    });
    near.resume();
  }
}

function disturb({ flows }: Link, passage: Passage): void {
  for (const way of passage.ways) flows[way].disturb(passage);
}
