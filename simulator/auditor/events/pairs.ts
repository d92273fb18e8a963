/** What must hold between card and record at the end of a turn: each event has its twin, and both hold the same (I3). */
import type { Books } from '../books.js';
import { dayOf } from '../calendar.js';
import { LOST_BIT } from '../codes.js';
import type { Findings } from '../findings.js';
import { holdsLimit, type CardBook, type Ledger } from '../ledger.js';
import { askedDiffers } from '../wire/asked.js';
import type { Terms } from '../wire/card.js';
import { sameBalances, sameParts, shown } from '../wire/money.js';
import { roomOf } from './situation.js';
import type { Act, Turn } from './turn.js';

export class Pairs {
  readonly #books: Books;
  readonly #findings: Findings;
  readonly #turn: Turn;

  constructor(books: Books, turn: Turn) {
    this.#books = books;
    this.#findings = books.findings;
    this.#turn = turn;
  }

  /** Call when all events of the turn were read. */
  compare(): void {
    this.#issued();
    this.#acts();
    this.#notices();
    for (const book of this.#turn.cards) this.#card(book);
    for (const { book, today } of this.#turn.closed) this.#closed(book, today);
    for (const book of this.#turn.dropped) {
      this.#findings.at.card = book.id;
      const closing = this.#turn.closed.some((each) => each.book === book);
      this.#findings.holds(
        'I7',
        closing,
        () => 'a fraction of interest is dropped of a card that stays open',
      );
    }
    for (const book of this.#turn.replaced) {
      this.#findings.at.card = book.id;
      const lost = ((book.record?.reasons ?? 0) & LOST_BIT) !== 0;
      this.#findings.holds('RULE', !lost, () => 'replaced, and still prohibited as lost');
    }
  }

  #issued(): void {
    for (const { card, record } of this.#turn.issued) {
      if (card === undefined || record === undefined) continue;
      const same = sameTerms(card.terms, record.terms);
      this.#findings.holds('I3', same, () => 'card and record are issued on different terms');
    }
  }

  #acts(): void {
    const { cardActs, recordActs } = this.#turn;
    for (const act of cardActs) {
      const index = recordActs.findIndex((other) => other.row === act.row && other.kind === act.kind);
      const twin = recordActs[index];
      if (twin === undefined) this.#alone(`the card ${act.kind}`);
      else {
        recordActs.splice(index, 1);
        this.#compareActs(act, twin);
      }
    }
    for (const act of recordActs) this.#alone(`the record ${act.kind}`);
  }

  #compareActs(card: Act, record: Act): void {
    const findings = this.#findings;
    const parts = (): string => `parts: card ${shown(card.parts)}, record ${shown(record.parts)}`;
    findings.holds('I3', sameParts(card.parts, record.parts), parts);
    findings.same('I3', 'amount of the record', card.amount, record.amount);
    findings.same('I3', 'outcome of the record', card.outcome, record.outcome);
    findings.same('I3', 'receive time of the record', card.receiveTime, record.receiveTime);
    // The record notes no PIN of what was refused.
    if (card.kind === 'moved') {
      findings.same('I3', 'PIN verified, by the record', card.pinVerified, record.pinVerified);
    }
    const differs = askedDiffers(card.asked, record.asked);
    const what = (): string => `card and record were asked differently: ${differs ?? ''}`;
    findings.holds('I3', differs === undefined, what);
  }

  #notices(): void {
    const { cardNotices, recordNotices } = this.#turn;
    for (const { card, what } of cardNotices) {
      const index = recordNotices.findIndex((other) => other.card === card && other.what === what);
      if (index < 0) this.#alone(`the card has ${what}`, card);
      else recordNotices.splice(index, 1);
      this.#findings.checked('I3');
    }
    for (const { card, what } of recordNotices) this.#alone(`the record has ${what}`, card);
  }

  #alone(what: string, card = this.#findings.at.card): void {
    this.#findings.at.card = card;
    this.#findings.checked('I3');
    this.#findings.report('I3', `${what}, and its twin has no such event in the turn`);
  }

  #card(book: CardBook): void {
    const findings = this.#findings;
    const { card, record } = book;
    findings.at.card = book.id;
    if (card === undefined || record === undefined) {
      findings.report('I3', card === undefined ? 'a record without a card' : 'a card without a record');
      return;
    }
    const balances = (): string => `card ${shown(card.balances)}, record ${shown(record.balances)}`;
    findings.holds('I3', sameBalances(card.balances, record.balances), balances);
    findings.same('I3', 'active', card.active, record.active);
    findings.same('I3', 'reasons (as a set)', card.reasons, record.reasons);
    findings.holds('I3', card.policy === record.policy, () => 'card and record have different policies');
    findings.same('I3', 'device', card.device, record.device);
    findings.same('I3', 'closed', card.closed, record.closed);
    if (card.pending.length > 0 || record.pending.length > 0) {
      findings.same('I3', 'pending', JSON.stringify(card.pending), JSON.stringify(record.pending));
    }
    this.#limitReason(card, 'card');
    this.#limitReason(record, 'record');
    this.#pendingAtLimit(card);
    findings.same('RULE', 'alerted of four fifths of the limit', record.nearLimit, record.alerted);
    const placed = this.#turn.units.includes(`card/${book.id}`);
    findings.holds('FORMAT', placed, () => `the turn does not name the unit card/${book.id}`);
  }

  /** Rule 7: LIMIT is held exactly while more is owed than the limit. */
  #limitReason(ledger: Ledger, side: string): void {
    this.#findings.same('I6', `${side}: prohibited by its limit`, ledger.overLimit, holdsLimit(ledger));
  }

  /** Rule 5: terminals turn such a card away, so the center applies at once what fits. */
  #pendingAtLimit(card: Ledger): void {
    const next = card.pending[0];
    if (next === undefined || !holdsLimit(card)) return;
    const left = next.amount > roomOf(card.balances, card.policy.cap);
    const what = (): string => `prohibited by its limit, and the pending ${next.reference} fits`;
    this.#findings.holds('RULE', left, what);
  }

  /** Rules 6 and 13: closing charges up to that day, drops the fraction, and nothing is left to be charged later. */
  #closed({ id, record }: CardBook, today: number): void {
    if (record === undefined) return;
    this.#findings.at.card = id;
    const { amount, carry } = record.accrual.due(
      dayOf(today),
      this.#books.tariffs.rateOn(this.#turn.partition),
    );
    const what = (): string => `closed with ${amount} and ${carry}/365000000 of interest not charged`;
    this.#findings.holds('I7', amount === 0 && carry === 0, what);
    const ended = record.accrual.endsBy(dayOf(today));
    this.#findings.holds('I7', ended, () => 'closed with a principal that later dates would be charged for');
  }
}

/** A card and its record are issued alike. */
function sameTerms(one: Terms, other: Terms): boolean {
  return (
    sameBalances(one, other) &&
    one.policy === other.policy &&
    one.active === other.active &&
    one.pinHash === other.pinHash
  );
}
