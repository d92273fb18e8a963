/**
 * What the center decides for the whole deployment (rule 6, D13): parameters that every partition adopts, interest runs
 * that visit every partition. Its events are in one partition, what follows from them in all.
 */
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
  /** By the office, in whose time its date was over. */
  begun: boolean;
  /** What it states at its end; undefined: it has not ended. */
  ended: Sum | undefined;
  /** What it did, as the records have it: cards of which there is something, and how much. */
  readonly done: ExactSum;
  cards: number;
  /** The last of these cards: its orders are in one turn. */
  last: string;
  /** What partitions have answered. */
  stated: Sum;
}

/** A run that a partition charges by a date that is not over by its own time. */
interface EarlyRun {
  readonly partition: number;
  readonly through: number;
  readonly today: number;
}

interface Sum {
  readonly cards: number;
  readonly amount: bigint;
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
  /** Last date of an interest run that has ended. */
  #charged = 0;
  readonly #early: EarlyRun[] = [];

  /** `time`: of the frame. */
  begun(through: number, settlement: number, time: number): void {
    this.running = nameOf(through, settlement);
    this.runsThrough = through;
    this.#begun = time;
    this.#progress.length = 0;
    this.#run(this.running).begun = true;
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

  ended(through: number, settlement: number, sum: Sum): void {
    this.#run(nameOf(through, settlement)).ended = sum;
    this.running = '';
    if (settlement > 0) this.#settled = this.#begun;
    else this.#charged = Math.max(this.#charged, through);
  }

  posted(through: number, amount: number): void {
    const run = this.#run(nameOf(through, 0));
    run.done.add(amount);
    run.cards += 1;
  }

  /** Signed: a credit is below 0. */
  ordered(settlement: number, card: string, amount: number): void {
    const run = this.#run(nameOf(0, settlement));
    run.done.add(amount);
    if (run.last !== card) run.cards += 1;
    run.last = card;
  }

  /** Right only if the office has begun it. */
  early(run: EarlyRun): void {
    this.#early.push(run);
  }

  stated(through: number, settlement: number, cards: number, amount: bigint): void {
    const run = this.#run(nameOf(through, settlement));
    run.stated = { cards: run.stated.cards + cards, amount: run.stated.amount + amount };
  }

  #run(name: string): Run {
    let run = this.#runs.get(name);
    if (run === undefined) {
      const stated = { cards: 0, amount: 0n };
      run = { begun: false, ended: undefined, done: new ExactSum(), cards: 0, last: '', stated };
      this.#runs.set(name, run);
    }
    return run;
  }

  /** Call when everything was read and nothing runs any more. */
  verify(books: Books): void {
    const { findings } = books;
    for (const [name, { ended, done, cards, stated }] of this.#runs) {
      findings.same('I7', `what partitions answered, ${name}`, done.value, stated.amount);
      findings.same('I7', `cards that partitions answered, ${name}`, cards, stated.cards);
      if (ended === undefined) continue;
      findings.same('I7', `sum of the ${name}`, done.value, ended.amount);
      findings.same('I7', `cards of the ${name}`, cards, ended.cards);
    }
    for (const [partition, number] of this.adopted.entries()) {
      const own = books.tariffs.adopted(partition).at(-1)?.number ?? 0;
      const what = (): string =>
        `partition ${partition} is said to have parameters ${number}, and has ${own}`;
      findings.holds('RULE', own >= number, what);
    }
    for (const { partition, through, today } of this.#early) {
      if (this.#runs.get(nameOf(through, 0))?.begun === true) continue;
      const what = `a run up to ${through}, which is not over on ${today} and was begun by nobody`;
      findings.report('I7', what, { partition });
    }
    this.#verifyCharged(books);
    this.#ordered(books);
  }

  /** I10: a settlement has ordered what was to be ordered of every account share. */
  #ordered(books: Books): void {
    for (const { id, place, record } of books.cardList) {
      for (const [row, share] of record?.shares ?? []) {
        // It may have changed after the settlement, in a frame of an earlier time.
        if (share.changed + books.disorderMs > this.#settled) continue;
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

  /** I7: a run that has ended has charged every open record. The schedule may begin one at any time, also after a drain. */
  #verifyCharged(books: Books): void {
    const { findings } = books;
    for (const { id, place, record } of books.cardList) {
      const through = books.shards[place]?.chargedThrough ?? 0;
      if (record === undefined || record.closed || through === 0 || through > this.#charged) continue;
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
