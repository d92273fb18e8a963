import type { BusFault } from '../../actors/adapters/memory/bus.js';
import type { AppendFault } from '../../actors/adapters/memory/journal.js';
import type { Random } from '../random.js';

/** Everything that a world does to its parts. */
export const FAULTS = [
  ...['bus lost', 'bus delayed', 'bus duplicated', 'bus reordered'],
  ...['append lost', 'acknowledgement lost', 'acknowledgement late', 'append copied late'],
  ...[
    'wrong sequence',
    'false duplicate',
    'fsync failed',
    'unsynced frame gone',
    'stale reads',
    'journal away',
  ],
  ...['worker crashed', 'worker killed', 'worker stopped', 'worker left', 'two owners'],
  ...['gateway killed', 'gateway stopped', 'all killed', 'nats away'],
  ...['network cut', 'network cut outward', 'network cut inward'],
  ...['redis away', 'redis emptied', 'redis set back', 'redis keys lost', 'redis writes late'],
  ...['redis cut', 'redis full'],
  ...['list away', 'list answer lost', 'list copied late'],
  ...['clock skewed', 'clock wrong'],
  ...['archiver crashed', 'base damaged', 'bases lost', 'recovered from a base'],
  ...['archive damaged', 'stream deleted', 'history lost'],
  ...['terminal cut', 'terminal late', 'terminal repeats', 'terminal reverses', 'terminal restored'],
  ...[
    'terminal cloned',
    'terminal silent',
    'terminal clock ahead',
    'terminal clock behind',
    'operator cut',
    'tail cut',
    'stream lost',
    'frame lost',
    'frame damaged',
  ],
] as const;

export type Fault = (typeof FAULTS)[number];

export type FaultCounts = Readonly<Record<string, number>>;

/** How often what happens to a single message, as a probability; drawn anew for each world. */
type Chances = Readonly<Partial<Record<Fault, number>>>;

const MOST: Chances = {
  'bus lost': 0.03,
  'bus delayed': 0.03,
  'bus duplicated': 0.03,
  'bus reordered': 0.08,
  'append lost': 0.03,
  'acknowledgement lost': 0.03,
  'acknowledgement late': 0.04,
  'append copied late': 0.03,
  'wrong sequence': 0.015,
  'false duplicate': 0.015,
};

/** What takes from Redis what was written, or keeps from it what should be. */
export const REDIS_LOSSES: readonly Fault[] = [
  ...(['redis emptied', 'redis keys lost', 'redis set back'] as const),
  ...(['redis away', 'redis cut', 'redis full'] as const),
];

/** Share of the worlds in which Redis keeps what it was given: whatever is missed there, an owner is to blame. */
const REDIS_KEPT = 0.2;

/** Which faults there are in one world, and how many there were. */
export class Faults {
  readonly counts: Record<string, number> = {};
  readonly #random: Random;
  readonly #chances: Chances;
  readonly #enabled: ReadonlySet<Fault>;
  #calm = false;

  /** `share`: how many of the kinds this world has, about. */
  constructor(random: Random, share: number) {
    this.#random = random;
    const enabled = FAULTS.filter(() => random.chance(share));
    const isKept = random.chance(REDIS_KEPT);
    this.#enabled = new Set(enabled.filter((kind) => !isKept || !REDIS_LOSSES.includes(kind)));
    this.#chances = Object.fromEntries(
      Object.entries(MOST).map(([kind, most]) => [
        kind,
        this.has(kind as Fault) ? most * random.fraction() : 0,
      ]),
    );
  }

  /** From now on nothing happens any more. */
  calm(): void {
    this.#calm = true;
  }

  get isCalm(): boolean {
    return this.#calm;
  }

  has(kind: Fault): boolean {
    return !this.#calm && this.#enabled.has(kind);
  }

  count(kind: Fault): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
  }

  /** What becomes of a message on the bus. */
  ofMessage(): BusFault | undefined {
    const random = this.#random;
    if (this.#falls('bus lost')) return { arrivals: [] };
    if (this.#falls('bus delayed')) return { arrivals: [random.integer(100, 6_000)] };
    if (this.#falls('bus duplicated')) return { arrivals: [0, random.integer(1, 4_000)] };
    if (this.#falls('bus reordered')) return { arrivals: [random.integer(1, 20)] };
    return undefined;
  }

  /** What becomes of a frame on its way into the journal. */
  ofAppend(): AppendFault | undefined {
    const random = this.#random;
    if (this.#falls('append lost')) return { arrivals: [] };
    if (this.#falls('acknowledgement lost')) return { acknowledgement: 'lost' };
    if (this.#falls('acknowledgement late')) return { acknowledgement: random.integer(10, 3_000) };
    if (this.#falls('append copied late')) {
      // The first copy may be lost as well: then only the late one comes.
      const late = random.integer(200, 8_000);
      return { arrivals: random.chance(0.5) ? [0, late] : [late] };
    }
    // Of some earlier frame; whether this one is stored is another matter.
    if (this.#falls('wrong sequence')) return this.#lie({ sequence: random.integer(1, 3) });
    if (this.#falls('false duplicate')) return this.#lie({ duplicate: true });
    return undefined;
  }

  #lie(says: AppendFault['says']): AppendFault {
    return says === undefined ? {} : { says };
  }

  #falls(kind: Fault): boolean {
    const chance = this.#calm ? 0 : (this.#chances[kind] ?? 0);
    if (chance === 0 || !this.#random.chance(chance)) return false;
    this.count(kind);
    return true;
  }
}
