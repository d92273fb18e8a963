/** Keeps the books from the journals alone, with arithmetic of its own: what BEHAVIOUR calls always true. */
import { expect } from 'chai';
import type { Event } from '../../../actors/registry/event.js';
import type { Answer } from '../../../actors/money/answer.js';
import type { Balances } from '../../../actors/money/balances.js';
import type { CardTerms } from '../../../actors/money/cardTerms.js';
import type { TransactionId } from '../../../actors/money/ids.js';
import type { Asked } from '../../../actors/money/transaction.js';
import type { State } from '../../../actors/registry/unit.js';
import type { World } from './world.js';

interface Account {
  storedValue: number;
  loan: number;
  interest: number;
  fareOwed: number;
  limit: number;
  reasons: readonly string[];
  /** What it was worth at issue, plus everything that came in, less everything that was spent. */
  worth: number;
}

interface CardDecision {
  readonly order: number;
  readonly position: number;
  readonly asked: Asked;
  readonly answer: Answer;
}

type Sums = Record<string, number>;

const nameOf = ({ terminal, incarnation, number }: TransactionId): string =>
  `${terminal}/${incarnation}/${number}`;

export class Books {
  readonly #cards = new Map<string, Account>();
  readonly #decided = new Map<string, CardDecision>();
  readonly #reversed = new Map<string, CardDecision>();
  readonly #opened = new Map<string, number>();
  readonly #closed = new Map<string, Answer>();
  readonly #sums = new Map<string, Sums>();

  constructor(world: World) {
    const events = world.nodes.flatMap(({ journal, registry }) =>
      journal.flatMap(({ order, position, turns }) =>
        turns.flatMap((turn) =>
          turn.events.map((bytes) => ({ order, position, event: registry.decodeEvent(bytes) })),
        ),
      ),
    );
    events.sort((one, other) => one.order - other.order);
    for (const { order, position, event } of events) this.#enter(event, order, position);
  }

