/**
 * What was tried with prohibited cards, and what came of it (rule 7): from the center's decision on, in the order of
 * the card's journal. Judged by the center's decisions alone; that the card agrees is another check.
 */
import { Kind, kindName, Outcome } from './codes.js';
import type { Findings } from './findings.js';
import type { Parts } from './wire/money.js';

/** A number of taps, and what they asked for, minor units, decimal. */
export interface Counted {
  readonly count: number;
  readonly amount: string;
}

export interface TapsReport {
  /** Decisions that prohibited a card that was free. */
  readonly prohibitions: number;
  /** Refused by a terminal, from its own list. */
  readonly byTerminal: Counted;
  /** Opened under a list that did not have the prohibition yet: sent to the card, which refused. */
  readonly byCard: Counted;
  /** Approved from the decision on, or from what caused it until then. Anything here is a violation. */
  readonly approved: Counted;
  /** Exits from a gate, which always opens (rule 14): `amount` is what the stored value paid. */
  readonly exits: Counted;
}

/** What rule 7 refuses. */
const WITHHELD: readonly number[] = [Kind.purchase, Kind.entry, Kind.unload];

class Count {
  count = 0;
  #amount = 0n;

  add(amount: number): void {
    this.count += 1;
    this.#amount += BigInt(amount);
  }

  shown(): Counted {
    return { count: this.count, amount: this.#amount.toString() };
  }
}

/** Where something was read. */
export interface At {
  readonly partition: number;
  readonly position: number;
}

export class Taps {
  readonly #findings: Findings;
  /** By partition: only later frames are counted; all are judged. */
  readonly #after: readonly number[];
  /** Cards that are prohibited, and since which position, by index. */
  readonly #prohibited = new Map<number, number>();
  #prohibitions = 0;
  readonly #byTerminal = new Count();
  readonly #byCard = new Count();
  readonly #approved = new Count();
  readonly #exits = new Count();

  constructor(findings: Findings, after: readonly number[]) {
    this.#findings = findings;
    this.#after = after;
  }

  /** The center has decided. */
  decided(card: number, prohibited: boolean, at: At): void {
    if (!prohibited) this.#prohibited.delete(card);
    else if (!this.#prohibited.has(card)) {
      this.#prohibited.set(card, at.position);
      if (this.#counts(at)) this.#prohibitions += 1;
    }
  }

  refusedByTerminal(outcome: number, amount: number, at: At): void {
    if (outcome === Outcome.cardProhibited && this.#counts(at)) this.#byTerminal.add(amount);
  }

  refusedByCard(outcome: number, amount: number, at: At): void {
    if (outcome === Outcome.cardProhibited && this.#counts(at)) this.#byCard.add(amount);
  }

  /** `overLimit`: more was owed than the limit before it, so that the decision was due. */
  approved(card: number, kind: number, amount: number, parts: Parts, overLimit: boolean, at: At): void {
    const since = this.#prohibited.get(card);
    if (since === undefined && !overLimit) return;
    const drawn = parts.account + parts.loan;
    if (kind === Kind.fare) {
      this.#findings.holds('I6', drawn === 0, () => `a fare of a prohibited card was deferred (${drawn})`);
      if (this.#counts(at)) this.#exits.add(parts.value);
    } else if (WITHHELD.includes(kind)) {
      const why =
        since === undefined ? 'while it was due to be prohibited' : `after its prohibition at ${since}`;
      this.#findings.report('I6', `a ${kindName(kind)} of ${amount} was approved ${why}`);
      if (this.#counts(at)) this.#approved.add(amount);
    }
  }

  report(): TapsReport {
    return {
      prohibitions: this.#prohibitions,
      byTerminal: this.#byTerminal.shown(),
      byCard: this.#byCard.shown(),
      approved: this.#approved.shown(),
      exits: this.#exits.shown(),
    };
  }

  #counts({ partition, position }: At): boolean {
    return position > (this.#after[partition] ?? 0);
  }
}
