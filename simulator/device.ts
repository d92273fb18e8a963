import type { Station } from '../client/index.js';

/** Something that a lost connection has interrupted. */
export interface Resumable {
  /** The device is connected again: the same number, with the same content. */
  resume(station: Station): void;
}

/** A terminal as a driver plays it: its session, and what it has open. */
export class Device {
  readonly terminal: string;
  /** Non-empty: it replays this source, and its numbers are the source's. */
  readonly source: string;
  /** Undefined while it has no connection. */
  station: Station | undefined;
  /** Transactions that are not finished. */
  open = 0;
  /** What lost its connection: repeated, under the same number, once there is a new one. */
  readonly stranded = new Set<Resumable>();
  #remembered: Station['remembered'] | undefined;

  constructor(terminal: string, source = '') {
    this.terminal = terminal;
    this.source = source;
  }

  /** What it says at its next HELLO: it continues its incarnation. */
  get remembered(): Station['remembered'] | undefined {
    return this.#remembered;
  }

  disconnect(): void {
    if (this.station !== undefined) this.#remembered = this.station.remembered;
    this.station = undefined;
  }

  /** For whoever has reconnected it. */
  resumeAll(): void {
    const { station } = this;
    if (station === undefined) return;
    const interrupted = [...this.stranded];
    this.stranded.clear();
    for (const each of interrupted) each.resume(station);
  }
}
