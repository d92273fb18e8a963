import type { Pace } from '../arrivals.js';
import type { BusinessTime } from '../businessTime.js';
import type { OperatorLink } from '../operatorLink.js';
import { inFlight } from '../population.js';
import type { Purse } from '../purse.js';
import { Random } from '../random.js';
import type { Driver, Scenario } from '../scenario.js';
import { CityCommand, type Sending } from './cityCommand.js';
import { CityLoad } from './cityLoad.js';
import { DayTable } from './dayTable.js';
import type { Asked } from './judge.js';
import { Night } from './night.js';
import { Phones } from './phones.js';
import { Places } from './places.js';
import { cityReport } from './report.js';
import { createResidents, phonesOf, type Residents } from './residents.js';
import { Taps } from './taps.js';
import type { Town } from './town.js';

export interface CityOptions {
  /** ws://host:port/v1 */
  readonly url: string;
  readonly operator: OperatorLink;
  readonly time: BusinessTime;
  readonly cards: number;
  readonly terminals: number;
  readonly seed: number;
  readonly pace: Pace;
  /** Cards and terminals that are there, of all. */
  readonly onProgress: (done: number, total: number) => void;
}

/** Days of a city cannot be waited for. */
export class RealTimeError extends Error {
  constructor() {
    super(
      'a city needs compressed time, but the business clock of this deployment is real time: begin a new one (--fresh, or another --data) with --scenario city or --business-day',
    );
    this.name = 'RealTimeError';
  }
}

/** A slower clock would not bring a night in any run. */
const LEAST_RATE = 60;
/** Where the fare table names none. */
const ZONES = ['A', 'B', 'C'] as const;
const CONNECTING = 16;
/**
 * Real time by which the clocks of terminals and phones are late: the frame that receives them has the time at which it
 * began, and ten minutes of business pass in a moment.
 */
const CLOCK_LATE_MS = 300;

/** @throws RealTimeError */
export async function cityScenario(options: CityOptions): Promise<Scenario> {
  const { url, operator, time, cards, seed, onProgress } = options;
  if (time.rate < LEAST_RATE) throw new RealTimeError();
  const places = new Places(seed, options.terminals, zonesOf(time));
  const total = cards + places.all.length;
  let done = 0;
  const one = (): void => {
    done += 1;
    onProgress(done, total);
  };
  const residents = await operator.use(async (session) => {
    done = 0;
    await places.register(session, one);
    return createResidents(session, { cards, seed }, one);
  });
  // What an earlier run has left open, no device remembers any more.
  if (residents.continued > 0) await operator.use((session) => places.closeBatches(session));
  const clock = (): number => time.now() - CLOCK_LATE_MS * time.rate;
  const town: Town = {
    run: time.now().toString(36),
    ...{ time, operator, places },
    phones: new Phones({ url, operator, clock }),
    taps: new Taps(clock),
    table: new DayTable(),
    explained: { alike: 0, moved: 0, otherwise: 0 },
    offline: [],
  };
  return new City(town, residents, options);
}

class City implements Scenario {
  readonly driver: Driver;
  readonly cards: number;
  readonly cuttable: Scenario['cuttable'];
  readonly idle = [];
  readonly devices: Scenario['devices'];
  readonly #town: Town;
  readonly #residents: Residents;
  readonly #load: CityLoad;
  readonly #night: Night;
  readonly #random: Random;
  #fromMs = 0;
  #toMs = 0;

  constructor(town: Town, residents: Residents, { cards, pace, seed }: CityOptions) {
    const { holders, borrowers } = residents;
    this.#town = town;
    this.#residents = residents;
    this.#night = new Night(town, seed);
    this.#random = new Random(seed ^ 0x7a9);
    this.#load = new CityLoad({
      ...{ town, holders, pace, seed },
      night: (hasEnded) => this.#night.work(hasEnded),
    });
    this.cards = cards;
    this.cuttable = borrowers.map(({ purse }) => purse);
    this.devices = town.places.all.map(({ device }) => device);
    this.driver = this.#driver();
  }

  note(): string {
    const { time } = this.#town;
    const { day, part } = this.#load;
    const now = time.now();
    const minute = time.minuteOf(now);
    const clock = `${Math.floor(minute / 60)}`.padStart(2, '0') + ':' + `${minute % 60}`.padStart(2, '0');
    return `day ${day}, ${String(time.dateOf(now))} ${clock}, ${part?.name ?? 'before'}`;
  }

  readonly tap = (purse: Purse): void => {
    const { places, taps } = this.#town;
    const holder = this.#residents.borrowers.find((each) => each.purse === purse);
    const place = places.till(this.#random);
    if (holder === undefined || place === undefined) return;
    const asked: Asked = {
      ...{ kind: 'purchase', holder, amount: 1, partial: false, must: undefined, mayDefer: true },
      pin: holder.needsPin(1) ? 'right' : 'none',
    };
    const { card, pin } = holder;
    const said = { card, amount: 1, ...(asked.pin === 'right' ? { pin } : {}) };
    const sending: Sending = (station, sent, done) => station.purchase({ ...said, ...sent }, done);
    const command = new CityCommand(asked, 'none', sending, false);
    void taps.tap(command, place);
  };

  async connected(lines: Parameters<Scenario['connected']>[0]): Promise<void> {
    const { places, phones } = this.#town;
    places.connectedBy(lines);
    const { holders } = this.#residents;
    const withPhone = holders.slice(0, phonesOf(holders.length)).filter(({ closed }) => !closed);
    await inFlight(withPhone, CONNECTING, async (holder) => {
      holder.phone = await phones.connect(holder);
    });
    this.#load.populate();
  }

  async close(): Promise<void> {
    await this.#town.phones.closeAll();
  }

  report(money: Parameters<Scenario['report']>[0]): ReturnType<Scenario['report']> {
    const run = { town: this.#town, night: this.#night.totals, fromMs: this.#fromMs, toMs: this.#toMs };
    return cityReport(run, money);
  }

  #driver(): Driver {
    const { taps, time } = this.#town;
    const { tally, log, failures } = taps;
    const load = this.#load;
    return {
      ...{ tally, log, failures },
      get failureCount() {
        return taps.failureCount;
      },
      get open() {
        return load.open;
      },
      start: (endAt) => {
        this.#fromMs = time.now();
        load.start(endAt);
      },
      drain: async (withinMs) => {
        this.#toMs = time.now();
        const deadline = performance.now() + withinMs;
        const drained = await load.drain(withinMs);
        if (!drained) taps.unanswered();
        await this.#night.rest(deadline);
        return drained;
      },
    };
  }
}

function zonesOf({ fares }: BusinessTime): readonly string[] {
  const named = new Set(fares.flatMap(({ fromZone, toZone }) => [fromZone, toZone]));
  return named.size === 0 ? ZONES : [...named].sort();
}
