/** One card's books: what its events did to its money, by arithmetic of their own, and what they had to be. */
import { expect } from 'chai';
import type { CardEvent } from '../../../actors/card/card.js';
import type { Answer, Inside } from '../../../actors/money/answer.js';
import type { Balances } from '../../../actors/money/balances.js';
import type { CardPolicy } from '../../../actors/money/cardPolicy.js';
import type { CardTerms } from '../../../actors/money/cardTerms.js';
import type { TransactionId } from '../../../actors/money/ids.js';
import type { Instruction } from '../../../actors/money/instruction.js';
import type { Parts } from '../../../actors/money/parts.js';
import type { Asked } from '../../../actors/money/transaction.js';

export const nameOf = ({ terminal, incarnation, number }: TransactionId): string =>
  `${terminal}/${incarnation}/${number}`;

export interface Giving {
  readonly parts: Parts;
  /** A refund makes no room under a cap a day; a void and a reversal do (rule 2). */
  readonly refund: boolean;
}

/** What a payment took, and what is not given back of it. */
export interface Payment {
  readonly asked: Asked;
  readonly parts: Parts;
  /** By refunds and voids that stand, and by its own reversal. */
  readonly givings: Map<string, Giving>;
  /** Nothing of a payment that was reversed is ever taken again. */
  reversed: boolean;
  /** The collection of its account share came back. */
  returned: boolean;
  /** Ordered of the account and not returned, credits counted as negative. */
  collected: number;
  /** Of the account share, what is loan because it came back. */
  asLoan: number;
}

const GIVEN = ['value', 'account', 'loan', 'fare'] as const;

export function givenBack(payment: Payment, part: (typeof GIVEN)[number]): number {
  let sum = 0;
  for (const { parts } of payment.givings.values()) sum += parts[part];
  return sum;
}

export function leftOf(payment: Payment, part: (typeof GIVEN)[number]): number {
  return payment.parts[part] - givenBack(payment, part);
}

export function totalOf({ value, account, loan, interest, fare }: Parts): number {
  return value + account + loan + interest + fare;
}

/** Where money came from and went to since the card was issued: what I1 and I10 add up. */
interface Flows {
  deposits: number;
  stores: number;
  /** By purchases and fares. */
  value: number;
  drawn: number;
  uncollected: number;
  toValue: number;
  toLoan: number;
  toFare: number;
  paidFare: number;
  paidInterest: number;
  paidLoan: number;
  unloads: number;
  posted: number;
  returned: number;
  /** Became loan, because what was taken back was spent already. */
  restored: number;
  adjusted: { storedValue: number; loan: number; interest: number; fareOwed: number };
}

/** Moves no money. */
type Change = Extract<
  CardEvent,
  {
    type:
      | 'CardActivated'
      | 'CardLimitChanged'
      | 'CardPolicyChanged'
      | 'CardPinSet'
      | 'CardPinUnblocked'
      | 'CardReplaced'
      | 'CardProhibitionChanged';
  }
>;

export class Account {
  readonly card: string;
  storedValue: number;
  loan: number;
  interest: number;
  fareOwed: number;
  limit: number;
  policy: CardPolicy;
  active: boolean;
  closed = false;
  reasons: readonly string[] = [];
  device = 1;
  triesLeft: number;
  inside: Inside | undefined;
  pending: readonly Instruction[] = [];
  last: string | undefined;
  readonly payments = new Map<string, Payment>();
  readonly #opening: Balances;
  readonly #flows: Flows;
  /** Approved, and not reversed: what a reversal undoes. */
  readonly #approved = new Map<string, { readonly asked: Asked; readonly answer: Answer }>();
  readonly #applied = new Set<string>();
  /** The last entry that counted, and the last exit. */
  #entry = '';
  #lastExit:
    { readonly fare: string; readonly entry: string; readonly entered: Inside | undefined } | undefined;
  readonly #undoneEntries = new Set<string>();

  constructor(card: string, terms: CardTerms) {
    const { storedValue, loan, interest, fareOwed, limit } = terms;
    this.card = card;
    [this.storedValue, this.loan, this.interest] = [storedValue, loan, interest];
    [this.fareOwed, this.limit] = [fareOwed, limit];
    this.policy = terms.policy;
    this.active = terms.active;
    this.triesLeft = terms.policy.pinTries;
    this.#opening = this.balances;
    this.#flows = noFlows();
  }

  get balances(): Balances {
    const { storedValue, loan, interest, fareOwed, limit } = this;
    return { storedValue, loan, interest, fareOwed, limit };
  }

  get owed(): number {
    return this.loan + this.interest + this.fareOwed;
  }

