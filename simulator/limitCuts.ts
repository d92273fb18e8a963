import { build, type Histogram } from 'hdr-histogram-js';
import type { ListVersion } from '../client/index.js';
import type { Line } from './line.js';
import type { OperatorLink } from './operatorLink.js';
import { percentilesOf, type Percentiles } from './percentiles.js';
import type { Purse } from './purse.js';
import type { Random } from './random.js';
import { CARD } from './terms.js';

/** Milliseconds. */
export type ProhibitionTimes = Pick<Percentiles, 'p50' | 'p99' | 'max'>;

export interface LimitCutOptions {
  readonly operator: Pick<OperatorLink, 'use'>;
  readonly purses: readonly Purse[];
  readonly lines: readonly Line[];
  readonly random: Random;
  readonly everyMs: number;
  /** How long a cut waits until every terminal has acknowledged. Default: 5 s. */
  readonly patienceMs?: number;
  /** Somebody tries to pay with the card; absent: nobody does for the sake of it. */
  readonly tap: ((purse: Purse) => void) | undefined;
  readonly onProblem: (text: string) => void;
}

interface Watch {
  readonly card: string;
  /** Lines that were connected at the cut and have not acknowledged. */
  readonly missing: Set<Line>;
  /** The version with which the card's entry came to a line. */
  readonly versions: Map<Line, ListVersion>;
  /** When the last line had its acknowledgement answered. */
  completedAt: number | undefined;
  onComplete: () => void;
}

const PATIENCE_MS = 5_000;
const SEARCHED = 64;
/** While a prohibition is on its way its card is tapped this often, but not for ever: others want to pay as well. */
const TAP_MS = 2;
const MAX_TAPS = 100;

/**
 * The operator's part of a run: cuts the limit of a card below its loan, which prohibits it, measures how long it takes
 * until every connected terminal holds the list, and restores the limit. All the while somebody taps the card: what
 * comes of that the auditor reads from the journals.
 */
export class LimitCuts {
  cuts = 0;
  readonly #options: LimitCutOptions;
  readonly #times: Histogram = build({ bitBucketSize: 32, highestTrackableValue: 3_600_000_000 });
  #watch: Watch | undefined;
  #ending = false;
  #wake: () => void = () => undefined;

  constructor(options: LimitCutOptions) {
    this.#options = options;
  }

  /** Goes on until `stop` is called. */
  async run(): Promise<void> {
    const { everyMs, onProblem } = this.#options;
    while (await this.#pause(everyMs)) {
      const purse = this.#indebted();
      if (purse === undefined) continue;
      const taps = this.#tapping(purse);
      try {
        await this.#cut(purse, taps);
      } catch (error) {
        onProblem(error instanceof Error ? error.message : String(error));
      } finally {
        clearInterval(taps);
      }
    }
  }

  /** The limit that is cut now is restored before `run` resolves. */
  stop(): void {
    this.#ending = true;
    this.#wake();
  }

  /** A line has got the list, complete up to `version`. */
  listCame(line: Line, version: ListVersion, isProhibited: (card: string) => boolean): void {
    const watch = this.#watch;
    if (watch === undefined || watch.versions.has(line) || !isProhibited(watch.card)) return;
    watch.versions.set(line, version);
  }

  acknowledged(line: Line, version: ListVersion): void {
    const wanted = this.#watch?.versions.get(line);
    if (wanted === undefined || isOlder(version, wanted)) return;
    this.lost(line);
  }

  /** A line that is gone is not waited for. */
  lost(line: Line): void {
    const watch = this.#watch;
    if (watch === undefined || !watch.missing.delete(line) || watch.missing.size > 0) return;
    watch.completedAt = performance.now();
    watch.onComplete();
  }

  /** Undefined: there was none. */
  times(): ProhibitionTimes | undefined {
    const times = this.#times;
    if (times.totalCount === 0) return undefined;
    const { p50, p99, max } = percentilesOf(times);
    return { p50, p99, max };
  }

  #tapping(purse: Purse): NodeJS.Timeout {
    let left = MAX_TAPS;
    const taps = setInterval(() => {
      this.#options.tap?.(purse);
      left -= 1;
      if (left === 0) clearInterval(taps);
    }, TAP_MS);
    return taps;
  }

  async #cut(purse: Purse, taps: NodeJS.Timeout): Promise<void> {
    const { operator, lines, onProblem } = this.#options;
    const completed = this.#watchFor(purse.card, lines);
    const { reasons } = await operator.use((session) =>
      session.changeLimit(purse.card, Math.floor(purse.loan / 2)),
    );
    const answeredAt = performance.now();
    this.cuts += 1;
    // A payment in between may have made the loan smaller than the new limit.
    if (reasons.includes('LIMIT')) {
      const completedAt = await completed;
      if (completedAt !== undefined)
        this.#times.recordValue(Math.max(1, Math.round((completedAt - answeredAt) * 1_000)));
      else if (!(await this.#isLiftedUnseen(purse.card)))
        onProblem(`the prohibition of ${purse.card} did not reach every terminal`);
    }
    this.#watch?.onComplete();
    this.#watch = undefined;
    clearInterval(taps);
    await operator.use((session) => session.changeLimit(purse.card, CARD.limit));
  }

  /** A deposit has lifted the prohibition before any list had it: lists tell only the newest that is known of a card. */
  async #isLiftedUnseen(card: string): Promise<boolean> {
    if (this.#watch === undefined || this.#watch.versions.size > 0) return false;
    const [described] = await this.#options.operator.use((session) => session.describeCards([card]));
    return described?.record?.reasons.includes('LIMIT') === false;
  }

  /** Resolves with the moment at which the last terminal held the list; undefined: not within the patience. */
  async #watchFor(card: string, lines: readonly Line[]): Promise<number | undefined> {
    const { patienceMs = PATIENCE_MS } = this.#options;
    const missing = new Set(lines.filter((line) => line.isServing));
    return new Promise((resolve) => {
      const patience = setTimeout(() => {
        resolve(undefined);
      }, patienceMs);
      const watch: Watch = {
        card,
        missing,
        versions: new Map(),
        completedAt: undefined,
        onComplete: () => {
          clearTimeout(patience);
          resolve(watch.completedAt);
        },
      };
      this.#watch = watch;
    });
  }

  #indebted(): Purse | undefined {
    const { purses, random } = this.#options;
    for (let attempt = 0; attempt < SEARCHED; attempt += 1) {
      const purse = random.pick(purses);
      if (purse.loan >= 2 && purse.limit === CARD.limit) return purse;
    }
    return undefined;
  }

  /** False: the run has ended. */
  async #pause(ms: number): Promise<boolean> {
    if (!this.#ending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return !this.#ending;
  }
}

function isOlder(a: ListVersion, b: ListVersion): boolean {
  return a.incarnation === b.incarnation ? a.sequence < b.sequence : a.incarnation < b.incarnation;
}
