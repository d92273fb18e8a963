/** Reversals (rule 9): an id is undone in its stored parts, less what was given back of it before. */
import { Kind } from '../codes.js';
import { Seen } from '../ids.js';
import type { CardLedger } from '../ledger.js';
import { changed, undoingOf } from '../rules/effect.js';
import { giveBack, sumOf, takeBack } from '../rules/split.js';
import type { Answer } from '../wire/answer.js';
import type { Asked } from '../wire/asked.js';
import { NO_PARTS, shown, type Parts } from '../wire/money.js';
import { checkParts, settle } from './settle.js';
import type { Stage } from './stage.js';

export class Reversals {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Of an id that was approved and is not reversed yet. */
  undo(row: number, asked: Asked, answer: Answer): void {
    const { findings, books } = this.#stage;
    const { ids } = books.transactions;
    const card = this.#stage.card(asked.card);
    const kind = ids.kind[row] ?? 0;
    findings.same('I5', 'card of the reversed id', ids.card[row], books.card(asked.card).index);
    const expected = this.#expected(row, kind, card);
    findings.same('I2', 'amount undone', sumOf(expected), answer.amount);
    checkParts(findings, sumOf(expected), expected, answer.parts);
    const after = changed(card.balances, undoingOf(kind, answer.parts));
    settle(findings, 'card', card, after, answer.balances);
    books.flows.reversed(kind, answer.parts);
    this.#apply(row, kind, card, answer);
    // What moved no money, and could not, is in no log.
    if (kind === Kind.enquiry || kind === Kind.entry) return;
    card.log.add('reversed', row, card.balances, answer.receiveTime);
    this.#stage.cardTotals(asked).reversed(kind, answer.amount, answer.parts);
  }

  #expected(row: number, kind: number, { balances }: CardLedger): Parts {
    const { transactions, payments } = this.#stage.books;
    const stored = transactions.ids.partsOf(row);
    switch (kind) {
      case Kind.purchase:
      case Kind.fare:
        return giveBack(payments.remaining(row), balances, payments.isReturned(row));
      case Kind.refund:
      case Kind.void:
        // What a reversed payment gave back is never taken again: the payment has no effect and never will have one.
        return this.#targetIsReversed(row) ? NO_PARTS : takeBack(this.#asOfNow(row, stored), balances);
      case Kind.deposit:
        return takeBack(stored, balances);
      default:
        return stored;
    }
  }

  /** What a refund or void gave back to the account is loan when the payment's collection came back since. */
  #asOfNow(row: number, stored: Parts): Parts {
    const { payments } = this.#stage.books;
    const target = payments.targetOf(row);
    const returned = target !== undefined && payments.isReturned(target);
    return { ...stored, accountAsLoan: returned ? stored.account : 0 };
  }

  #targetIsReversed(row: number): boolean {
    const { transactions, payments } = this.#stage.books;
    const target = payments.targetOf(row);
    return target !== undefined && transactions.ids.has(target, Seen.reversed);
  }

  #apply(row: number, kind: number, card: CardLedger, { parts }: Answer): void {
    const { transactions, payments } = this.#stage.books;
    const bookedDate = transactions.ids.businessDate[row] ?? 0;
    if (kind === Kind.purchase || kind === Kind.fare) {
      payments.giveBack(row, parts);
      card.useAccount(bookedDate, -parts.account);
    }
    const target = payments.targetOf(row);
    if (target !== undefined) {
      payments.takeAgain(target, parts);
      const paidOn = transactions.ids.businessDate[target] ?? 0;
      if (kind === Kind.void) card.useAccount(paidOn, parts.account);
      if (kind === Kind.void) payments.voided.delete(target);
    }
    if (kind === Kind.fare) this.#enteredAgain(row, card);
    // The card may have left since, and entered elsewhere.
    if (kind === Kind.entry && card.inside?.row === row) card.inside = undefined;
    if (kind === Kind.unload) card.closed = false;
  }

  /** By its last exit, if the entry stands and it has not entered since. */
  #enteredAgain(row: number, card: CardLedger): void {
    const { transactions, payments } = this.#stage.books;
    const entered = payments.fares.get(row)?.entered;
    if (card.lastExit !== row || entered === undefined) return;
    if (!transactions.ids.has(entered.row, Seen.reversed)) card.inside ??= entered;
  }

  /** Nothing stands under this id, and nothing may any more. */
  tombstone(asked: Asked, answer: Answer): void {
    const { findings, books, turn } = this.#stage;
    findings.same('I5', 'amount undone of an id that holds nothing', 0, answer.amount);
    findings.same('I5', 'parts undone of an id that holds nothing', 'nothing', shown(answer.parts));
    const book = books.cards.get(asked.card);
    if (book?.card === undefined) return;
    turn.touch(book);
    settle(findings, 'card', book.card, book.card.balances, answer.balances);
  }
}
