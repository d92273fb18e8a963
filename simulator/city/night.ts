import { dateOfDay, dayOf } from '../../actors/money/businessDate.js';
import type { ReportedTransaction } from '../../client/batch.js';
import { ConnectionLostError, RejectedError, type CollectionOrder } from '../../client/index.js';
import { inFlight } from '../population.js';
import { Random } from '../random.js';
import type { Place } from './places.js';
import type { Town } from './town.js';

/** Real time. */
const CLOSING_WITHIN_MS = 15_000;
const SETTLED_WITHIN_MS = 40_000;
const CHARGED_WITHIN_MS = 45_000;
const LOOK_MS = 100;
const AT_ONCE = 64;
/** Terminals that forget to report a transaction, of those with two or more. */
const FORGETFUL = 0.1;
/** Of the open collections: what the bank pays back, and what it decides another night. */
const BANK = { returned: 0.1, later: 0.1 } as const;

interface Closed {
  readonly place: Place;
  readonly batch: number;
  /** Planted: what the device did not report. */
  readonly forgotten: string | undefined;
  readonly unsure: number;
}

/** What a night's work came to. */
export interface NightTotals {
  batches: number;
  /** Of which the three columns agree, or differ by what was planted. */
  compared: number;
  differences: number;
  settlements: number;
  ordered: number;
  /** Minor units. */
  orderedAmount: number;
  creditedAmount: number;
  confirmed: number;
  returned: number;
  returnedAmount: number;
  /** Business dates whose interest was charged by the schedule while the city watched. */
  datesCharged: number;
  /** Real time of the longest: until all three columns of every batch were there, a settlement, an interest run. */
  longestMs: { closing: number; settling: number; charging: number };
}

/** Terminals close their batches, the center settles, the bank pays or does not, interest is charged. */
export class Night {
  readonly totals: NightTotals = {
    ...{ batches: 0, compared: 0, differences: 0, settlements: 0, ordered: 0, orderedAmount: 0 },
    ...{ creditedAmount: 0, confirmed: 0, returned: 0, returnedAmount: 0, datesCharged: 0 },
    longestMs: { closing: 0, settling: 0, charging: 0 },
  };
  readonly #town: Town;
  readonly #random: Random;

  constructor(town: Town, seed: number) {
    this.#town = town;
    this.#random = new Random(seed ^ 0xba7c);
  }

  async work(hasEnded: () => boolean): Promise<void> {
    const { time } = this.#town;
    const date = time.dateOf(time.now());
    await this.#timed('closing', () => this.#closeBatches());
    await this.#timed('settling', () => this.#settle());
    if (await this.#midnight(date, hasEnded)) await this.#timed('charging', () => this.#charged(date));
  }

  /** Resolves when the center has nothing under way, or at the deadline: what it does now is of no day of this run. */
  async rest(deadline: number): Promise<void> {
    const { operator, time } = this.#town;
    await within(deadline - performance.now(), async () => {
      const { run, chargedThrough } = await operator.use((session) => session.describeCenter());
      const yesterday = dateOfDay(dayOf(time.dateOf(time.now())) - 1);
      return run === undefined && (chargedThrough === 0 || chargedThrough >= yesterday);
    });
  }

  async #timed(name: keyof NightTotals['longestMs'], work: () => Promise<void>): Promise<void> {
    const began = performance.now();
    await work();
    const { longestMs } = this.totals;
    longestMs[name] = Math.max(longestMs[name], Math.round(performance.now() - began));
  }

  async #closeBatches(): Promise<void> {
    const { places, taps } = this.#town;
    const open = await this.#openBatches();
    const closed: Closed[] = [];
    await inFlight(places.all, AT_ONCE, async (place) => {
      place.closing = true;
      try {
        const { device, terminal } = place;
        const quiet = await within(
          CLOSING_WITHIN_MS,
          () => device.open === 0 && device.station !== undefined,
        );
        if (quiet) closed.push(await this.#close(place, open.get(terminal) ?? 0));
        else taps.tally.violation(`${terminal} could not close its batch: ${device.open} open`);
      } finally {
        place.closing = false;
      }
    });
    this.totals.batches += closed.length;
    const unsettled = await this.#settled(closed);
    for (const { place, batch } of unsettled) {
      taps.tally.violation(`batch ${batch} of ${place.terminal} was not settled`);
    }
    await inFlight(
      closed.filter((each) => !unsettled.has(each)),
      AT_ONCE,
      (each) => this.#compare(each),
    );
  }

