import type { BatchReport, Operator, TerminalTerms } from '../../client/index.js';
import { Device } from '../device.js';
import type { Line } from '../line.js';
import { inFlight, refuseTerminal, REGISTERING, terminalId } from '../population.js';
import type { Random } from '../random.js';
import { DeviceBook } from './deviceBook.js';

export type Role = 'PURCHASE' | 'DEPOSIT' | 'GATE';

/** A terminal, where it stands. */
export class Place {
  readonly device: Device;
  readonly role: Role;
  readonly mayDefer: boolean;
  /** GATE: the zone into which it opens. */
  readonly zone: string;
  readonly book = new DeviceBook();
  /** Its batch is being closed: nothing begins here. */
  closing = false;
  #line: Line | undefined;

  constructor(terminal: string, role: Role, mayDefer: boolean, zone: string) {
    this.device = new Device(terminal);
    this.role = role;
    this.mayDefer = mayDefer;
    this.zone = zone;
  }

  get terminal(): string {
    return this.device.terminal;
  }

  get isFree(): boolean {
    return !this.closing && this.device.station !== undefined && this.device.open < MAX_OPEN;
  }

  connectedBy(line: Line): void {
    this.#line = line;
  }

  /** Without a connection for about so many milliseconds. */
  cut(forMs: number): void {
    this.#line?.cut(forMs);
  }

  async closeBatch(report: BatchReport): Promise<number> {
    if (this.#line === undefined) throw new Error(`${this.terminal} has no line`);
    return this.#line.closeBatch(this.device, report);
  }
}

const MAX_OPEN = 128;
/** Of all terminals. The rest are tills. */
const SHARES = { deposit: 0.1, gate: 0.3 } as const;
/** Tills at which nothing may be deferred, of all. */
const CASH_TILLS = 0.1;
const TRIES = 8;

/** Every terminal of the city. */
export class Places {
  readonly all: readonly Place[];
  readonly zones: readonly string[];
  readonly #tills: readonly Place[];
  readonly #cashTills: readonly Place[];
  readonly #machines: readonly Place[];
  readonly #gates: ReadonlyMap<string, readonly Place[]>;

  /** At least one machine, one till of each sort, and one gate a zone. */
  constructor(seed: number, count: number, zones: readonly string[]) {
    const machines = Math.max(1, Math.round(count * SHARES.deposit));
    const gates = Math.max(zones.length, Math.round(count * SHARES.gate));
    const tills = Math.max(2, count - machines - gates);
    const cash = Math.max(1, Math.round(tills * CASH_TILLS));
    let index = 0;
    const next = (role: Role, mayDefer = true, zone = ''): Place => {
      const place = new Place(terminalId(seed, index, 'city'), role, mayDefer, zone);
      index += 1;
      return place;
    };
    this.zones = zones;
    this.#machines = Array.from({ length: machines }, () => next('DEPOSIT'));
    this.#cashTills = Array.from({ length: cash }, () => next('PURCHASE', false));
    this.#tills = Array.from({ length: tills - cash }, () => next('PURCHASE'));
    const inZones = Array.from({ length: gates }, (_, at) => next('GATE', true, zones[at % zones.length]));
    this.#gates = new Map(zones.map((zone) => [zone, inZones.filter((gate) => gate.zone === zone)]));
    this.all = [...this.#machines, ...this.#cashTills, ...this.#tills, ...inZones];
  }

  async register(operator: Operator, one: () => void): Promise<void> {
    await inFlight(this.all, REGISTERING, async ({ terminal, role, mayDefer, zone }) => {
      const terms: TerminalTerms = { role, mayDefer, zone };
      refuseTerminal(terminal, (await operator.registerTerminal(terminal, terms)).outcome);
      one();
    });
  }

  /** By the operator, without the terminals. */
  async closeBatches(operator: Operator): Promise<void> {
    await inFlight(this.all, REGISTERING, async ({ terminal }) => {
      await operator.closeBatch(terminal);
    });
  }

  connectedBy(lines: readonly Line[]): void {
    const places = new Map(this.all.map((place) => [place.device, place]));
    for (const line of lines) for (const device of line.devices) places.get(device)?.connectedBy(line);
  }

  till(random: Random): Place | undefined {
    return freeOf(this.#tills, random);
  }

  /** One at which nothing may be deferred. */
  cashTill(random: Random): Place | undefined {
    return freeOf(this.#cashTills, random);
  }

  machine(random: Random): Place | undefined {
    return freeOf(this.#machines, random);
  }

  gate(zone: string, random: Random): Place | undefined {
    return freeOf(this.#gates.get(zone) ?? [], random);
  }
}

/** Undefined: none has a connection and room now. */
function freeOf(places: readonly Place[], random: Random): Place | undefined {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const place = random.pick(places);
    if (place.isFree) return place;
  }
  return places.find((place) => place.isFree);
}
