/** Interest of each record, and what the center keeps in a partition: parameters, and how far runs have charged (I7). */
import type { v1 } from '../../../proto/generated/emoney.js';
import { dateOfDay, dayOf } from '../calendar.js';
import { changed, NO_CHANGE } from '../rules/effect.js';
import { need, plain } from '../wire/basics.js';
import { readBalances } from '../wire/money.js';
import { readParameters } from '../wire/parameters.js';
import { toBigInt } from '../../../proto/guard.js';
import { chargedText } from '../states/centerState.js';
import { interestText } from './notices.js';
import { settle } from './settle.js';
import type { Stage } from './stage.js';

export class InterestEvents {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  parametersSet(event: v1.ParametersSet.$Properties): void {
    this.#here(event.partition);
    this.#stage.books.tariffs.adopt(this.#stage.turn.partition, readParameters(event.parameters));
  }

  runBegun(event: v1.InterestRunBegun.$Properties): void {
    const { findings, books, turn } = this.#stage;
    this.#here(event.partition);
    const shard = books.shard(turn.partition);
    const through = event.through ?? 0;
    const later = through > shard.chargedThrough;
    findings.holds('I7', later, () => `a run up to ${through} after one up to ${shard.chargedThrough}`);
    const today = this.#stage.today();
    findings.checked('I7');
    // While its journal is away a partition's frame keeps its time, and the office's goes on.
    if (through >= today) books.office.early({ partition: turn.partition, through, today });
    shard.chargedThrough = Math.max(through, shard.chargedThrough);
  }

  /** What it answers the office, whoever asks how often. */
  cardsCharged(event: v1.CardsCharged.$Properties): void {
    const { books, turn } = this.#stage;
    this.#here(event.partition);
    const { through, settlement, cards, amount } = need(event.charged, 'charged');
    const shard = books.shard(turn.partition);
    if ((settlement ?? 0) > 0) shard.ordered = chargedText(event.charged);
    else shard.charged = chargedText(event.charged);
    books.office.stated(
      through ?? 0,
      settlement ?? 0,
      plain(cards, 'cards'),
      toBigInt(amount ?? 0, 'amount'),
    );
  }

  /** Rule 6: exact for every day since the one charged last. */
  posted(event: v1.RecordInterestPosted.$Properties): void {
    const { findings, books, turn } = this.#stage;
    const book = this.#stage.touch(event.card);
    const record = this.#stage.record(event.card);
    const amount = plain(event.amount, 'amount');
    const through = event.through ?? 0;
    const day = dayOf(through);
    const [carry, dropped] = [plain(event.carry, 'carry'), plain(event.dropped, 'dropped')];
    const { accrual } = record;
    const last = dateOfDay(accrual.through);
    const closing = turn.closed.find((each) => each.book === book);
    const later = through > last || (closing !== undefined && through === last);
    findings.holds('I7', later, () => `${through} is charged although ${last} was charged before`);
    // A closing charges up to its own day; what is dated later ends with it.
    const charged = closing === undefined ? day : dayOf(closing.today);
    const due = accrual.due(charged, books.tariffs.rateOn(turn.partition));
    findings.same('I7', `interest up to ${through}`, due.amount, amount);
    findings.same('I7', `fraction left after ${through}`, due.carry, carry + dropped);
    if (closing !== undefined) {
      const end = Math.max(charged, accrual.through, accrual.changes.at(-1)?.day ?? 0);
      findings.same('I7', 'last date of a closed card', dateOfDay(end), through);
    }
    settle(
      findings,
      'record',
      record,
      changed(record.balances, { ...NO_CHANGE, interest: amount }),
      readBalances(event.balances),
    );
    accrual.charged(day, carry);
    if (dropped > 0) turn.dropped.push(book);
    if (closing !== undefined || dropped > 0) {
      // No business of the card's.
      findings.same('I7', 'fraction kept when one is dropped', 0, carry);
      return;
    }
    findings.holds('I7', !record.closed, () => 'interest is charged on a closed card');
    this.#ofRun(through, amount);
    turn.recordNotices.push({ card: event.card ?? '', what: interestText(amount, through) });
  }

  /** Among those that a run visits, or no longer. */
  listed(event: v1.RecordListed.$Properties): void {
    const record = this.#stage.record(event.card);
    const listed = event.listed ?? false;
    this.#stage.findings.same('I7', 'listed before', !listed, record.listed);
    record.listed = listed;
    this.#stage.books.shard(this.#stage.turn.partition).borrowers += listed ? 1 : -1;
  }

  /** Only a run charges an open card. */
  #ofRun(through: number, amount: number): void {
    const { findings, books, turn } = this.#stage;
    const { chargedThrough } = books.shard(turn.partition);
    const begun = through <= chargedThrough;
    findings.holds('I7', begun, () => `charged up to ${through} by no run: the last was ${chargedThrough}`);
    books.office.posted(through, amount);
  }

  #here(partition: number | null | undefined): void {
    const { findings, turn } = this.#stage;
    findings.same('FORMAT', 'partition of the shard', turn.partition, partition ?? 0);
  }
}
