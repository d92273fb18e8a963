import { MAX_REPORTED } from '../actors/bounds.js';
import { wireReport } from '../client/batch.js';
import {
  connectConcentrator,
  type BatchReport,
  type Concentrator,
  type ListVersion,
} from '../client/index.js';
import { Acknowledging } from './acknowledging.js';
import type { Device } from './device.js';

export interface LineEvents {
  /** A device can be used (again); what it had stranded can be resumed. */
  onReady: (device: Device) => void;
  /** An attempt was rejected, and is repeated where that can help: at a transaction, or to say which list is held. */
  onRejected: (code: string, attempt: 'transaction' | 'list') => void;
  /** The list, complete up to `version`, has come; which of these cards it prohibits can be asked. */
  onList: (line: Line, version: ListVersion, isProhibited: (card: string) => boolean) => void;
  /** The gateway has confirmed that every device of the line holds the list up to `version`. */
  onAcknowledged: (line: Line, version: ListVersion) => void;
  onLost: (line: Line) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** HELLOs of one connection that are open at once. */
const HELLOS = 256;

/** One WebSocket connection with its devices: a terminal's own, or a concentrator's. Comes back when it breaks. */
export class Line {
  readonly devices: readonly Device[];
  readonly #url: string;
  readonly #events: LineEvents;
  readonly #retryForMs: number | undefined;
  #concentrator: Concentrator | undefined;
  #acknowledging: Acknowledging | undefined;
  #serving = false;
  #closing = false;
  #away = 0;
  #retry: NodeJS.Timeout | undefined;

  /** `retryForMs`: as in HelloOptions. */
  constructor(url: string, devices: readonly Device[], events: LineEvents, retryForMs?: number) {
    this.#retryForMs = retryForMs;
    this.#url = url;
    this.devices = devices;
    this.#events = events;
  }

  /** Resolves when every device may sell: welcomed, and its prohibition list acknowledged. */
  async connect(): Promise<void> {
    const concentrator = await connectConcentrator({
      url: this.#url,
      // By ourselves, to know when the gateway confirms which version.
      acknowledge: false,
      onList: (list) => {
        if (list.version === undefined) return;
        this.#events.onList(this, list.version, (card) => list.isProhibited(card));
        acknowledging.next();
      },
      onLost: () => {
        this.#lost();
      },
    });
    this.#concentrator = concentrator;
    const acknowledging = this.#acknowledgingOf(concentrator);
    this.#acknowledging = acknowledging;
    for (let start = 0; start < this.devices.length; start += HELLOS) {
      await Promise.all(
        this.devices.slice(start, start + HELLOS).map((device) => this.#hello(concentrator, device)),
      );
    }
    acknowledging.begin();
    await Promise.all(Array.from(concentrator.stations.values(), async (station) => station.ready));
    this.#serving = true;
    for (const device of this.devices) {
      device.station = concentrator.stations.get(device.terminal);
      this.#events.onReady(device);
    }
  }

  get isServing(): boolean {
    return this.#serving;
  }

  /** Breaks off without a word, as a cable does, and stays away for so long, or as long as it takes. */
  cut(forMs: number): void {
    this.#away = forMs;
    this.#concentrator?.connection.terminate();
  }

  /**
   * Reports what a device holds of its batch, which is the open one, and closes it.
   * @throws RejectedError, ConnectionLostError: it may be asked again, with the batch's number
   */
  async closeBatch({ terminal }: Device, { batch, totals, transactions = [] }: BatchReport): Promise<number> {
    const connection = this.#concentrator?.connection;
    if (connection === undefined) throw new Error(`${terminal} was never connected`);
    let start = 0;
    for (; transactions.length - start > MAX_REPORTED; start += MAX_REPORTED) {
      const portion = transactions.slice(start, start + MAX_REPORTED);
      await connection.ask({
        closeBatch: wireReport(terminal, { batch, transactions: portion, more: true }),
      });
    }
    const last = { batch, totals, transactions: transactions.slice(start) };
    const { batchClosed } = await connection.ask({ closeBatch: wireReport(terminal, last) });
    return batchClosed?.batch ?? 0;
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#retry);
    await this.#concentrator?.close();
  }

  async #hello(concentrator: Concentrator, device: Device): Promise<void> {
    const { terminal, remembered, source } = device;
    const retryForMs = this.#retryForMs;
    const station = await concentrator.hello({ terminal, remember: remembered, source, retryForMs });
    station.onRejected = ({ code }) => {
      this.#events.onRejected(code, 'transaction');
    };
  }

  #acknowledgingOf(concentrator: Concentrator): Acknowledging {
    return new Acknowledging(concentrator, {
      onAcknowledged: (version) => {
        for (const station of concentrator.stations.values()) station.acknowledged();
        this.#events.onAcknowledged(this, version);
      },
      onRejected: (code) => {
        this.#events.onRejected(code, 'list');
      },
    });
  }

  #lost(): void {
    if (this.#closing) return;
    const served = this.#serving;
    this.#serving = false;
    this.#acknowledging?.stop();
    for (const device of this.devices) device.disconnect();
    this.#events.onLost(this);
    // While connect() is under way its own failure says so.
    if (served) this.#comeBack(Math.max(FIRST_PAUSE_MS, this.#away));
    this.#away = 0;
  }

  #comeBack(pauseMs: number): void {
    if (this.#closing) return;
    this.#retry = setTimeout(() => {
      this.connect().catch(() => {
        this.#concentrator?.connection.terminate();
        this.#comeBack(Math.min(2 * pauseMs, LONGEST_PAUSE_MS));
      });
    }, pauseMs);
  }
}
