/** The events of the center's record, each computed again from the record's own balances before it. */
import type { v1 } from '../../proto/generated/emoney.js';
import { Kind, Outcome } from './codes.js';
import { toNumber, toUnsigned } from '../../proto/guard.js';
import type { Act, TurnScratch } from './act.js';
import type { Books } from './books.js';
import type { Findings } from './findings.js';
import { RecordLedger } from './ledger.js';
import { settle, shown } from './movement.js';
import { move, undo } from './split.js';
import type { BatchBook } from './tally.js';
import { need, NO_BALANCES, NO_PARTS, readAsked, readBalances, readParts } from './wire.js';
import { readReasons, readTerms, readVersion, type Asked, type Parts } from './wire.js';

export class RecordEvents {
  readonly #books: Books;
  readonly #findings: Findings;
  readonly #turn: TurnScratch;

  constructor(books: Books, turn: TurnScratch) {
    this.#books = books;
    this.#findings = books.findings;
    this.#turn = turn;
  }

  opened(event: v1.RecordOpened.$Properties): void {
    const book = this.#touch(event.card);
    const fresh = this.#findings.holds(
      'I5',
      book.record === undefined,
      () => 'the record is opened a second time',
    );
    if (fresh) book.record = new RecordLedger(readTerms(event.terms));
  }

  activated(event: v1.RecordActivated.$Properties): void {
    const record = this.#known(event.card);
    record.active = true;
    record.version += 1;
  }

  limitChanged(event: v1.RecordLimitChanged.$Properties): void {
    const record = this.#known(event.card);
    const previous = toNumber(event.previousLimit ?? 0, 'previous_limit');
    this.#findings.same('I4', 'previous limit', record.balances.limit, previous);
    record.balances = { ...record.balances, limit: toNumber(event.limit ?? 0, 'limit') };
    record.version += 1;
  }

  prohibitionChanged(event: v1.RecordProhibitionChanged.$Properties): void {
    const record = this.#known(event.card);
    // D14: readers of the list keep the higher position, so a second change in one frame takes the next one.
    const expected = Math.max(this.#turn.position, record.changedPosition + 1);
    const position = toUnsigned(event.position ?? 0, 'position');
    this.#findings.same('I6', 'position of the change', expected, position);
    record.reasons = readReasons(event.reasons);
    record.changedPosition = position;
    record.version += 1;
    const { index } = this.#books.card(event.card ?? '');
    this.#books.prohibitions.changed(index, position, record.reasons !== 0, this.#turn.time);
  }

  published(event: v1.ProhibitionPublished.$Properties): void {
    const record = this.#known(event.card);
    const position = toUnsigned(event.position ?? 0, 'position');
    const version = need(readVersion(event.version), 'version');
    record.publishedPosition = position;
    record.publishedVersion = version;
    this.#books.prohibitions.published(this.#books.card(event.card ?? '').index, position, version);
  }

  moved(event: v1.RecordMoved.$Properties): void {
    const asked = readAsked(event.asked);
    const record = this.#known(asked.card);
    const parts = readParts(event.parts);
    const balances = readBalances(event.balances);
    const expected = asked.kind === Kind.enquiry ? record.balances : move(asked.kind, parts, record.balances);
    settle(this.#findings, 'record', record, expected, balances);
    if (asked.kind !== Kind.enquiry) record.approvedCount += 1;
    const totals = this.#totals(asked);
    if (asked.kind === Kind.enquiry) totals.enquiries += 1;
    else totals.line(asked.kind === Kind.deposit ? 'deposits' : 'purchases').add(asked.amount, parts);
    const receiveTime = toNumber(event.receiveTimeMs ?? 0, 'receive_time_ms');
    const row = this.#books.row(asked.id);
    const { amount } = asked;
    this.#act({ kind: 'moved', row, asked, outcome: Outcome.approved, amount, parts, balances, receiveTime });
  }

  declined(event: v1.RecordDeclined.$Properties): void {
    const asked = readAsked(event.asked);
    const book = this.#books.cards.get(asked.card);
    if (book?.record !== undefined) {
      this.#turn.touch(book);
      book.record.declinedCount += 1;
    }
    const outcome: number = event.outcome ?? 0;
    // Rule 17: counted as declined with its amount, 0 for INVALID_AMOUNT.
    const amount = outcome === Outcome.invalidAmount ? 0 : asked.amount;
    this.#totals(asked).line('declines').add(amount, NO_PARTS);
    const receiveTime = toNumber(event.receiveTimeMs ?? 0, 'receive_time_ms');
    const balances = book?.record?.balances ?? NO_BALANCES;
    const row = this.#books.row(asked.id);
    this.#act({ kind: 'declined', row, asked, outcome, amount, parts: NO_PARTS, balances, receiveTime });
  }

  reversed(event: v1.RecordReversed.$Properties): void {
    const asked = readAsked(event.asked);
    const amount = toNumber(event.amount ?? 0, 'amount');
    const parts = readParts(event.parts);
    const balances = readBalances(event.balances);
    const record = this.#books.cards.get(asked.card)?.record;
    if (record !== undefined) {
      this.#touch(asked.card);
      const expected = amount === 0 ? record.balances : undo(asked.kind, parts, record.balances);
      settle(this.#findings, 'record', record, expected, balances);
    }
    if (amount === 0) this.#findings.same('I2', 'parts of a tombstone', 'nothing', shown(parts));
    else this.#countReversal(asked, amount, parts);
    const receiveTime = toNumber(event.receiveTimeMs ?? 0, 'receive_time_ms');
    const row = this.#books.row(asked.id);
    const outcome = Outcome.reversed;
    this.#act({ kind: 'reversed', row, asked, outcome, amount, parts, balances, receiveTime });
  }

  #countReversal(asked: Asked, amount: number, parts: Parts): void {
    const line = asked.kind === Kind.deposit ? 'depositReversals' : 'purchaseReversals';
    this.#totals(asked).line(line).add(amount, parts);
  }

  #totals(asked: Asked): BatchBook {
    const visitor = this.#books.visitor(this.#turn.partition, asked.id.terminal);
    return visitor.center.on(asked.batch, asked.businessDate);
  }

  #act(act: Act): void {
    this.#turn.recordActs.push(act);
  }

  #touch(id: string | null | undefined) {
    this.#findings.at.card = id ?? '';
    const book = this.#books.card(id ?? '');
    this.#turn.touch(book);
    return book;
  }

  #known(id: string | null | undefined): RecordLedger {
    const { record } = this.#touch(id);
    if (record === undefined) throw new Error(`record ${id ?? ''} has an event but was never opened`);
    return record;
  }
}
