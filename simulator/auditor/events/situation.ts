/** A card at the moment of a decision, pending instructions applied: what rule 17's checks look at. */
import { MAX_HELD_VALUE } from '../../../actors/bounds.js';
import type { Books } from '../books.js';
import { dayOf, weekdayOf } from '../calendar.js';
import { Kind, Outcome } from '../codes.js';
import { Seen } from '../ids.js';
import { isOpenShare, type CardBook, type CardLedger } from '../ledger.js';
import { isOpen } from '../rules/fares.js';
import { shareOf, type Shared } from '../rules/share.js';
import { owed, sumOf } from '../rules/split.js';
import type { Answer } from '../wire/answer.js';
import type { Asked } from '../wire/asked.js';
import type { Balances } from '../wire/money.js';

export class Situation {
  readonly #books: Books;
  readonly #book: CardBook;
  readonly #partition: number;
  readonly card: CardLedger;
  readonly asked: Asked;
  readonly answer: Answer;
  /** Business date of receipt. */
  readonly today: number;

  constructor(
    books: Books,
    partition: number,
    book: CardBook,
    card: CardLedger,
    asked: Asked,
    answer: Answer,
  ) {
    this.#books = books;
    this.#book = book;
    this.#partition = partition;
    this.card = card;
    this.asked = asked;
    this.answer = answer;
    this.today = books.dateOf(answer.receiveTime);
  }

  /** What the stored value cannot pay. */
  get due(): number {
    const { kind, amount } = this.asked;
    const due = (kind === Kind.fare ? this.answer.amount : amount) - this.card.balances.storedValue;
    const pays = kind === Kind.purchase || kind === Kind.fare;
    return pays && due > 0 ? due : 0;
  }

  /** The due by the card's share rule. */
  get shared(): Shared {
    const { businessDate } = this.asked;
    return shareOf(this.card.policy.share, this.due, this.card.usedOn(businessDate));
  }

  /** Rule 3. */
  get withinLimit(): boolean {
    const { loan, limit } = this.card.balances;
    const drawn = this.shared.loan;
    return drawn === 0 || loan + drawn <= limit;
  }

  get expired(): boolean {
    const { expiryDate } = this.card.policy;
    return expiryDate !== undefined && this.today > expiryDate;
  }

  /** Rule 8: above the CVM limit and, by policy, for any deferral. */
  get pinNeeded(): boolean {
    const { kind, amount } = this.asked;
    if (kind !== Kind.purchase) return false;
    const { cvmLimit, pinForDeferral } = this.card.policy;
    return (cvmLimit !== undefined && amount > cvmLimit) || (pinForDeferral && this.due > 0);
  }

  /** What still fits on the card (rule 4). */
  get room(): number {
    return roomOf(this.card.balances, this.card.policy.cap);
  }

  /** Rule 14: the times of the card's policy, by the gate's time. */
  get open(): boolean {
    const { businessDate, terminalTime } = this.asked;
    const minute = this.#books.calendar?.minuteOf(terminalTime) ?? 0;
    return isOpen(this.card.policy.hours, weekdayOf(businessDate), minute);
  }

  /** The row of the payment that a refund or void is about; undefined: there is none. */
  get payment(): number | undefined {
    const { kind, original } = this.asked;
    if (kind === Kind.void) return this.card.lastPayment < 0 ? undefined : this.card.lastPayment;
    return original === undefined ? undefined : this.#books.knownRow(original);
  }

  /** Rule 9: an approved purchase of this card, not too long ago. */
  get refundable(): boolean {
    const { payment } = this;
    if (payment === undefined) return false;
    const { ids } = this.#books.transactions;
    if (!ids.has(payment, Seen.decided) || ids.outcome[payment] !== Outcome.approved) return false;
    if (ids.kind[payment] !== Kind.purchase || ids.card[payment] !== this.#book.index) return false;
    const paidOn = ids.businessDate[payment] ?? 0;
    return this.#books.tariffs.isRefundable(this.#partition, paidOn, this.today);
  }

  /** What may still be given back of the payment. */
  get refundableAmount(): number {
    const { payment } = this;
    return payment === undefined ? 0 : sumOf(this.#books.payments.remaining(payment));
  }

  /** Rule 9: the card's last payment, not undone and nothing given back of it, same terminal, same batch. */
  get voidable(): boolean {
    const { payment } = this;
    const { original, id, batch } = this.asked;
    if (payment === undefined) return false;
    const { ids } = this.#books.transactions;
    const { payments } = this.#books;
    // Of a fare of 0 nothing can be given back.
    if (ids.has(payment, Seen.reversed) || payments.voided.has(payment)) return false;
    const named = original === undefined || this.#books.knownRow(original) === payment;
    const same = this.#books.idOf(payment).terminal === id.terminal && ids.batch[payment] === batch;
    return named && same && sumOf(payments.givenBack(payment)) === 0;
  }

  /** Rule 13: interest up to today that is not posted yet. */
  get interestDue(): number {
    const { record } = this.#book;
    const rates = this.#books.tariffs.rateOn(this.#partition);
    return record?.accrual.due(dayOf(this.today), rates).amount ?? 0;
  }

  /** Something of an account share may still be ordered, or come back. */
  get collectionOpen(): boolean {
    const shares = [...(this.#book.record?.shares.values() ?? [])];
    return shares.some(isOpenShare);
  }
}

/** What would fit on a card (rule 4). Without a cap room is left for reversals. */
export function roomOf(balances: Balances, cap: number | undefined): number {
  return (cap ?? MAX_HELD_VALUE) - balances.storedValue + owed(balances);
}
