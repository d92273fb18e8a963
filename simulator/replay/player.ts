import {
  ConnectionLostError,
  RejectedError,
  type Reply,
  type Result,
  type Station,
} from '../../client/index.js';
import { MAX_OPEN_IDS } from '../../actors/bounds.js';
import type { Device, Resumable } from '../device.js';
import type { Row } from './row.js';

/** A row that the system does not take, however often it is sent. */
export class UnplayableRowError extends Error {
  constructor(row: Row, reason: string) {
    super(
      `line ${row.line} could not be played: ${reason}; play the file again later: nothing executes twice`,
    );
    this.name = 'UnplayableRowError';
  }
}

/** Rows that are open at once, each of another card. */
const MAX_OPEN = 1_024;
/** Room is left for ids that an interrupted run has left open. */
const MAX_DEVICE_OPEN = MAX_OPEN_IDS / 2;
/** Rows that wait for their card or their terminal; more are not read ahead. */
const MAX_WAITING = 16_384;

/**
 * Plays rows: of each card one after the other, in the order in which they are given, also between terminals; of
 * different cards many at once. Rejections are repeated under the same id, never reversed: a replay must not undo.
 */
export class Player {
  approved = 0;
  readonly declined = new Map<string, number>();
  readonly #devices: ReadonlyMap<string, Device>;
  /** Rows behind an open or startable row of the same card. */
  readonly #behind = new Map<string, Row[]>();
  /** First rows of their cards that wait for room in all. */
  readonly #startable: Row[] = [];
  /** First rows of their cards that wait for their terminal: it has enough open, or no connection. */
  readonly #parked = new Map<string, Row[]>();
  #open = 0;
  #waiting = 0;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(devices: ReadonlyMap<string, Device>) {
    this.#devices = devices;
  }

  get played(): number {
    let declined = 0;
    for (const count of this.declined.values()) declined += count;
    return this.approved + declined;
  }

  /** Resolves when more can be given. Throws UnplayableRowError of an earlier row. */
  async give(row: Row): Promise<void> {
    this.#add(row);
    while (this.#failure === undefined && this.#waiting >= MAX_WAITING) await this.#changed();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when every row has its answer. Throws UnplayableRowError. */
  async end(): Promise<void> {
    while (this.#failure === undefined && this.#open + this.#waiting > 0) await this.#changed();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #add(row: Row): void {
    const behind = this.#behind.get(row.card);
    this.#waiting += 1;
    if (behind !== undefined) {
      behind.push(row);
      return;
    }
    this.#behind.set(row.card, []);
    this.#startable.push(row);
    this.#startAll();
  }

  /** The device is connected (again). */
  ready({ terminal }: Device): void {
    const parked = this.#parked.get(terminal);
    if (parked === undefined) return;
    this.#parked.delete(terminal);
    this.#startable.push(...parked);
    this.#startAll();
  }

  #startAll(): void {
    while (this.#open < MAX_OPEN) {
      const row = this.#startable.shift();
      if (row === undefined) return;
      const device = this.#devices.get(row.terminal);
      const station = device !== undefined && device.open < MAX_DEVICE_OPEN ? device.station : undefined;
      if (device === undefined || station === undefined) this.#park(row);
      else this.#start(row, device, station);
    }
  }

  #park(row: Row): void {
    const parked = this.#parked.get(row.terminal);
    if (parked === undefined) this.#parked.set(row.terminal, [row]);
    else parked.push(row);
  }

  #unpark(terminal: string): void {
    const parked = this.#parked.get(terminal);
    const row = parked?.shift();
    if (row !== undefined) this.#startable.push(row);
    if (parked?.length === 0) this.#parked.delete(terminal);
  }

  #start(row: Row, device: Device, station: Station): void {
    this.#waiting -= 1;
    this.#open += 1;
    device.open += 1;
    new Play(row, device, (result) => {
      device.open -= 1;
      this.#ended(row, result);
    }).resume(station);
  }

  #ended(row: Row, result: Reply | RejectedError): void {
    this.#open -= 1;
    if (result instanceof RejectedError) {
      this.#failure ??= new UnplayableRowError(row, result.message);
    } else if (result.outcome === 'APPROVED') {
      this.approved += 1;
    } else {
      this.declined.set(result.outcome, (this.declined.get(result.outcome) ?? 0) + 1);
    }
    this.#release(row.card);
    this.#unpark(row.terminal);
    this.#startAll();
    this.#wake?.();
  }

  /** The next row of the card may start. */
  #release(card: string): void {
    const behind = this.#behind.get(card);
    const next = behind?.shift();
    if (next === undefined) this.#behind.delete(card);
    else this.#startable.push(next);
  }

  async #changed(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}

/** One row on its way. */
class Play implements Resumable {
  readonly #row: Row;
  readonly #device: Device;
  readonly #done: (result: Reply | RejectedError) => void;

  constructor(row: Row, device: Device, done: (result: Reply | RejectedError) => void) {
    this.#row = row;
    this.#device = device;
    this.#done = done;
  }

  resume(station: Station): void {
    const { kind, card, amount, line, time } = this.#row;
    station[kind]({ card, amount, number: line, timeMs: time }, this.#onResult);
  }

  readonly #onResult = (result: Result): void => {
    if (result instanceof ConnectionLostError) this.#device.stranded.add(this);
    else this.#done(result);
  };
}