  /** The outcome that stands for an id: of its card, undefined if it has decided nothing. */
  standing(id: TransactionId): string | undefined {
    if (this.#reversed.has(nameOf(id))) return 'REVERSED';
    return this.#decided.get(nameOf(id))?.answer.outcome;
  }

  /** I3, I10: the states of both actors, each from its own events, are what the books say. */
  checkCards(states: ReadonlyMap<string, State>): void {
    for (const [card, account] of this.#cards) {
      const state = states.get(`card/${card}`);
      if (state?.unit !== 'card') throw new Error(`${card} is gone`);
      const { storedValue, loan, interest, fareOwed, limit, reasons } = account;
      const balances: Balances = { storedValue, loan, interest, fareOwed, limit };
      expect(state.card?.balances, `card ${card}`).to.deep.equal(balances);
      expect(state.record?.balances, `record of ${card} (I3)`).to.deep.equal(balances);
      expect(state.card?.reasons, `reasons of ${card}`).to.deep.equal(reasons);
      expect(state.record?.reasons, `reasons of ${card} (I3)`).to.deep.equal(reasons);
      expect(state.record?.active, `${card} (I3)`).to.equal(state.card?.active);
      const owed = loan + interest + fareOwed;
      expect(storedValue - owed, `${card}: what came in and what was spent (I1)`).to.equal(account.worth);
      expect(reasons.includes('LIMIT'), `${card}: rule 7`).to.equal(owed > limit);
    }
  }

  /** I8: nothing in flight after a drain; what the terminal closed is what the card decided. */
  checkTerminals(states: ReadonlyMap<string, State>): void {
    for (const state of states.values()) {
      if (state.unit !== 'terminal') continue;
      for (const { incarnation, open } of state.state.incarnations) {
        expect(open, `${state.state.terminal}/${incarnation}: in flight`).to.deep.equal([]);
      }
    }
    for (const [name, decision] of [...this.#decided, ...this.#reversed]) {
      expect(this.#opened.get(name), `${name}: opened first (I8)`).to.be.below(decision.order);
    }
    for (const [name, answer] of this.#closed) {
      const decision = this.#decided.get(name);
      expect(answer, `${name}: closed with the card's answer (I8)`).to.deep.equal(decision?.answer);
      expect(answer.position).to.equal(decision?.position);
    }
  }

  /** I8: the sums of terminals, of the center's shards and of the cards are equal. */
  checkTotals(states: readonly ReadonlyMap<string, State>[]): void {
    const [terminals, center] = [new Map<string, Sums>(), new Map<string, Sums>()];
    for (const state of states.flatMap((each) => [...each.values()])) {
      if (state.unit === 'card') continue;
      const [terminal, totals, sums] =
        state.unit === 'terminal'
          ? ([state.state.terminal, state.state.totals, terminals] as const)
          : ([state.terminal, state.totals, center] as const);
      for (const row of totals) {
        const key = `${terminal} ${row.batch} ${row.businessDate}`;
        addRow(sums, key, 'purchases', row.purchases);
        addRow(sums, key, 'deposits', row.deposits);
        addRow(sums, key, 'purchaseReversals', row.purchaseReversals);
        addRow(sums, key, 'depositReversals', row.depositReversals);
        addRow(sums, key, 'declines', row.declines);
        if (row.enquiries > 0) add(sums, key, { 'enquiries count': row.enquiries });
      }
    }
    expect(Object.fromEntries(center), 'center = cards').to.deep.equal(Object.fromEntries(this.#sums));
    expect(Object.fromEntries(terminals), 'terminals = cards').to.deep.equal(Object.fromEntries(this.#sums));
  }

  #enter(event: Event, order: number, position: number): void {
    if (event.type === 'CardIssued') this.#issue(event.card, event.terms);
    else if (event.type === 'CardLimitChanged') this.#account(event.card).limit = event.limit;
    else if (event.type === 'CardProhibitionChanged') this.#account(event.card).reasons = event.reasons;
    else if (event.type === 'CardMoved') {
      this.#decide(event.asked, event.answer, order, position);
      this.#move(event.asked, event.answer);
    } else if (event.type === 'CardDeclined') {
      this.#decide(event.asked, event.answer, order, position);
      this.#count(event.asked, 'declines', event.asked.amount, {});
    } else if (event.type === 'CardReversed') {
      this.#reverse({ asked: event.asked, answer: event.answer, order, position });
    } else if (event.type === 'TransactionOpened') this.#open(event.opened.id, order);
    else if (event.type === 'ReversalOpened') this.#open(event.reversal.id, order);
    else if (event.type === 'TransactionClosed') {
      expect(this.#closed.has(nameOf(event.id)), `${nameOf(event.id)}: closed once`).to.equal(false);
      this.#closed.set(nameOf(event.id), event.answer);
    }
  }

  #issue(card: string, { storedValue, loan, interest, fareOwed, limit }: CardTerms): void {
    const worth = storedValue - loan - interest - fareOwed;
    this.#cards.set(card, { storedValue, loan, interest, fareOwed, limit, reasons: [], worth });
  }

  #open(id: TransactionId, order: number): void {
    const name = nameOf(id);
    if (!this.#opened.has(name)) this.#opened.set(name, order);
  }

  #decide(asked: Asked, answer: Answer, order: number, position: number): void {
    const name = nameOf(asked.id);
    expect(this.#decided.has(name), `${name}: decided once (I5)`).to.equal(false);
    expect(this.#reversed.has(name), `${name}: not after its reversal (I5)`).to.equal(false);
    this.#decided.set(name, { asked, answer, order, position });
  }

  /** I2, I4, and rule 4's order. */
  #move({ kind, card, amount, ...asked }: Asked, { parts, balances }: Answer): void {
    const account = this.#account(card);
    const name = nameOf(asked.id);
    if (kind === 'PURCHASE') {
      expect(account.reasons, `${name}: a prohibited card pays nothing (I6)`).to.deep.equal([]);
      expect(parts.value + parts.account + parts.loan, `${name}: parts (I2)`).to.equal(amount);
      account.storedValue -= parts.value;
      account.loan += parts.loan;
      account.worth -= amount;
      expect(account.loan, `${name}: limit (I4)`).to.be.at.most(account.limit);
      if (parts.loan > 0) expect(account.storedValue, `${name}: value first`).to.equal(0);
    } else if (kind === 'DEPOSIT') {
      expect(parts.fare + parts.interest + parts.loan + parts.value, `${name}: parts (I2)`).to.equal(amount);
      account.fareOwed -= parts.fare;
      account.interest -= parts.interest;
      account.loan -= parts.loan;
      account.storedValue += parts.value;
      account.worth += amount;
      if (parts.value > 0) expect(account.loan + account.interest + account.fareOwed).to.equal(0);
    }
    this.#compare(name, account, balances);
    if (kind === 'ENQUIRY') this.#count({ kind, card, amount, ...asked }, 'enquiries', undefined, {});
    else this.#count({ kind, card, amount, ...asked }, `${(kind ?? '').toLowerCase()}s`, amount, parts);
  }

  #reverse(decision: CardDecision): void {
    const { asked, answer } = decision;
    const name = nameOf(asked.id);
    expect(this.#reversed.has(name), `${name}: reversed once (I5)`).to.equal(false);
    this.#reversed.set(name, decision);
    const original = this.#decided.get(name);
    const approved = original?.answer.outcome === 'APPROVED' ? original : undefined;
    expect(answer.amount, `${name}: undone as much as was done (I5)`).to.equal(approved?.answer.amount ?? 0);
    if (approved === undefined || answer.amount === 0) return;
    const account = this.#account(asked.card);
    const { parts } = approved.answer;
    if (approved.asked.kind === 'PURCHASE') {
      const lowered = Math.min(account.loan, parts.loan);
      account.loan -= lowered;
      account.storedValue += approved.answer.amount - lowered;
      account.worth += approved.answer.amount;
    } else {
      const kept = Math.min(account.storedValue, parts.value);
      account.storedValue -= kept;
      account.loan += parts.loan + parts.value - kept;
      account.interest += parts.interest;
      account.fareOwed += parts.fare;
      account.worth -= approved.answer.amount;
    }
    this.#compare(name, account, answer.balances);
    const line = `${(approved.asked.kind ?? '').toLowerCase()}Reversals`;
    this.#count(asked, line, answer.amount, answer.parts);
  }

  #compare(name: string, account: Account, balances: Balances | undefined): void {
    const { storedValue, loan, interest, fareOwed, limit } = account;
    expect(Math.min(storedValue, loan, interest, fareOwed), `${name}: never below 0`).to.be.at.least(0);
    expect(balances, name).to.deep.equal({ storedValue, loan, interest, fareOwed, limit });
  }

  #count({ id, batch, businessDate }: Asked, line: string, amount: number | undefined, parts: object): void {
    const key = `${id.terminal} ${batch} ${businessDate}`;
    const sums: Sums = { [`${line} count`]: 1 };
    if (amount !== undefined) sums[`${line} amount`] = amount;
    for (const [part, value] of Object.entries(parts)) if (value > 0) sums[`${line} ${part}`] = Number(value);
    add(this.#sums, key, sums);
  }

  #account(card: string): Account {
    const account = this.#cards.get(card);
    if (account === undefined) throw new Error(`${card} was never issued`);
    return account;
  }
}

interface Counted {
  readonly count: number;
  readonly amount: bigint;
  readonly parts: object;
}

function addRow(sums: Map<string, Sums>, key: string, line: string, { count, amount, parts }: Counted): void {
  if (count === 0) return;
  const entries: Sums = { [`${line} count`]: count, [`${line} amount`]: Number(amount) };
  for (const [part, value] of Object.entries(parts))
    if (value > 0n) entries[`${line} ${part}`] = Number(value);
  add(sums, key, entries);
}

function add(sums: Map<string, Sums>, key: string, entries: Sums): void {
  const row = sums.get(key) ?? {};
  for (const [name, value] of Object.entries(entries)) row[name] = (row[name] ?? 0) + value;
  sums.set(key, row);
}
