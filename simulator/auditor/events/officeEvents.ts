/** What the center decides for the whole deployment, and how its interest runs go on. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { toBigInt } from '../../../proto/guard.js';
import { dateOfDay, dayOf, weekdayOf } from '../calendar.js';
import { Frequency } from '../codes.js';
import { nameOf } from '../office.js';
import { need, plain } from '../wire/basics.js';
import { readParameters } from '../wire/parameters.js';
import type { Stage } from './stage.js';

export class OfficeEvents {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** In force from a date that has not begun: no partition has decided anything of it yet. */
  parametersDecided(event: v1.ParametersDecided.$Properties): void {
    const { findings, books } = this.#stage;
    const parameters = readParameters(event.parameters);
    const { number, effectiveFrom } = parameters;
    findings.same('RULE', 'number of the parameters', books.office.decided.length + 1, number);
    const today = this.#stage.today();
    const later = effectiveFrom > today;
    findings.holds('RULE', later, () => `parameters from ${effectiveFrom} on are decided on ${today}`);
    books.office.decided.push(JSON.stringify(parameters));
    books.tariffs.decided(parameters);
    this.#all(event.partitions);
  }

  parametersAdopted(event: v1.ParametersAdopted.$Properties): void {
    const { findings, books } = this.#stage;
    const number = event.number ?? 0;
    findings.same('RULE', 'parameters that are adopted', books.office.decided.length, number);
    books.office.adopted[event.partition ?? 0] = number;
  }

  runBegun(event: v1.RunBegun.$Properties): void {
    const { findings, books } = this.#stage;
    const { office } = books;
    const [through, settlement] = [event.through ?? 0, event.settlement ?? 0];
    findings.same('I7', 'run that is under way when another begins', '', office.running);
    if (settlement > 0) {
      findings.same('RULE', 'number of the settlement', office.settlements + 1, settlement);
      findings.same('RULE', 'date of the settlement', this.#stage.today(), through);
    } else this.#charges(through, event.byOperator ?? false);
    this.#all(event.partitions);
    office.begun(through, settlement, this.#stage.turn.time);
  }

  #charges(through: number, byOperator: boolean): void {
    const { findings, books } = this.#stage;
    const last = books.office.through;
    findings.holds('I7', through > last, () => `a run up to ${through} after one up to ${last}`);
    const today = this.#stage.today();
    findings.holds('I7', through < today, () => `a run up to ${through}, which is not over on ${today}`);
    if (!byOperator) this.#scheduled(through, today);
  }

  /** Rule 6: every day, up to a Sunday, or up to the end of a month. */
  #scheduled(through: number, today: number): void {
    const { books, findings, turn } = this.#stage;
    const { frequency } = books.tariffs.on(turn.partition, today);
    const weekly = weekdayOf(through) === 6;
    const monthly = dateOfDay(dayOf(through) + 1) % 100 === 1;
    const due = frequency === Frequency.weekly ? weekly : frequency !== Frequency.monthly || monthly;
    findings.holds('RULE', due, () => `a run up to ${through} by a schedule of frequency ${frequency}`);
  }

  runProgressed(event: v1.RunProgressed.$Properties): void {
    const { partition, done, cards, amount } = need(event.progress, 'progress');
    this.#stage.books.office.progressed(partition ?? 0, {
      done: done ?? false,
      cards: plain(cards, 'cards'),
      amount: toBigInt(amount ?? 0, 'amount'),
    });
  }

  runEnded(event: v1.RunEnded.$Properties): void {
    const { findings, books } = this.#stage;
    const { progress } = books.office;
    findings.same('I7', 'partitions that are done when a run ends', books.partitions, progress.done);
    const [cards, amount] = [plain(event.cards, 'cards'), toBigInt(event.amount ?? 0, 'amount')];
    findings.same('I7', 'cards of the run', progress.cards, cards);
    findings.same('I7', 'amount of the run', progress.amount, amount);
    const [through, settlement] = [event.through ?? 0, event.settlement ?? 0];
    findings.same('I7', 'run that ends', books.office.running, nameOf(through, settlement));
    findings.same('I7', 'date of the run that ends', books.office.runsThrough, through);
    books.office.ended(through, settlement, { cards, amount });
  }

  #all(partitions: number | null | undefined): void {
    const { findings, books } = this.#stage;
    findings.same('FORMAT', 'partitions of the deployment', books.partitions, partitions ?? 0);
  }
}
