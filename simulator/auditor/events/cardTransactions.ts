/** The card's own events about transactions, each computed again from what the card held before. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { Kind, Outcome } from '../codes.js';
import { Seen } from '../ids.js';
import type { CardLedger } from '../ledger.js';
import { changed, changeOf } from '../rules/effect.js';
import { insideText, readAnswer, type Answer } from '../wire/answer.js';
import { readAsked, type Asked } from '../wire/asked.js';
import { NO_PARTS, sameParts, shown } from '../wire/money.js';
import { checkApproval, checkRefusal } from './checks.js';
import { Approvals } from './approvals.js';
import { Identity } from './identity.js';
import { checkPin } from './pin.js';
import { Reversals } from './reversals.js';
import { checkParts, settle } from './settle.js';
import { roomOf, Situation } from './situation.js';
import type { Stage } from './stage.js';
import type { ActKind } from './turn.js';

export class CardTransactions {
  readonly #stage: Stage;
  readonly #identity: Identity;
  readonly #approvals: Approvals;
  readonly #reversals: Reversals;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#identity = new Identity(stage);
    this.#approvals = new Approvals(stage);
    this.#reversals = new Reversals(stage);
  }

  moved(event: v1.CardMoved.$Properties): void {
    const { findings, books } = this.#stage;
    const [asked, answer, row] = this.#begin(event);
    const card = this.#stage.card(asked.card);
    books.transactions.decided(row, asked, books.card(asked.card).index, answer);
    findings.same('I2', 'outcome', Outcome.approved, answer.outcome);
    this.#accessed(card);
    books.taps.approved(
      books.card(asked.card).index,
      asked.kind,
      answer.amount,
      answer.parts,
      card.overLimit,
      this.#stage.turn,
    );
    const at = this.#situation(card, asked, answer);
    const partly = asked.kind === Kind.purchase && asked.partial && answer.amount < asked.amount;
    checkApproval(findings, at, partly);
    checkPin(findings, at);
    const { amount, parts } = this.#approvals.expected(at, row, partly);
    findings.same('I2', 'approved amount', amount, answer.amount);
    findings.same('I2', 'remainder', partly ? asked.amount - amount : 0, answer.remainder);
    checkParts(findings, amount, parts, answer.parts);
    const after = changed(card.balances, changeOf(asked.kind, answer.parts));
    settle(findings, 'card', card, after, answer.balances);
    this.#approvals.apply(at, row);
    this.#told(card, answer);
    this.#stage.cardTotals(asked).approved(asked.kind, answer.amount, answer.parts);
    this.#act('moved', row, asked, answer);
  }

  declined(event: v1.CardDeclined.$Properties): void {
    const { findings, books, turn } = this.#stage;
    const [asked, answer, row] = this.#begin(event);
    const book = books.cards.get(asked.card);
    const card = book?.card;
    books.transactions.decided(row, asked, books.card(asked.card).index, answer);
    if (book === undefined || card === undefined) {
      findings.same('RULE', 'outcome for a card that was never issued', Outcome.cardUnknown, answer.outcome);
    } else {
      turn.touch(book);
      const { outcome } = answer;
      books.taps.refusedByCard(outcome, answer.amount, turn);
      const reached = outcome !== Outcome.cardClosed && outcome !== Outcome.deviceSuperseded;
      if (reached) this.#accessed(card);
      const at = this.#situation(card, asked, answer);
      checkRefusal(findings, at);
      checkPin(findings, at);
      settle(findings, 'card', card, card.balances, answer.balances);
      this.#told(card, answer);
    }
    findings.same('I2', 'parts of a refusal', 'nothing', shown(answer.parts));
    this.#stage.cardTotals(asked).declined(answer.amount);
    this.#act('declined', row, asked, answer);
  }

  reversed(event: v1.CardReversed.$Properties): void {
    const { findings, books, turn } = this.#stage;
    const asked = readAsked(event.asked);
    const answer = readAnswer(event.answer);
    this.#stage.name(asked);
    const row = books.row(asked.id);
    findings.same('I2', 'outcome of a reversal', Outcome.reversed, answer.outcome);
    findings.same('I8', 'position in the answer', turn.position, answer.position);
    const { ids } = books.transactions;
    const original = ids.has(row, Seen.decided) ? (ids.outcome[row] ?? 0) : 0;
    findings.same('I8', 'original outcome in the reversal', original, answer.original);
    // The terminal may have given up before it learned what it must count.
    const approved = original === Outcome.approved ? ids.partsOf(row) : NO_PARTS;
    const told = sameParts(approved, answer.originalParts);
    const what = (): string => `expected ${shown(approved)}, found ${shown(answer.originalParts)}`;
    findings.holds('I8', told, () => `original parts in the reversal: ${what()}`);
    this.#identity.raiseMarks(asked);
    const standing = original === Outcome.approved && !ids.has(row, Seen.reversed);
    if (standing) this.#undone(event, row, asked, answer);
    else this.#reversals.tombstone(asked, answer);
    books.transactions.reversed(row, asked, answer);
    this.#act('reversed', row, asked, answer);
  }

  #undone(event: v1.CardReversed.$Properties, row: number, asked: Asked, answer: Answer): void {
    const { findings, books } = this.#stage;
    const { ids } = books.transactions;
    findings.same('I5', 'kind of the reversed id', ids.kind[row], asked.kind);
    // A void has the date of its payment, on which an account share counts again.
    const voided = ids.kind[row] === Kind.void ? books.payments.targetOf(row) : undefined;
    const booked = ids.businessDate[voided ?? row];
    findings.same('I8', 'business date of what is undone', booked, event.bookedDate ?? 0);
    this.#reversals.undo(row, asked, answer);
    this.#told(this.#stage.card(asked.card), answer);
  }

  #begin(event: v1.CardMoved.$Properties): [Asked, Answer, number] {
    const asked = readAsked(event.asked);
    const answer = readAnswer(event.answer);
    this.#stage.name(asked);
    this.#stage.findings.same('I8', 'position in the answer', this.#stage.turn.position, answer.position);
    this.#identity.remembered(asked);
    return [asked, answer, this.#stage.books.row(asked.id)];
  }

  /** Rule 5: before it decides, the card has applied what is pending, in order, as far as it fits. */
  #accessed({ pending, balances, policy }: CardLedger): void {
    const next = pending[0];
    if (next === undefined) return;
    const left = next.amount > roomOf(balances, policy.cap);
    const what = (): string => `an access left the pending ${next.reference} of ${next.amount}, which fits`;
    this.#stage.findings.holds('RULE', left, what);
  }

  #situation(card: CardLedger, asked: Asked, answer: Answer): Situation {
    const { books, turn } = this.#stage;
    return new Situation(books, turn.partition, books.card(asked.card), card, asked, answer);
  }

  /** What every answer tells of the card as it is after the command. */
  #told(card: CardLedger, answer: Answer): void {
    const { findings } = this.#stage;
    findings.same('RULE', 'credit flag in the answer', card.policy.creditFlag, answer.creditFlag);
    findings.same('RULE', 'pending sum in the answer', card.pendingSum, answer.pending);
    const [own, told] = [insideText(card.inside), insideText(answer.inside)];
    findings.same('RULE', 'place in the answer', own, told);
  }

  #act(kind: ActKind, row: number, asked: Asked, answer: Answer): void {
    const { outcome, amount, parts, receiveTime, pinVerified } = answer;
    const said = { outcome, amount, parts, receiveTime, pinVerified };
    this.#stage.turn.cardActs.push({ kind, row, asked, ...said });
  }
}
