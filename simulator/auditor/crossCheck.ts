/** What can be said only when every partition was read: causes, ends, and sums over partitions (I5, I6, I8). */
import { Kind, Outcome } from './codes.js';
import type { Books } from './books.js';
import { idText, type Findings, type Place } from './findings.js';
import { Seen } from './ids.js';
import { compareTotals, TotalsBook } from './tally.js';
import type { TerminalBook } from './terminalBook.js';
import { fareOf } from './rules/fares.js';
import { sumOf } from './rules/split.js';

/** Ids in flight that are named; the rest is only counted. */
export const MAX_IN_FLIGHT = 100;

export interface InFlight {
  readonly id: string;
  readonly card: string;
  /** What it waits for. */
  readonly waitsFor: 'card' | 'close' | 'reversal' | 'open';
}

export interface CrossChecked {
  readonly inFlight: readonly InFlight[];
  readonly inFlightCount: number;
}

export class CrossCheck {
  readonly #books: Books;
  readonly #findings: Findings;
  readonly #drained: boolean;
  readonly #inFlight: InFlight[] = [];
  #inFlightCount = 0;
  /** By terminal index: what cards and center have counted and the terminal has not (or, below 0, the reverse). */
  readonly #open = new Map<number, TotalsBook>();

  constructor(books: Books, drained: boolean) {
    this.#books = books;
    this.#findings = books.findings;
    this.#drained = drained;
  }

  run(): CrossChecked {
    const { size } = this.#books.transactions.ids;
    for (let row = 0; row < size; row += 1) this.#row(row);
    this.#sums();
    return { inFlight: this.#inFlight, inFlightCount: this.#inFlightCount };
  }

  #row(row: number): void {
    const { ids } = this.#books.transactions;
    const seen = ids.seen[row] ?? 0;
    this.#findings.checked('I8');
    this.#causes(row, seen);
    this.#ends(row, seen);
    this.#openSums(row, seen);
    if ((seen & Seen.decided) !== 0) this.#decided(row);
  }

