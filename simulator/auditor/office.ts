/**
 * What the center decides for the whole deployment (rule 6, D13): parameters that every partition adopts, interest runs
 * that visit every partition. Its events are in one partition, what follows from them in all.
 */
import { MAX_CLOCK_SKEW_MS } from '../../actors/bounds.js';
import type { Books } from './books.js';
import { dayOf } from './calendar.js';
import { ExactSum } from './exact.js';
import { idText } from './findings.js';
import { dueOf } from './ledger.js';

/** Of one partition, as the office counts. */
interface Progress {
  readonly done: boolean;
  readonly cards: number;
  readonly amount: bigint;
}

interface Run {
  /** Ended, with the sum that it states. */
  ended: bigint | undefined;
  /** What it did, as the records have it. */
  readonly done: ExactSum;
}

export class Office {
  /** Numbers and contents of the parameters that were decided. */
  readonly decided: string[] = [];
  /** Last number that a partition is said to have adopted, by partition. */
  readonly adopted: number[] = [];
  /** Named by what they do. */
  readonly #runs = new Map<string, Run>();
  /** Last date of an interest run, and the number of the last settlement. */
  through = 0;
  settlements = 0;
  /** Name of the run that is under way; empty: none. */
  running = '';
  /** The date up to which it charges; of a settlement the one on which it was begun. */
  runsThrough = 0;
  /** Time of the frame in which it was begun. */
  #begun = 0;
  /** By partition. */
  readonly #progress: Progress[] = [];
  /** What was there by then is ordered: the last settlement that has ended was begun at this time. */
  #settled = 0;

  /** `time`: of the frame. */
  begun(through: number, settlement: number, time: number): void {
    this.running = nameOf(through, settlement);
    this.runsThrough = through;
    this.#begun = time;
    this.#progress.length = 0;
    this.#run(this.running);
    if (settlement === 0) this.through = Math.max(through, this.through);
    else this.settlements = settlement;
  }

  progressed(partition: number, progress: Progress): void {
    this.#progress[partition] = progress;
  }

  /** What partitions have done so far, and how many are done. */
  get progress(): { readonly done: number; readonly cards: number; readonly amount: bigint } {
    let [done, cards, amount] = [0, 0, 0n];
    for (const each of this.#progress.filter(Boolean)) {
      done += each.done ? 1 : 0;
      cards += each.cards;
      amount += each.amount;
    }
    return { done, cards, amount };
  }

  ended(through: number, settlement: number, amount: bigint): void {
    this.#run(nameOf(through, settlement)).ended = amount;
    this.running = '';
    if (settlement > 0) this.#settled = this.#begun;
  }

  posted(through: number, amount: number): void {
    this.#run(nameOf(through, 0)).done.add(amount);
  }

  /** Signed: a credit is below 0. */
  ordered(settlement: number, amount: number): void {
    this.#run(nameOf(0, settlement)).done.add(amount);
  }

  #run(name: string): Run {
    let run = this.#runs.get(name);
    if (run === undefined) {
      run = { ended: undefined, done: new ExactSum() };
      this.#runs.set(name, run);
    }
    return run;
  }

  /** Call when everything was read and nothing runs any more. */
  verify(books: Books): void {
    const { findings } = books;
    for (const [name, { ended, done }] of this.#runs) {
      // What was done when an answer was lost is not in it: of interest at least so much, of credits and debits nothing.
      if (ended === undefined || ended <= done.value || !name.startsWith('interest')) continue;
      findings.same('I7', `sum of the ${name}`, done.value, ended);
    }
    for (const [partition, number] of this.adopted.entries()) {
      const own = books.tariffs.adopted(partition).at(-1)?.number ?? 0;
      const what = (): string =>
        `partition ${partition} is said to have parameters ${number}, and has ${own}`;
      findings.holds('RULE', own >= number, what);
    }
    this.#charged(books);
    this.#ordered(books);
  }

  /** I10: a settlement has ordered what was to be ordered of every account share. */
  #ordered(books: Books): void {
    for (const { id, place, record } of books.cardList) {
      for (const [row, share] of record?.shares ?? []) {
        // Owners' clocks may differ.
        if (share.changed + MAX_CLOCK_SKEW_MS > this.#settled) continue;
        books.findings.checked('I10');
        const due = dueOf(share);
        if (due === 0) continue;
        const { terminal, incarnation, number } = books.idOf(row);
        const where = { card: id, partition: place, id: idText(terminal, incarnation, number) };
        const what = `settlement ${this.settlements} left out ${due} of an account share`;
        books.findings.report('I10', what, where);
      }
    }
  }

  /** I7: a run has charged every record of its partition. */
  #charged(books: Books): void {
    const { findings } = books;
    for (const { id, place, record } of books.cardList) {
      const through = books.shards[place]?.chargedThrough ?? 0;
      if (record === undefined || through === 0) continue;
      const { accrual } = record;
      const due = accrual.due(dayOf(through), books.tariffs.rateOn(place));
      const left = due.amount > 0 || due.carry !== accrual.carry;
      findings.checked('I7');
      if (left) findings.report('I7', `left out by a run up to ${through}`, { card: id, partition: place });
    }
  }
}

export function nameOf(through: number, settlement: number): string {
  return settlement === 0 ? `interest run up to ${through}` : `settlement ${settlement}`;
}