  /** What the account took of payments of this date, less what reversals and voids gave back of it. */
  usedOn(businessDate: number): number {
    let sum = 0;
    for (const { asked, parts, givings } of this.payments.values()) {
      if (asked.businessDate !== businessDate) continue;
      sum += parts.account;
      for (const giving of givings.values()) if (!giving.refund) sum -= giving.parts.account;
    }
    return sum;
  }

  enter(event: CardEvent): void {
    switch (event.type) {
      case 'CardIssued':
        throw new Error(`${event.card}: issued twice`);
      case 'CardMoved':
        this.#move(event.asked, event.answer);
        break;
      case 'CardDeclined':
        this.#compare(nameOf(event.asked.id), event.answer);
        this.#try(event.answer);
        break;
      case 'CardReversed':
        this.#reverse(event.asked, event.answer);
        break;
      case 'CardStored':
        this.#store(event.instruction, event.parts, event.balances);
        break;
      case 'CardInterestPosted':
        expect(event.amount, `${this.card}: interest`).to.be.at.least(0);
        this.interest += event.amount;
        this.#flows.posted += event.amount;
        expect(event.balances, `${this.card}: interest`).to.deep.equal(this.balances);
        break;
      case 'CardCollectionReturned':
        this.#comeBack(this.#payment(event.transaction), event.amount);
        expect(event.balances, `${this.card}: came back`).to.deep.equal(this.balances);
        break;
      case 'CardAdjusted':
        this.#adjust(event);
        break;
      case 'CardInstructed':
        this.pending = [...this.pending, event.instruction];
        break;
      case 'CardInstructionCancelled':
        this.pending = this.pending.filter(({ reference }) => reference !== event.reference);
        break;
      case 'CardActivated':
      case 'CardLimitChanged':
      case 'CardPolicyChanged':
      case 'CardPinSet':
      case 'CardPinUnblocked':
      case 'CardReplaced':
      case 'CardProhibitionChanged':
        this.#change(event);
        break;
      case 'CardForgot':
        break;
    }
  }

  /** I1 and I10, word for word; once everything is ordered, the account has paid, or lent, what was not given back. */
  checkSums(): void {
    const { card } = this;
    const { storedValue, loan, interest, fareOwed } = this.#opening;
    const flows = this.#flows;
    const { adjusted } = flows;
    const paid = flows.paidFare + flows.paidInterest + flows.paidLoan;
    const change = this.storedValue - storedValue - adjusted.storedValue;
    expect(flows.deposits + flows.stores, `${card}: I1`).to.equal(
      change + flows.value - flows.toValue + paid + flows.unloads - flows.restored,
    );
    expect(this.loan, `${card}: I10, L`).to.equal(
      loan + (flows.drawn + flows.returned + flows.restored - flows.paidLoan - flows.toLoan + adjusted.loan),
    );
    expect(this.interest, `${card}: I10, I`).to.equal(
      interest + flows.posted - flows.paidInterest + adjusted.interest,
    );
    expect(this.fareOwed, `${card}: I10, U`).to.equal(
      fareOwed + flows.uncollected - flows.paidFare - flows.toFare + adjusted.fareOwed,
    );
    for (const [name, payment] of this.payments) {
      for (const part of GIVEN) {
        expect(givenBack(payment, part), `${name}: ${part} given back (rule 9)`).to.be.within(
          0,
          payment.parts[part],
        );
        if (payment.reversed) expect(leftOf(payment, part), `${name}: reversed, ${part}`).to.equal(0);
      }
      expect(payment.collected + payment.asLoan, `${name}: account (I10)`).to.equal(
        leftOf(payment, 'account'),
      );
    }
  }

