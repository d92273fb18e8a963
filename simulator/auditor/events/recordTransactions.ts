/** The center's own events about transactions, each computed again from what the record held before. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { Kind, Outcome } from '../codes.js';
import { Seen } from '../ids.js';
import { newShare, type RecordLedger } from '../ledger.js';
import { changed, changeOf, undoingOf } from '../rules/effect.js';
import { sumOf } from '../rules/split.js';
import { need, plain } from '../wire/basics.js';
import { readAsked, type Asked } from '../wire/asked.js';
import { NO_PARTS, readBalances, readParts, shown, type Parts } from '../wire/money.js';
import { Principal } from './principal.js';
import { settle } from './settle.js';
import type { Stage } from './stage.js';
import type { Act } from './turn.js';

export class RecordTransactions {
  readonly #stage: Stage;
  readonly #principal: Principal;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#principal = new Principal(stage);
  }

  moved(event: v1.RecordMoved.$Properties): void {
    const asked = readAsked(event.asked);
    const { kind } = asked;
    const record = this.#stage.record(asked.card);
    const parts = readParts(event.parts);
    const before = record.balances;
    const after = changed(before, changeOf(kind, parts));
    settle(this.#stage.findings, 'record', record, after, readBalances(need(event.balances, 'balances')));
    this.#principal.moved(record, before.loan, asked.businessDate, event.accrualDate);
    if (kind !== Kind.enquiry && kind !== Kind.entry) record.approvedCount += 1;
    if (kind === Kind.unload) record.closed = true;
    const row = this.#stage.books.row(asked.id);
    const receiveTime = plain(event.receiveTimeMs, 'receive_time_ms');
    this.#share(record, asked, row, parts, event.account ?? '');
    const amount = sumOf(parts);
    this.#stage.centerTotals(asked).approved(kind, amount, parts);
    const said = { outcome: Outcome.approved, amount, parts, receiveTime };
    this.#act({ kind: 'moved', row, asked, ...said, pinVerified: event.pinVerified ?? false });
  }

  declined(event: v1.RecordDeclined.$Properties): void {
    const { books, turn } = this.#stage;
    const asked = readAsked(event.asked);
    const book = books.cards.get(asked.card);
    if (book?.record !== undefined) {
      turn.touch(book);
      book.record.declinedCount += 1;
    }
    const { amount } = asked;
    this.#stage.centerTotals(asked).declined(amount);
    const receiveTime = plain(event.receiveTimeMs, 'receive_time_ms');
    const row = books.row(asked.id);
    const outcome = event.outcome ?? 0;
    const said = { outcome, amount, parts: NO_PARTS, receiveTime };
    this.#act({ kind: 'declined', row, asked, ...said, pinVerified: false });
  }

  reversed(event: v1.RecordReversed.$Properties): void {
    const { findings, books } = this.#stage;
    const asked = readAsked(event.asked);
    const amount = plain(event.amount, 'amount');
    const parts = readParts(event.parts);
    const row = books.row(asked.id);
    const { record } = this.#stage.books.cards.get(asked.card) ?? {};
    if (record !== undefined) this.#undo(record, event, asked, row, parts);
    if (amount === 0) findings.same('I2', 'parts where nothing is undone', 'nothing', shown(parts));
    const { ids } = books.transactions;
    const approved = ids.has(row, Seen.decided) && ids.outcome[row] === Outcome.approved;
    findings.same('I3', 'the record undoes it', approved, event.undone ?? false);
    if (approved) this.#stage.centerTotals(asked).reversed(asked.kind, amount, parts);
    const receiveTime = plain(event.receiveTimeMs, 'receive_time_ms');
    const said = { outcome: Outcome.reversed, amount, parts, receiveTime };
    this.#act({ kind: 'reversed', row, asked, ...said, pinVerified: false });
  }

  #undo(
    record: RecordLedger,
    event: v1.RecordReversed.$Properties,
    asked: Asked,
    row: number,
    parts: Parts,
  ): void {
    this.#stage.touch(asked.card);
    const { kind } = asked;
    const before = record.balances;
    const after = changed(before, undoingOf(kind, parts));
    settle(this.#stage.findings, 'record', record, after, readBalances(event.balances));
    this.#principal.moved(record, before.loan, asked.businessDate, event.accrualDate);
    if (kind === Kind.purchase || kind === Kind.fare) this.#giveBack(record, row, parts, 1);
    const target = this.#stage.books.payments.targetOf(row);
    if (target !== undefined) this.#giveBack(record, target, parts, -1);
    if (kind === Kind.unload && event.undone === true) record.closed = false;
  }

  /** Rule 11: what the designated account takes, and what of it is given back. */
  #share(record: RecordLedger, asked: Asked, row: number, parts: Parts, account: string): void {
    const { kind, businessDate } = asked;
    if (kind === Kind.purchase || kind === Kind.fare) {
      record.lastPayment = row;
      const { time } = this.#stage.turn;
      // Journals of before do not say it.
      if (parts.account > 0 && account !== '') {
        this.#stage.findings.same('RULE', 'account of the share', record.policy.account, account);
      }
      if (parts.account > 0) record.addShare(row, newShare(parts.account, account, businessDate, time));
      return;
    }
    if (kind !== Kind.refund && kind !== Kind.void) return;
    const named = asked.original === undefined ? undefined : this.#stage.books.knownRow(asked.original);
    const payment = kind === Kind.void ? record.lastPayment : named;
    if (payment !== undefined) this.#giveBack(record, payment, parts, 1);
  }

  #giveBack(record: RecordLedger, payment: number, parts: Parts, sign: 1 | -1): void {
    const amount = parts.account - parts.accountAsLoan;
    if (amount === 0) return;
    const share = record.shares.get(payment);
    const { findings } = this.#stage;
    const known = share !== undefined;
    findings.holds('I10', known, () => `${amount} of an account share is given back that was never taken`);
    if (share === undefined) return;
    findings.holds('I10', !share.forgotten, () => 'of an account share that was forgotten');
    share.givenBack += sign * amount;
    share.changed = this.#stage.turn.time;
    const within = share.givenBack >= 0 && share.givenBack <= share.amount;
    const what = (): string => `${share.givenBack} of an account share of ${share.amount} is given back`;
    findings.holds('I10', within, what);
  }

  #act(act: Act): void {
    this.#stage.turn.recordActs.push(act);
  }
}
