/** The card's own events, each computed again from the card's balances before it. */
import type { v1 } from '../../proto/generated/emoney.js';
import { Kind, Outcome, outcomeName } from './codes.js';
import { toNumber } from '../../proto/guard.js';
import type { Act, ActKind, TurnScratch } from './act.js';
import type { Books } from './books.js';
import { isAmount, roomOf, unjustified } from './declines.js';
import type { Findings } from './findings.js';
import { Seen } from './ids.js';
import { CardLedger } from './ledger.js';
import { checkParts, settle, shown } from './movement.js';
import { move, splitDeposit, splitPurchase, splitReversal, undo } from './split.js';
import { NO_PARTS, readAnswer, readAsked, readReasons, readTerms, type Answer, type Asked } from './wire.js';

export class CardEvents {
  readonly #books: Books;
  readonly #findings: Findings;
  readonly #turn: TurnScratch;

  constructor(books: Books, turn: TurnScratch) {
    this.#books = books;
    this.#findings = books.findings;
    this.#turn = turn;
  }

  issued(event: v1.CardIssued.$Properties): void {
    const book = this.#touch(event.card);
    const fresh = this.#findings.holds(
      'I5',
      book.card === undefined,
      () => 'the card is issued a second time',
    );
    if (!fresh) return;
    book.card = new CardLedger(readTerms(event.terms));
    this.#books.flows.opened(book.card.balances);
    this.#turn.issued.push(book);
  }

  activated(event: v1.CardActivated.$Properties): void {
    this.#known(event.card).active = true;
  }

  limitChanged(event: v1.CardLimitChanged.$Properties): void {
    const card = this.#known(event.card);
    card.balances = { ...card.balances, limit: toNumber(event.limit ?? 0, 'limit') };
  }

  prohibitionChanged(event: v1.CardProhibitionChanged.$Properties): void {
    this.#known(event.card).reasons = readReasons(event.reasons);
  }

  moved(event: v1.CardMoved.$Properties): void {
    const [asked, answer, row] = this.#begin(event);
    const card = this.#known(asked.card);
    this.#books.transactions.decided(row, asked, this.#books.card(asked.card).index, answer);
    this.#findings.same('I2', 'outcome', Outcome.approved, answer.outcome);
    this.#findings.same('I2', 'approved amount', asked.amount, answer.amount);
    this.#mayMove(card, asked, answer);
    const before = card.balances;
    const expected = expectedParts(asked, card);
    checkParts(this.#findings, asked.kind === Kind.enquiry ? 0 : asked.amount, expected, answer.parts);
    settle(this.#findings, 'card', card, move(asked.kind, answer.parts, before), answer.balances);
    this.#books.flows.moved(asked.kind, answer.parts);
    if (asked.kind === Kind.purchase) this.#withinLimit(card);
    if (asked.kind !== Kind.enquiry) card.log(row, false, answer.receiveTime);
    this.#count(asked, answer);
    this.#act('moved', row, asked, answer);
  }

  declined(event: v1.CardDeclined.$Properties): void {
    const [asked, answer, row] = this.#begin(event);
    const book = this.#books.cards.get(asked.card);
    const card = book?.card;
    if (book !== undefined && card !== undefined) {
      this.#turn.touch(book);
      settle(this.#findings, 'card', card, card.balances, answer.balances);
    }
    this.#books.transactions.decided(row, asked, this.#books.card(asked.card).index, answer);
    const wrong = unjustified(card, asked, answer);
    const name = outcomeName(answer.outcome);
    this.#findings.holds('RULE', wrong === undefined, () => `declined with ${name}, but ${wrong ?? ''}`);
    const parts = shown(answer.parts);
    this.#findings.same('I2', 'parts of a refusal', 'nothing', parts);
    this.#visitor(asked)
      .cards.on(asked.batch, asked.businessDate)
      .line('declines')
      .add(answer.amount, NO_PARTS);
    this.#act('declined', row, asked, answer);
  }

  reversed(event: v1.CardReversed.$Properties): void {
    const asked = readAsked(event.asked);
    const answer = readAnswer(event.answer);
    this.#name(asked);
    const row = this.#books.row(asked.id);
    this.#findings.same('I2', 'outcome of a reversal', Outcome.reversed, answer.outcome);
    this.#findings.same('I8', 'position in the answer', this.#turn.position, answer.position);
    const { ids } = this.#books.transactions;
    const approved = ids.has(row, Seen.decided) && ids.outcome[row] === Outcome.approved;
    const kind: number = approved ? (ids.kind[row] ?? 0) : 0;
    const again = ids.has(row, Seen.reversed);
    const original = ids.has(row, Seen.decided) ? (ids.outcome[row] ?? 0) : 0;
    this.#findings.same('I8', 'original outcome in the reversal', original, answer.original);
    if (approved) this.#findings.same('I5', 'kind of the reversed id', kind, asked.kind);
    this.#raiseMarks(asked);
    if (approved && !again && kind !== Kind.enquiry) this.#undo(row, kind, asked, answer);
    else this.#tombstone(asked, answer);
    this.#books.transactions.reversed(row, asked, answer);
    this.#act('reversed', row, asked, answer);
  }

  #undo(row: number, kind: number, asked: Asked, answer: Answer): void {
    const { ids } = this.#books.transactions;
    const card = this.#known(asked.card);
    this.#findings.same('I5', 'card of the reversed id', ids.card[row], this.#books.card(asked.card).index);
    this.#findings.same('I2', 'amount undone', ids.amount[row], answer.amount);
    const before = card.balances;
    const expected = splitReversal(kind, ids.partsOf(row), before);
    checkParts(this.#findings, answer.amount, expected, answer.parts);
    settle(this.#findings, 'card', card, undo(kind, answer.parts, before), answer.balances);
    this.#books.flows.reversed(kind, answer.parts, before.loan);
    card.log(row, true, answer.receiveTime);
    const line = kind === Kind.deposit ? 'depositReversals' : 'purchaseReversals';
    const totals = this.#visitor(asked).cards.on(asked.batch, asked.businessDate);
    totals.line(line).add(answer.amount, answer.parts);
  }

  /** Nothing was approved under this id, and nothing may be any more. */
  #tombstone(asked: Asked, answer: Answer): void {
    this.#findings.same('I5', 'amount undone of an id that holds nothing', 0, answer.amount);
    this.#findings.same('I5', 'parts undone of an id that holds nothing', 'nothing', shown(answer.parts));
    const book = this.#books.cards.get(asked.card);
    if (book?.card === undefined) return;
    this.#turn.touch(book);
    settle(this.#findings, 'card', book.card, book.card.balances, answer.balances);
  }

  #begin(event: v1.CardMoved.$Properties): [Asked, Answer, number] {
    const asked = readAsked(event.asked);
    const answer = readAnswer(event.answer);
    this.#name(asked);
    this.#findings.same('I8', 'position in the answer', this.#turn.position, answer.position);
    this.#remembered(asked);
    return [asked, answer, this.#books.row(asked.id)];
  }

  /** D7: what lies below a mark that was given earlier is forgotten, and could be executed twice. */
  #remembered(asked: Asked): void {
    const visitor = this.#visitor(asked);
    const { number, incarnation } = asked.id;
    if (asked.fromSource) {
      this.#raiseMarks(asked);
      return;
    }
    const mark = visitor.marks.get(incarnation) ?? 0;
    const oldest = visitor.oldestIncarnation;
    this.#findings.holds('I5', number >= mark, () => `decided although the mark is ${mark}`);
    this.#findings.holds(
      'I5',
      incarnation >= oldest,
      () => `decided although ${oldest} is the oldest incarnation`,
    );
    this.#raiseMarks(asked);
  }

  #raiseMarks(asked: Asked): void {
    const visitor = this.#visitor(asked);
    const { incarnation } = asked.id;
    visitor.oldestIncarnation = Math.max(visitor.oldestIncarnation, asked.oldestIncarnation);
    if (asked.fromSource || asked.mark <= (visitor.marks.get(incarnation) ?? 0)) return;
    visitor.marks.set(incarnation, asked.mark);
  }

  #mayMove(card: CardLedger, asked: Asked, answer: Answer): void {
    const findings = this.#findings;
    findings.same('RULE', 'credit flag in the answer', card.terms.creditFlag, answer.creditFlag);
    if (asked.kind === Kind.enquiry) return;
    findings.holds(
      'RULE',
      isAmount(asked.amount),
      () => `approved although ${asked.amount} is no allowed amount`,
    );
    findings.holds('RULE', card.active, () => 'approved although the card is not active');
    if (asked.kind === Kind.deposit) {
      const room = roomOf(card);
      findings.holds('RULE', asked.amount <= room, () => `approved although only ${room} fits under the cap`);
      return;
    }
    findings.holds(
      'I6',
      card.reasons === 0,
      () => `approved although the card holds reasons (set ${card.reasons})`,
    );
    const deferred = answer.parts.loan > 0 && !card.terms.creditFlag;
    findings.holds('RULE', !deferred, () => 'deferred although the credit flag is off');
    const { expiryDate } = card.terms;
    if (expiryDate === undefined) return;
    const today = this.#books.calendar?.dateOf(answer.receiveTime) ?? 0;
    findings.holds('RULE', today <= expiryDate, () => `approved on ${today}, after the expiry ${expiryDate}`);
  }

  #withinLimit(card: CardLedger): void {
    const { loan, limit } = card.balances;
    // A principal that was there before the limit was cut may stay, as long as nothing is drawn.
    this.#findings.holds(
      'I4',
      loan <= limit,
      () => `loan ${loan} exceeds the limit ${limit} after a purchase`,
    );
  }

  #count(asked: Asked, answer: Answer): void {
    const totals = this.#visitor(asked).cards.on(asked.batch, asked.businessDate);
    if (asked.kind === Kind.enquiry) totals.enquiries += 1;
    else totals.line(asked.kind === Kind.deposit ? 'deposits' : 'purchases').add(answer.amount, answer.parts);
  }

  #act(kind: ActKind, row: number, asked: Asked, answer: Answer): void {
    const { outcome, amount, parts, balances, receiveTime } = answer;
    const act: Act = { kind, row, asked, outcome, amount, parts, balances, receiveTime };
    this.#turn.cardActs.push(act);
  }

  #visitor(asked: Asked) {
    return this.#books.visitor(this.#turn.partition, asked.id.terminal);
  }

  #name(asked: Asked): void {
    const { at } = this.#findings;
    at.card = asked.card;
    at.terminal = asked.id.terminal;
    at.incarnation = asked.id.incarnation;
    at.number = asked.id.number;
  }

  #touch(id: string | null | undefined) {
    this.#findings.at.card = id ?? '';
    const book = this.#books.card(id ?? '');
    this.#turn.touch(book);
    return book;
  }

  #known(id: string | null | undefined): CardLedger {
    const { card } = this.#touch(id);
    if (card === undefined) throw new Error(`card ${id ?? ''} has an event but was never issued`);
    return card;
  }
}

function expectedParts(asked: Asked, card: CardLedger) {
  if (asked.kind === Kind.purchase) return splitPurchase(asked.amount, card.balances);
  return asked.kind === Kind.deposit ? splitDeposit(asked.amount, card.balances) : NO_PARTS;
}