  /** The number of each terminal's open batch. */
  async #openBatches(): Promise<ReadonlyMap<string, number>> {
    const { places, operator } = this.#town;
    const terminals = places.all.map(({ terminal }) => terminal);
    const described = await operator.use((session) => session.describeTerminals(terminals));
    return new Map(described.map(({ id, batch }) => [id, batch]));
  }

  /** The device reports its own sums and lines; now and then it has lost one. */
  async #close(place: Place, batch: number): Promise<Closed> {
    const { unsure, totals, transactions } = place.book.take();
    const forgets = transactions.length > 1 && this.#random.chance(FORGETFUL);
    const lost = forgets ? this.#random.pick(transactions) : undefined;
    const kept = transactions.filter((transaction) => transaction !== lost);
    await persist(CLOSING_WITHIN_MS, () => place.closeBatch({ batch, totals, transactions: kept }));
    return { place, batch, forgotten: lost && lineName(lost), unsure };
  }

  /** Waits until the three columns of each are complete. Resolves with those of which they never were. */
  async #settled(closed: readonly Closed[]): Promise<ReadonlySet<Closed>> {
    const { operator } = this.#town;
    const missing = new Set(closed);
    await within(SETTLED_WITHIN_MS, async () => {
      const waiting = [...missing];
      const described = await operator.use((session) =>
        session.describeTerminals(waiting.map(({ place }) => place.terminal)),
      );
      for (const [index, each] of waiting.entries()) {
        const settlement = described[index]?.settlements.find(({ batch }) => batch === each.batch);
        if (settlement?.settledTimeMs !== undefined) missing.delete(each);
      }
      return missing.size === 0;
    });
    return missing;
  }

  async #compare({ place, batch, forgotten, unsure }: Closed): Promise<void> {
    const { operator, taps } = this.#town;
    const { terminal } = place;
    const { differences } = await operator.use((session) => session.listDifferences(terminal, batch));
    this.totals.compared += 1;
    this.totals.differences += differences.length;
    const found = differences.map(({ id, reversal }) => lineName({ ...id, reversal }));
    if (forgotten !== undefined && !found.includes(forgotten)) {
      taps.tally.violation(`batch ${batch} of ${terminal}: ${forgotten} is not listed as missing`);
    }
    const others = found.filter((each) => each !== forgotten);
    // A reversal of which the device could not say what became, and its original.
    if (others.length > 2 * unsure) {
      taps.tally.violation(`batch ${batch} of ${terminal} differs about ${others.slice(0, 5).join(', ')}`);
    }
  }

  async #settle(): Promise<void> {
    const { operator, taps } = this.#town;
    const settlement = (await operator.use((session) => session.describeCenter())).settlements + 1;
    const { outcome } = await operator.use((session) => session.settle(settlement));
    if (outcome !== 'APPROVED') taps.tally.violation(`settlement ${settlement} was answered ${outcome}`);
    const ordered = await operator.use((session) => session.listCollections(settlement));
    this.totals.settlements += 1;
    this.totals.ordered += ordered.length;
    for (const { kind, amount } of ordered) {
      if (kind === 'debit') this.totals.orderedAmount += amount;
      else this.totals.creditedAmount += amount;
    }
    const open = await operator.use((session) => session.listCollections());
    await inFlight(open, AT_ONCE, (order) => this.#bank(order));
  }

  async #bank({ card, order, amount }: CollectionOrder): Promise<void> {
    const { operator, taps } = this.#town;
    const choice = this.#random.fraction();
    if (choice < BANK.later) return;
    const returns = choice < BANK.later + BANK.returned;
    const { outcome } = await operator.use((session) =>
      returns ? session.returnCollection(card, order) : session.confirmCollection(card, order),
    );
    if (outcome !== 'APPROVED')
      taps.tally.violation(`the bank's answer about ${order} was answered ${outcome}`);
    if (!returns) this.totals.confirmed += 1;
    else {
      this.totals.returned += 1;
      this.totals.returnedAmount += amount;
    }
  }

  /** False: the run ended before it. */
  async #midnight(date: number, hasEnded: () => boolean): Promise<boolean> {
    const { time } = this.#town;
    while (time.dateOf(time.now()) <= date) {
      if (hasEnded()) return false;
      await look();
    }
    return true;
  }

  /** Interest of the day that ended with this night, by the center's own schedule. */
  async #charged(date: number): Promise<void> {
    const { operator, taps } = this.#town;
    const charged = await within(CHARGED_WITHIN_MS, async () => {
      const { chargedThrough } = await operator.use((session) => session.describeCenter());
      return chargedThrough >= date;
    });
    if (charged) this.totals.datesCharged += 1;
    else
      taps.tally.violation(
        `interest of ${date} was not charged within ${CHARGED_WITHIN_MS / 1_000} s of its end`,
      );
  }
}

function lineName({ incarnation, number, reversal }: Omit<ReportedTransaction, 'kind' | 'amount'>): string {
  return `${incarnation}/${number}${reversal === true ? '/r' : ''}`;
}

async function within(ms: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + ms;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() > deadline) return false;
    await look();
  }
}

/** Again while the connection is away or the gateway says so: closing a batch twice is closing it once. */
async function persist<Result>(ms: number, work: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + ms;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const again =
        error instanceof ConnectionLostError || (error instanceof RejectedError && error.retryAfterMs > 0);
      if (!again || performance.now() > deadline) throw error;
      await look();
    }
  }
}

async function look(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
