import { OWNER_TIMEOUT_MS } from '../bounds.js';
import type { Clock } from './ports.js';

export interface Peer {
  readonly worker: string;
  /** Partitions. */
  readonly owns: number;
  /** Partitions that it cannot serve: a newer version may have written what it does not know. */
  readonly stopped: ReadonlySet<number>;
}

/** The other workers, as their heartbeats say. */
export class Peers {
  readonly #self: string;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #heard = new Map<string, Peer & { readonly leaving: boolean; readonly at: number }>();

  constructor(self: string, clock: Pick<Clock, 'elapsed'>) {
    this.#self = self;
    this.#clock = clock;
  }

  heard(peer: Peer & { readonly leaving: boolean }): void {
    if (peer.worker !== this.#self) this.#heard.set(peer.worker, { ...peer, at: this.#clock.elapsed() });
  }

  /** Those that live, and stay. */
  staying(): readonly Peer[] {
    const since = this.#clock.elapsed() - OWNER_TIMEOUT_MS;
    for (const [worker, { at }] of this.#heard) if (at < since) this.#heard.delete(worker);
    return [...this.#heard.values()].filter(({ leaving }) => !leaving);
  }
}