  /** Nothing happens without what must have happened before. */
  #causes(row: number, seen: number): void {
    if ((seen & Seen.decided) !== 0 && (seen & Seen.opened) === 0) {
      this.#missing(row, 'the card decided an id that was never OPENED');
    }
    if (isCounted(seen) && (seen & Seen.decided) === 0) {
      this.#missing(row, `CLOSED names position ${this.#position(row)}, where the card decided nothing`);
    }
    if ((seen & Seen.closedReversed) !== 0 && (seen & Seen.reversed) === 0) {
      this.#missing(row, 'CLOSED as reversed, which the card never did');
    }
    if ((seen & Seen.reversed) !== 0 && (seen & Seen.reversalOpened) === 0) {
      this.#missing(row, 'the card reversed an id without REVERSAL_OPENED');
    }
    if ((seen & Seen.reversalClosed) !== 0 && (seen & Seen.reversed) === 0) {
      this.#missing(row, 'REVERSAL_CLOSED without a reversal by the card');
    }
    if ((seen & Seen.refused) !== 0 && (seen & Seen.decided) !== 0) {
      this.#findings.report('I5', 'refused by the terminal and decided by the card', this.#placeOf(row));
    }
  }

  #position(row: number): number {
    return this.#books.transactions.ids.position[row] ?? 0;
  }

  #missing(row: number, message: string): void {
    // Its cause may lie in frames that were written after their partition was read.
    if (this.#books.transactions.isLate(row)) this.#addInFlight(row, 'open');
    else this.#findings.report('I8', message, this.#placeOf(row));
  }

  #ends(row: number, seen: number): void {
    const undoing = (seen & Seen.reversalOpened) !== 0 && (seen & Seen.reversalClosed) === 0;
    const ended = (seen & (Seen.closed | Seen.reversalClosed)) !== 0;
    const open = (seen & Seen.opened) !== 0 && !ended;
    if (!undoing && !open) return;
    const waitsFor = (seen & Seen.decided) === 0 ? 'card' : 'close';
    this.#addInFlight(row, undoing ? 'reversal' : waitsFor);
    if (!this.#drained) return;
    const what = undoing ? 'its reversal is not closed' : 'it was opened and never closed';
    this.#findings.report('I8', `in flight after a drain: ${what}`, this.#placeOf(row));
  }

  #addInFlight(row: number, waitsFor: InFlight['waitsFor']): void {
    this.#inFlightCount += 1;
    if (this.#inFlight.length >= MAX_IN_FLIGHT) return;
    const { id = '', card = '' } = this.#placeOf(row);
    this.#inFlight.push({ id, card, waitsFor });
  }

  /** What a card decided, against what only its terminal's partition tells: list, policy, zone. */
  #decided(row: number): void {
    const { ids } = this.#books.transactions;
    const outcome = ids.outcome[row];
    const terminal = this.#books.terminalList[ids.terminal[row] ?? 0];
    if (terminal?.role === undefined) return;
    if (outcome !== Outcome.approved) this.#refusedDeferral(row, outcome, terminal.mayDefer);
    else this.#approved(row, terminal);
  }

  #refusedDeferral(row: number, outcome: number | undefined, mayDefer: boolean): void {
    const byTerminal = outcome === Outcome.deferralNotPermitted;
    // Rule 17: the terminal's policy comes before both.
    const byCard = outcome === Outcome.accountNotAvailable || outcome === Outcome.creditLimit;
    if (byTerminal) this.#rule(row, !mayDefer, 'DEFERRAL_NOT_PERMITTED, but the terminal may defer');
    if (byCard) this.#rule(row, mayDefer, 'refused for what comes after DEFERRAL_NOT_PERMITTED');
  }

  #approved(row: number, terminal: TerminalBook): void {
    const { prohibitions, payments, transactions } = this.#books;
    const { ids } = transactions;
    const kind = ids.kind[row];
    const card = ids.card[row] ?? 0;
    if (kind === Kind.purchase || kind === Kind.entry || kind === Kind.unload) {
      this.#findings.checked('I6');
      const why = prohibitions.has(card)
        ? prohibitions.wrong(card, ids.list[row] ?? 0, ids.openedAt[row] ?? 0)
        : undefined;
      if (why !== undefined) this.#findings.report('I6', `approved although ${why}`, this.#placeOf(row));
    }
    if (kind === Kind.purchase || kind === Kind.fare) this.#payment(row, terminal.mayDefer);
    const entered = payments.entries.get(row);
    if (entered !== undefined) {
      const what = `entered zone ${entered} through a gate of ${terminal.zone}`;
      this.#rule(row, entered === terminal.zone, what);
    }
    const fare = payments.fares.get(row);
    if (fare === undefined) return;
    const expected = fareOf(fare.fares, fare.entered.zone, terminal.zone);
    const found = sumOf(ids.partsOf(row));
    const way = `from ${fare.entered.zone} to ${terminal.zone}`;
    this.#rule(row, expected === found, `fare ${way}: expected ${expected}, found ${found}`);
  }

  #payment(row: number, mayDefer: boolean): void {
    const { payments, transactions } = this.#books;
    const { account, loan } = transactions.ids.partsOf(row);
    if (account + loan > 0) this.#rule(row, mayDefer, 'deferred although the terminal may not defer');
    if (!payments.notDeferred.has(row)) return;
    this.#rule(row, !mayDefer, 'not deferred, although card and terminal permit it');
  }

  #rule(row: number, holds: boolean, message: string): void {
    this.#findings.checked('RULE');
    if (!holds) this.#findings.report('RULE', message, this.#placeOf(row));
  }

  /** Collects what one side has counted and the other cannot have counted yet. */
  #openSums(row: number, seen: number): void {
    const { ids } = this.#books.transactions;
    const decided = (seen & Seen.decided) !== 0;
    const counted = isCounted(seen);
    if (decided !== counted) {
      const totals = this.#openOf(row).on(ids.batch[row] ?? 0, ids.businessDate[row] ?? 0);
      const sign = decided ? 1 : -1;
      const parts = ids.partsOf(row);
      if (ids.outcome[row] !== Outcome.approved) totals.declined(ids.amount[row] ?? 0, sign);
      else totals.approved(ids.kind[row] ?? 0, sumOf(parts), parts, sign);
    }
    const reversed = (seen & Seen.reversed) !== 0;
    if (reversed !== ((seen & Seen.reversalClosed) !== 0)) this.#openReversal(row, reversed ? 1 : -1);
  }

  #openReversal(row: number, sign: 1 | -1): void {
    const { ids, reversals } = this.#books.transactions;
    const reversal = reversals.get(row);
    if (reversal?.answer?.original !== Outcome.approved) return;
    const totals = this.#openOf(row).on(reversal.batch, reversal.businessDate);
    totals.reversed(ids.kind[row] ?? 0, reversal.answer.amount, reversal.answer.parts, sign);
  }

  #openOf(row: number): TotalsBook {
    const terminal = this.#books.transactions.ids.terminal[row] ?? 0;
    const known = this.#open.get(terminal) ?? new TotalsBook();
    this.#open.set(terminal, known);
    return known;
  }

  /** I8: terminal = center = cards, over ids that are final for all three. */
  #sums(): void {
    const center = this.#books.terminalList.map(() => new TotalsBook());
    for (const visitors of this.#books.visitors) {
      for (const visitor of visitors?.values() ?? []) {
        const place = { partition: visitor.partition, terminal: visitor.terminal.id };
        this.#equal('cards and center', visitor.cards, visitor.center, place);
        center[visitor.terminal.index]?.addAll(visitor.center);
      }
    }
    for (const terminal of this.#books.terminalList) {
      const own = new TotalsBook();
      own.addAll(terminal.totals);
      own.addAll(this.#open.get(terminal.index) ?? new TotalsBook());
      this.#equal('terminal and center', own, center[terminal.index] ?? new TotalsBook(), {
        terminal: terminal.id,
      });
    }
  }

  #equal(who: string, one: TotalsBook, other: TotalsBook, place: Place): void {
    const differs = (what: string, left: bigint, right: bigint): void => {
      this.#findings.report('I8', `${who} differ in ${what}: ${left} and ${right}`, place);
    };
    const compared = compareTotals(one, other, differs, 'ownRefusals');
    this.#findings.counts.I8 += compared;
  }

  #placeOf(row: number): Place {
    const id = this.#books.idOf(row);
    const { ids } = this.#books.transactions;
    const card = this.#books.cardList[ids.card[row] ?? 0];
    const position = ids.has(row, Seen.answered) ? { position: this.#position(row) } : {};
    return {
      ...(card === undefined || !ids.has(row, Seen.content) ? {} : { card: card.id, partition: card.place }),
      ...position,
      terminal: id.terminal,
      id: idText(id.terminal, id.incarnation, id.number),
    };
  }
}

/** The terminal has learned the card's outcome and counted it. */
function isCounted(seen: number): boolean {
  if ((seen & Seen.countedLate) !== 0) return true;
  return (seen & (Seen.closed | Seen.closedReversed)) === Seen.closed;
}
