/** A small system that pays by rules of its own, for histories of any length: purchases, deposits, their reversals. */
import { v1 } from '../../../proto/generated/emoney.js';
import { type Balances, type Card, NO_PARTS, type Paid, type Parts, type Undoable } from './stated.js';
import { StatedSystem } from './statedSystem.js';

export type { Paid } from './stated.js';

const { Kind, Outcome } = v1;

interface Decided {
  readonly outcome: v1.Outcome;
  readonly parts: Parts;
  readonly fits?: number;
}

export class MiniSystem extends StatedSystem {
  purchase(terminal: string, card: string, amount: number): Paid {
    return this.pay(terminal, card, Kind.KIND_PURCHASE, amount);
  }

  deposit(terminal: string, card: string, amount: number): Paid {
    return this.pay(terminal, card, Kind.KIND_DEPOSIT, amount);
  }

  pay(terminal: string, card: string, kind: v1.Kind, amount: number): Paid {
    const paid = this.decide(this.open(terminal, card, kind, amount));
    this.close(paid);
    return paid;
  }

  /** The turn of card and record. */
  decide(opened: v1.TransactionOpened.$Properties): Paid {
    const card = this.cards.get(opened.card!);
    const { outcome, parts, fits } = this.#decided(card, opened, opened.amount as number);
    const approved = outcome === Outcome.OUTCOME_APPROVED;
    const after = card !== undefined && approved ? moved(card.balances, opened.kind!, parts) : {};
    const answer = fits === undefined ? {} : { answer: { fits } };
    return this.decideAs(opened, { outcome, parts, after, ...answer });
  }

  /** Undoes `paid`; of an id that the card never saw: a tombstone. */
  reverse(paid: Undoable): v1.Answer.$Properties {
    const card = this.cards.get(paid.card);
    const approved = paid.answer?.outcome === Outcome.OUTCOME_APPROVED;
    if (card === undefined || !approved || paid.amount === 0) return this.undo(paid);
    const parts = undoing(card.balances, paid.kind, paid.parts!);
    return this.undo(paid, { parts, after: undone(card.balances, paid.kind, parts) });
  }

  #decided(card: Card | undefined, opened: v1.TransactionOpened.$Properties, amount: number): Decided {
    const nothing = (outcome: v1.Outcome): Decided => ({ outcome, parts: NO_PARTS });
    if (card === undefined) return nothing(Outcome.OUTCOME_CARD_UNKNOWN);
    const { balances } = card;
    const purchase = opened.kind === Kind.KIND_PURCHASE;
    if (purchase && card.reasons.length > 0) return nothing(Outcome.OUTCOME_CARD_PROHIBITED);
    if (!card.active) return nothing(Outcome.OUTCOME_CARD_NOT_ACTIVE);
    if (opened.kind === Kind.KIND_ENQUIRY) return nothing(Outcome.OUTCOME_APPROVED);
    if (!purchase) {
      const fits = roomOf(card);
      if (amount > fits) return { ...nothing(Outcome.OUTCOME_CAP_EXCEEDED), fits };
      const fare = Math.min(amount, balances.fareOwed);
      const interest = Math.min(amount - fare, balances.interest);
      const loan = Math.min(amount - fare - interest, balances.loan);
      const value = amount - fare - interest - loan;
      return { outcome: Outcome.OUTCOME_APPROVED, parts: { ...NO_PARTS, fare, interest, loan, value } };
    }
    const value = Math.min(amount, balances.storedValue);
    const loan = amount - value;
    if (loan > 0 && card.policy.creditFlag !== true) return nothing(Outcome.OUTCOME_INSUFFICIENT_FUNDS);
    const { mayDefer } = this.terminals.get(opened.id!.terminal!)!;
    if (loan > 0 && !mayDefer) return nothing(Outcome.OUTCOME_DEFERRAL_NOT_PERMITTED);
    if (loan > 0 && balances.loan + loan > balances.limit) return nothing(Outcome.OUTCOME_CREDIT_LIMIT);
    return { outcome: Outcome.OUTCOME_APPROVED, parts: { ...NO_PARTS, value, loan } };
  }
}

/** The test's usual deposits have no cap; then any amount of theirs fits. */
function roomOf(card: Card): number {
  const { storedValue, fareOwed, interest, loan } = card.balances;
  const cap = card.policy.storedValueCap as number | undefined;
  return Math.max(0, (cap ?? 2 ** 50) - storedValue + fareOwed + interest + loan);
}

function moved(before: Balances, kind: v1.Kind, parts: Parts): Balances {
  const { storedValue, loan, interest, fareOwed, limit } = before;
  if (kind === Kind.KIND_DEPOSIT) {
    return {
      storedValue: storedValue + parts.value,
      loan: loan - parts.loan,
      interest: interest - parts.interest,
      fareOwed: fareOwed - parts.fare,
      limit,
    };
  }
  return { storedValue: storedValue - parts.value, loan: loan + parts.loan, interest, fareOwed, limit };
}

function undoing({ storedValue, loan }: Balances, kind: v1.Kind, parts: Parts): Parts {
  if (kind === Kind.KIND_DEPOSIT) {
    return { ...parts, restoredLoan: Math.max(0, parts.value - storedValue) };
  }
  return { ...parts, excess: Math.max(0, parts.loan - loan) };
}

function undone(before: Balances, kind: v1.Kind, parts: Parts): Balances {
  const { storedValue, loan, interest, fareOwed, limit } = before;
  if (kind === Kind.KIND_DEPOSIT) {
    return {
      storedValue: storedValue - parts.value + parts.restoredLoan,
      loan: loan + parts.loan + parts.restoredLoan,
      interest: interest + parts.interest,
      fareOwed: fareOwed + parts.fare,
      limit,
    };
  }
  const value = storedValue + parts.value + parts.excess;
  return { storedValue: value, loan: loan - parts.loan + parts.excess, interest, fareOwed, limit };
}
