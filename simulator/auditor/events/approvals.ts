/** What an approved transaction has to be, and what it leaves on the card, by kind. */
import { MAX_AMOUNT } from '../../../actors/bounds.js';
import { Kind } from '../codes.js';
import { giveBack, splitPayment, splitRefund, splitTopUp, splitUncollected, sumOf } from '../rules/split.js';
import { insideText, type Inside } from '../wire/answer.js';
import { NO_PARTS, type Parts } from '../wire/money.js';
import { couldDefer } from './checks.js';
import type { Situation } from './situation.js';
import type { Stage } from './stage.js';

export interface Expected {
  readonly amount: number;
  readonly parts: Parts;
}

const NOTHING: Expected = { amount: 0, parts: NO_PARTS };

export class Approvals {
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** `partly`: a purchase was approved for the stored value alone. */
  expected(at: Situation, row: number, partly: boolean): Expected {
    const { card, asked } = at;
    const { balances } = card;
    const { amount } = asked;
    switch (asked.kind) {
      case Kind.purchase:
        this.#isAmount(amount);
        return partly ? this.#partial(at, row) : { amount, parts: splitPayment(amount, balances, at.shared) };
      case Kind.deposit:
        this.#isAmount(amount);
        return { amount, parts: splitTopUp(amount, balances) };
      case Kind.refund:
        this.#isAmount(amount);
        return this.#refund(at);
      case Kind.void:
        return this.#void(at);
      case Kind.unload: {
        const value = balances.storedValue;
        return { amount: value, parts: { ...NO_PARTS, value } };
      }
      case Kind.fare:
        return this.#fare(at, row);
      default:
        return NOTHING;
    }
  }

  #isAmount(amount: number): void {
    const allowed = Number.isSafeInteger(amount) && amount >= 1 && amount <= MAX_AMOUNT;
    this.#stage.findings.holds('RULE', allowed, () => `approved although ${amount} is no allowed amount`);
  }

  /** The rest could not be deferred: by the card, or by the policy of a terminal that is known later. */
  #partial(at: Situation, row: number): Expected {
    const value = at.card.balances.storedValue;
    const some = value > 0;
    this.#stage.findings.holds('RULE', some, () => 'approved in part although there is no stored value');
    if (couldDefer(at)) this.#stage.books.payments.notDeferred.add(row);
    return { amount: value, parts: { ...NO_PARTS, value } };
  }

  #refund(at: Situation): Expected {
    const { amount } = at.asked;
    const { payments } = this.#stage.books;
    const row = at.payment;
    if (row === undefined) return { amount, parts: { ...NO_PARTS, value: amount } };
    const share = splitRefund(amount, payments.remaining(row));
    return { amount, parts: giveBack(share, at.card.balances, payments.isReturned(row)) };
  }

  #void(at: Situation): Expected {
    const { payments } = this.#stage.books;
    const row = at.payment;
    if (row === undefined) return NOTHING;
    const all = payments.remaining(row);
    return {
      amount: sumOf(all),
      parts: giveBack(all, at.card.balances, payments.isReturned(row)),
    };
  }

  /** Rule 14. The amount is judged when the gate is known; here it is as the answer states it. */
  #fare(at: Situation, row: number): Expected {
    const { card, answer } = at;
    const { amount } = answer;
    const free = card.reasons === 0 && !at.expired && card.triesLeft > 0;
    const could = free && couldDefer(at);
    const { account, loan, fare } = answer.parts;
    const uncollected = fare > 0 || (at.due > 0 && account + loan === 0);
    if (could && uncollected) this.#stage.books.payments.notDeferred.add(row);
    const deferred = could && !uncollected;
    const parts = deferred
      ? splitPayment(amount, card.balances, at.shared)
      : splitUncollected(amount, card.balances);
    return { amount, parts };
  }

  /** What the approval leaves, once its balances are taken over. */
  apply(at: Situation, row: number): void {
    const { books, findings } = this.#stage;
    const { card, asked, answer } = at;
    const { kind, businessDate } = asked;
    const { parts, balances } = answer;
    books.flows.moved(kind, parts);
    if (kind === Kind.purchase || kind === Kind.fare) {
      card.useAccount(businessDate, parts.account);
      card.lastPayment = row;
      const { loan, limit } = balances;
      const within = parts.loan === 0 || loan <= limit;
      findings.holds('I4', within, () => `loan ${loan} exceeds the limit ${limit} after a drawing`);
    }
    if (kind === Kind.refund || kind === Kind.void) this.#gaveBack(at, row);
    if (kind === Kind.entry) this.#entered(at, row);
    if (kind === Kind.fare) this.#left(at, row);
    if (kind === Kind.unload) this.#closed(at);
    if (kind !== Kind.enquiry && kind !== Kind.entry) {
      card.log.add('moved', row, card.balances, answer.receiveTime);
    }
  }

  #gaveBack({ card, asked, answer, payment }: Situation, row: number): void {
    if (payment === undefined) return;
    const { payments, transactions } = this.#stage.books;
    payments.aims(row, payment);
    payments.giveBack(payment, answer.parts);
    // Rule 2: a void makes room on the day of the payment, a refund does not.
    if (asked.kind !== Kind.void) return;
    payments.voided.add(payment);
    card.useAccount(transactions.ids.businessDate[payment] ?? 0, -answer.parts.account);
  }

  #entered({ card, asked, answer }: Situation, row: number): void {
    const zone = answer.inside?.zone ?? '';
    this.#stage.books.payments.entries.set(row, zone);
    card.inside = { zone, gate: asked.id.terminal, time: asked.terminalTime, row };
  }

  #left({ card, asked, answer }: Situation, row: number): void {
    const { books, findings, turn } = this.#stage;
    const { inside } = card;
    const [own, told]: (Inside | undefined)[] = [inside, answer.entered];
    findings.same('RULE', 'where it had entered', insideText(own), insideText(told));
    card.inside = undefined;
    card.lastExit = row;
    if (inside === undefined) return;
    const { fares } = books.tariffs.on(turn.partition, asked.businessDate);
    books.payments.fares.set(row, { entered: inside, fares });
  }

  #closed({ card, asked, today }: Situation): void {
    const { books, turn } = this.#stage;
    card.closed = true;
    turn.closed.push({ book: books.card(asked.card), today });
  }
}
