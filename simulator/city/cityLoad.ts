import { arrivalsOf, type Arrivals, type Pace } from '../arrivals.js';
import { Random } from '../random.js';
import { ACTIVITIES } from './activities/index.js';
import { ACTIVITY_NAMES, partAt, type ActivityName, type Part } from './day.js';
import { Errand } from './errand.js';
import type { Holder } from './holder.js';
import { intentionsOf, type Intention, type Intentions } from './plan.js';
import type { Town } from './town.js';

export interface CityLoadOptions {
  readonly town: Town;
  readonly holders: readonly Holder[];
  readonly pace: Pace;
  readonly seed: number;
  /** What terminals, center and bank do; begun with each night, and awaited at the end. */
  readonly night: (hasEnded: () => boolean) => Promise<void>;
}

/** An errand that begins later than this after its time is late. */
const LATE_MS = 10;
const TICK_MS = 1;
/** Holders that are looked at for one who is free. */
const SEARCHED = 64;

/** Lets the city live: errands begin at their time, each of a holder who has nothing else to do. */
export class CityLoad {
  readonly #options: CityLoadOptions;
  #doing: ReadonlyMap<ActivityName, readonly Holder[]> = new Map();
  readonly #open = new Set<Promise<void>>();
  #arrivals: Arrivals | undefined;
  #part: Part | undefined;
  #day = 1;
  #intentions: Intentions = () => ({ activity: 'rest', who: 0, seed: 0 });
  #endAt = 0;
  #ticker: NodeJS.Timeout | undefined;

  constructor(options: CityLoadOptions) {
    this.#options = options;
  }

  /** Who does what, once it is known who has a phone. */
  populate(): void {
    const { holders } = this.#options;
    this.#doing = new Map(
      ACTIVITY_NAMES.map((name) => [name, holders.filter(ACTIVITIES[name].who ?? (() => true))]),
    );
  }

  /** Errands and nights that are under way. */
  get open(): number {
    return this.#open.size;
  }

  get day(): number {
    return this.#day;
  }

  get part(): Part | undefined {
    return this.#part;
  }

  /** Begins; errands start until `endAt` (ms of performance.now()). */
  start(endAt: number): void {
    const { pace, seed } = this.#options;
    this.#endAt = endAt;
    this.#arrivals = arrivalsOf(pace, new Random(seed ^ 0xc17), performance.now());
    this.#ticker = setInterval(this.#tick, TICK_MS);
  }

  /** No errand begins any more. Resolves when the last one is over, false at the deadline. */
  async drain(withinMs: number): Promise<boolean> {
    this.#endAt = 0;
    clearInterval(this.#ticker);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => {
        resolve(false);
      }, withinMs);
    });
    const all = Promise.all(this.#open).then(() => true);
    const drained = await Promise.race([all, late]);
    clearTimeout(timer);
    return drained;
  }

  readonly #tick = (): void => {
    const now = performance.now();
    if (now >= this.#endAt) return;
    this.#followTheSun();
    for (;;) {
      const intended = this.#arrivals?.due(now, this.open);
      if (intended === undefined || intended >= this.#endAt) return;
      if (now - intended > LATE_MS) this.#options.town.taps.tally.late += 1;
      // Everybody who could is busy: that will be another moment's, or nobody would ever be free in a closed loop.
      if (!this.#begin(this.#intentions(), intended)) return;
    }
  };

  #followTheSun(): void {
    const { town, seed, night } = this.#options;
    const part = partAt(town.time.minuteOf(town.time.now()));
    if (part === this.#part) return;
    const first = this.#part === undefined;
    if (!first && part.name === 'morning') this.#day += 1;
    this.#part = part;
    this.#intentions = intentionsOf(seed, this.#day, part);
    // What was a night when the run began was no day before.
    if (part.name === 'night' && !first) this.#follow(night(() => this.#endAt === 0));
  }

  /** False: nobody is free for it. */
  #begin({ activity, who, seed }: Intention, intended: number): boolean {
    const { town } = this.#options;
    const part = this.#part;
    const holder = this.#freeHolder(activity, who);
    if (part === undefined || holder === undefined) return false;
    const tally = town.table.parts[part.name];
    tally.began(activity);
    holder.busy = true;
    const errand = new Errand(town, holder, new Random(seed), tally, intended);
    const running = ACTIVITIES[activity].run(errand).finally(() => {
      holder.busy = false;
    });
    this.#follow(running, `${activity} of ${holder.card}`);
    return true;
  }

  #follow(running: Promise<void>, what = 'the night'): void {
    const followed: Promise<void> = running
      .catch((error: unknown) => {
        this.#options.town.taps.failure(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => this.#open.delete(followed));
    this.#open.add(followed);
  }

  /** The one who is meant, or the next who is free. */
  #freeHolder(activity: ActivityName, who: number): Holder | undefined {
    const holders = this.#doing.get(activity) ?? [];
    const first = Math.floor(who * holders.length);
    for (let step = 0; step < Math.min(SEARCHED, holders.length); step += 1) {
      const holder = holders[(first + step) % holders.length];
      if (holder !== undefined && !holder.busy && !holder.closed) return holder;
    }
    return undefined;
  }
}