  #change(event: Change): void {
    switch (event.type) {
      case 'CardActivated':
        this.active = true;
        break;
      case 'CardLimitChanged':
        this.limit = event.limit;
        break;
      case 'CardPolicyChanged':
        this.policy = event.policy;
        this.triesLeft = Math.min(this.triesLeft, event.policy.pinTries);
        break;
      case 'CardPinSet':
      case 'CardPinUnblocked':
        this.triesLeft = this.policy.pinTries;
        break;
      case 'CardReplaced':
        this.device = event.device;
        break;
      case 'CardProhibitionChanged':
        this.reasons = event.reasons;
        break;
    }
  }

  #comeBack(payment: Payment, amount: number): void {
    this.loan += amount;
    this.#flows.returned += amount;
    payment.returned = true;
    payment.collected -= amount;
    payment.asLoan += amount;
  }

  #move(asked: Asked, answer: Answer): void {
    const name = nameOf(asked.id);
    const { parts } = answer;
    expect(totalOf(parts), `${name}: parts (I2)`).to.equal(answer.amount);
    for (const [part, amount] of Object.entries(parts)) expect(amount, `${name}: ${part}`).to.be.at.least(0);
    this.#approved.set(name, { asked, answer });
    switch (asked.kind) {
      case 'PURCHASE':
      case 'FARE':
        this.#pay(asked, parts);
        break;
      case 'DEPOSIT':
        this.#payIn(name, parts);
        this.#flows.deposits += answer.amount;
        break;
      case 'REFUND':
      case 'VOID':
        this.#giveBack(name, this.#payment(asked.original), parts, asked.kind === 'REFUND');
        break;
      case 'UNLOAD':
        expect(parts.value, `${name}: all of it`).to.equal(this.storedValue);
        this.storedValue = 0;
        this.#flows.unloads += parts.value;
        this.closed = true;
        break;
      case 'ENTRY':
        this.inside = answer.inside;
        this.#entry = name;
        break;
      case 'ENQUIRY':
      case 'STORE':
      case undefined:
        break;
    }
    this.#compare(name, answer);
    this.#try(answer);
  }

  #pay(asked: Asked, parts: Parts): void {
    const name = nameOf(asked.id);
    this.storedValue -= parts.value;
    this.loan += parts.loan;
    this.fareOwed += parts.fare;
    this.#flows.value += parts.value;
    this.#flows.drawn += parts.loan;
    this.#flows.uncollected += parts.fare;
    // A card that owes more than its limit, but draws nothing, may still pay from the value that it holds.
    if (parts.loan > 0) expect(this.loan, `${name}: limit (I4)`).to.be.at.most(this.limit);
    if (asked.kind === 'FARE') {
      this.#lastExit = { fare: name, entry: this.#entry, entered: this.inside };
      this.inside = undefined;
    }
    this.last = name;
    this.payments.set(name, {
      asked,
      parts,
      givings: new Map(),
      reversed: false,
      returned: false,
      collected: 0,
      asLoan: 0,
    });
  }

  /** Rule 4's order. */
  #payIn(name: string, parts: Parts): void {
    const { fare, interest, loan, value } = parts;
    this.fareOwed -= fare;
    this.interest -= interest;
    this.loan -= loan;
    this.storedValue += value;
    this.#flows.paidFare += fare;
    this.#flows.paidInterest += interest;
    this.#flows.paidLoan += loan;
    if (value > 0) expect(this.owed, `${name}: owed first`).to.equal(0);
    if (loan > 0) expect(this.interest + this.fareOwed, `${name}: interest and fare first`).to.equal(0);
    if (interest > 0) expect(this.fareOwed, `${name}: fare first`).to.equal(0);
    const most = this.policy.storedValueCap ?? Infinity;
    if (value > 0) expect(this.storedValue, `${name}: cap`).to.be.at.most(most);
  }

  /** Value to SV; loan, and an account part whose collection came back, from the principal; what exceeds it to SV. */
  #giveBack(name: string, payment: Payment, parts: Parts, refund: boolean): void {
    const asLoan = payment.returned ? parts.account : 0;
    const lowered = Math.min(this.loan, parts.loan + asLoan);
    const collected = Math.min(this.fareOwed, parts.fare);
    const excess = parts.loan + asLoan - lowered + parts.fare - collected;
    expect(parts, name).to.include({ excess, accountAsLoan: asLoan, restoredLoan: 0 });
    this.loan -= lowered;
    this.fareOwed -= collected;
    this.storedValue += parts.value + excess;
    this.#flows.toLoan += lowered;
    this.#flows.toFare += collected;
    this.#flows.toValue += parts.value + excess;
    payment.asLoan -= asLoan;
    payment.givings.set(name, { parts, refund });
  }

  #reverse(asked: Asked, answer: Answer): void {
    const name = nameOf(asked.id);
    const approved = this.#approved.get(name);
    if (approved === undefined) {
      expect(answer.amount, `${name}: nothing to undo`).to.equal(0);
    } else {
      this.#undo(name, approved.asked, approved.answer, answer);
      this.#approved.delete(name);
    }
    this.#compare(name, answer);
  }

  #undo(name: string, asked: Asked, approved: Answer, { amount, parts }: Answer): void {
    switch (asked.kind) {
      case 'PURCHASE':
      case 'FARE': {
        const payment = this.#payment(asked.id);
        for (const part of GIVEN) {
          expect(parts[part], `${name}: all that is left of ${part}`).to.equal(leftOf(payment, part));
        }
        this.#giveBack(name, payment, parts, false);
        payment.reversed = true;
        if (asked.kind === 'FARE') this.#comeBackInside(name);
        break;
      }
      case 'DEPOSIT':
        expect(amount, `${name}: all of it`).to.equal(approved.amount);
        this.#payIn(name, negative(approved.parts));
        this.#flows.deposits -= amount;
        this.#cover(name, parts);
        break;
      case 'REFUND':
      case 'VOID':
        this.#takeAgain(name, this.#payment(asked.original), approved.parts, parts);
        break;
      case 'UNLOAD':
        expect(amount, `${name}: all of it`).to.equal(approved.amount);
        this.storedValue += amount;
        this.#flows.unloads -= amount;
        this.closed = false;
        break;
      case 'ENTRY':
        this.#undoneEntries.add(name);
        if (this.#entry === name) this.inside = undefined;
        break;
      case 'ENQUIRY':
      case 'STORE':
      case undefined:
        break;
    }
  }

  /** Only by the last exit, if that entry stands, and the card has not entered since. */
  #comeBackInside(fare: string): void {
    const exit = this.#lastExit;
    if (exit?.fare !== fare || this.inside !== undefined || this.#undoneEntries.has(exit.entry)) return;
    this.inside = exit.entered;
    this.#entry = exit.entry;
  }

  #takeAgain(name: string, payment: Payment, given: Parts, parts: Parts): void {
    if (payment.reversed) {
      expect(totalOf(parts), `${name}: its payment was reversed, nothing is taken again`).to.equal(0);
      return;
    }
    expect(totalOf(parts), `${name}: what it had given`).to.equal(totalOf(given));
    const asLoan = payment.returned ? given.account : 0;
    const toLoan = Math.min(given.excess, given.loan + given.accountAsLoan);
    const loan = given.loan + asLoan - toLoan;
    expect(parts.accountAsLoan, `${name}: it came back`).to.equal(asLoan);
    payment.asLoan += asLoan;
    const fare = given.fare - (given.excess - toLoan);
    this.loan += loan;
    this.fareOwed += fare;
    this.storedValue -= given.value + given.excess;
    this.#flows.toLoan -= loan;
    this.#flows.toFare -= fare;
    this.#flows.toValue -= given.value + given.excess;
    this.#cover(name, parts);
    payment.givings.delete(name);
  }

  /** What SV no longer holds becomes loan. */
  #cover(name: string, parts: Parts): void {
    const short = Math.max(0, -this.storedValue);
    expect(parts.restoredLoan, `${name}: spent already`).to.equal(short);
    this.storedValue += short;
    this.loan += short;
    this.#flows.restored += short;
  }

  #store({ reference, amount }: Instruction, parts: Parts, balances: Balances): void {
    const name = `${this.card}, ${reference}`;
    expect(this.pending[0]?.reference, `${name}: in order`).to.equal(reference);
    expect(this.#applied.has(reference), `${name}: once`).to.equal(false);
    expect(totalOf(parts), `${name}: parts`).to.equal(amount);
    this.#applied.add(reference);
    this.pending = this.pending.slice(1);
    this.#payIn(name, parts);
    this.#flows.stores += amount;
    expect(balances, name).to.deep.equal(this.balances);
  }

  #adjust({ adjustment, balances }: Extract<CardEvent, { type: 'CardAdjusted' }>): void {
    const { adjusted } = this.#flows;
    for (const part of ['storedValue', 'loan', 'interest', 'fareOwed'] as const) {
      this[part] += adjustment[part];
      adjusted[part] += adjustment[part];
    }
    expect(balances, `${this.card}: adjusted`).to.deep.equal(this.balances);
  }

  #compare(name: string, { balances, inside }: Answer): void {
    const { storedValue, loan, interest, fareOwed } = this;
    expect(Math.min(storedValue, loan, interest, fareOwed), `${name}: never below 0`).to.be.at.least(0);
    expect(balances, name).to.deep.equal(this.balances);
    expect(inside, `${name}: inside`).to.deep.equal(this.inside);
  }

  #try({ triesLeft }: Answer): void {
    if (triesLeft !== undefined) this.triesLeft = triesLeft;
  }

  #payment(id: TransactionId | undefined): Payment {
    const payment = id && this.payments.get(nameOf(id));
    if (payment === undefined) throw new Error(`${this.card}: no such payment`);
    return payment;
  }
}

function negative(parts: Parts): Parts {
  const { fare, interest, loan, value } = parts;
  return { ...parts, fare: -fare, interest: -interest, loan: -loan, value: -value };
}

function noFlows(): Flows {
  return {
    deposits: 0,
    stores: 0,
    value: 0,
    drawn: 0,
    uncollected: 0,
    toValue: 0,
    toLoan: 0,
    toFare: 0,
    paidFare: 0,
    paidInterest: 0,
    paidLoan: 0,
    unloads: 0,
    posted: 0,
    returned: 0,
    restored: 0,
    adjusted: { storedValue: 0, loan: 0, interest: 0, fareOwed: 0 },
  };
}
