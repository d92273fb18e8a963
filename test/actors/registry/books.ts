/** Keeps the books from the journals alone, with arithmetic of its own: what BEHAVIOUR calls always true. */
import { expect } from 'chai';
import type { CardEvent } from '../../../actors/card/card.js';
import type { Answer } from '../../../actors/money/answer.js';
import type { TransactionId } from '../../../actors/money/ids.js';
import { inForce, type Parameters } from '../../../actors/money/parameters.js';
import type { Parts } from '../../../actors/money/parts.js';
import { type BatchTotals, LINES } from '../../../actors/money/totals.js';
import type { Asked, Kind } from '../../../actors/money/transaction.js';
import { type Event, isCardEvent } from '../../../actors/registry/event.js';
import type { State } from '../../../actors/registry/unit.js';
import { type BatchEvent, isBatchEvent } from '../../../actors/terminal/batch.js';
import { Account, leftOf, nameOf, totalOf } from './account.js';
import { InterestBooks } from './interestBooks.js';
import { judge, type Place, remaining } from './judge.js';
import { RunBooks } from './runBooks.js';
import type { World } from './world.js';

interface CardDecision {
  readonly order: number;
  readonly position: number;
  readonly asked: Asked;
  readonly answer: Answer;
}

type Sums = Record<string, number>;

export class Books {
  readonly #cards = new Map<string, Account>();
  readonly #places = new Map<string, Place>();
  readonly #decided = new Map<string, CardDecision>();
  readonly #reversed = new Map<string, CardDecision>();
  readonly #opened = new Map<string, number>();
  readonly #closed = new Map<string, Answer>();
  readonly #sums = new Map<string, Sums>();
  /** By terminal and batch. */
  readonly #final = new Set<string>();
  readonly #settled = new Map<string, Extract<BatchEvent, { type: 'BatchSettled' }>>();
  readonly #schedule: readonly Parameters[];
  readonly #interest: InterestBooks;
  readonly #runs = new RunBooks();

  constructor(world: World) {
    const events = world.nodes.flatMap(({ journal, registry }, partition) =>
      journal.flatMap(({ order, position, turns }) =>
        turns.flatMap((turn) =>
          turn.events.map((bytes) => ({ order, position, partition, event: registry.decodeEvent(bytes) })),
        ),
      ),
    );
    events.sort((one, other) => one.order - other.order);
    this.#schedule = [
      ...(world.rules.parameters === undefined ? [] : [world.rules.parameters]),
      ...events.flatMap(({ event }) => (event.type === 'ParametersDecided' ? [event.parameters] : [])),
    ];
    this.#interest = new InterestBooks(this.#schedule);
    for (const { order, position, partition, event } of events) {
      this.#enter(event, order, position);
      this.#interest.enter(event, partition);
      this.#runs.enter(event);
    }
  }

  /** The outcome that stands for an id: of its card, undefined if it has decided nothing. */
  standing(id: TransactionId): string | undefined {
    if (this.#reversed.has(nameOf(id))) return 'REVERSED';
    return this.#decided.get(nameOf(id))?.answer.outcome;
  }

  /** I1, I3, I7, I10: the states of both actors, each from its own events, are what the books say. */
  checkCards(states: ReadonlyMap<string, State>): void {
    for (const [card, account] of this.#cards) {
      const state = states.get(`card/${card}`);
      if (state?.unit !== 'card') throw new Error(`${card} is gone`);
      const { balances, reasons, policy, device, pending, closed, active } = account;
      const kept = { balances, reasons, policy, device, pending, closed, active };
      expect(pick(state.card, kept), `card ${card}`).to.deep.equal(kept);
      expect(pick(state.record, kept), `record of ${card} (I3)`).to.deep.equal(kept);
      expect(state.card?.inside, `${card}: inside`).to.deep.equal(account.inside);
      expect(state.card?.triesLeft, `${card}: tries`).to.equal(account.triesLeft);
      expect(reasons.includes('LIMIT'), `${card}: rule 7`).to.equal(account.owed > balances.limit);
      account.checkSums();
      const [first] = reasons.includes('LIMIT') ? pending : [];
      const room = (policy.storedValueCap ?? Infinity) - balances.storedValue + account.owed;
      if (first !== undefined) expect(first.amount, `${card}: applied at once (rule 5)`).to.be.above(room);
      if (state.record !== undefined) this.#interest.check(state.record);
    }
  }

  checkRuns(): void {
    this.#runs.check();
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
      if (state.unit !== 'terminal' && state.unit !== 'visitor') continue;
      const [terminal, totals, sums] =
        state.unit === 'terminal'
          ? ([state.state.terminal, state.state.totals, terminals] as const)
          : ([state.terminal, state.totals, center] as const);
      for (const row of totals) {
        const key = `${terminal} ${row.batch} ${row.businessDate}`;
        addLines(sums, key, row);
      }
    }
    expect(Object.fromEntries(center), 'center = cards').to.deep.equal(Object.fromEntries(this.#sums));
    expect(Object.fromEntries(terminals), 'terminals = cards').to.deep.equal(Object.fromEntries(this.#sums));
  }

  /** Rule 10: a closed batch is settled, and its columns are what the cards decided. */
  checkBatches(states: ReadonlyMap<string, State>): void {
    for (const state of states.values()) {
      if (state.unit !== 'terminal') continue;
      for (const { batch, settledTime } of state.state.closedBatches) {
        expect(settledTime, `${state.state.terminal}, batch ${batch}: settled`).not.to.equal(undefined);
      }
    }
    for (const [name, { own, center }] of this.#settled) {
      const cards = new Map<string, Sums>();
      for (const [key, row] of this.#sums) if (key.startsWith(`${name} `)) add(cards, name, row);
      for (const column of [own, center]) {
        const sums = new Map<string, Sums>();
        if (column !== undefined) addLines(sums, name, column);
        expect(Object.fromEntries(sums), `batch ${name}`).to.deep.equal(Object.fromEntries(cards));
      }
    }
  }

  #enter(event: Event, order: number, position: number): void {
    if (isBatchEvent(event)) this.#batch(event);
    else if (event.type === 'TransactionOpened') this.#open(event.opened.id, order);
    else if (event.type === 'ReversalOpened') this.#open(event.reversal.id, order);
    else if (event.type === 'TerminalRegistered') this.#places.set(event.terminal, event);
    else if (event.type === 'TransactionClosed') {
      expect(this.#closed.has(nameOf(event.id)), `${nameOf(event.id)}: closed once`).to.equal(false);
      this.#closed.set(nameOf(event.id), event.answer);
    } else if (event.type === 'CardIssued') {
      this.#cards.set(event.card, new Account(event.card, event.terms));
    } else if (event.type === 'RecordMoved') {
      const { answer } = this.#decided.get(nameOf(event.asked.id)) ?? {};
      const { parts, balances } = event;
      expect({ parts, balances }, `${nameOf(event.asked.id)}: card and center (I3)`).to.deep.equal({
        parts: answer?.parts,
        balances: answer?.balances,
      });
    } else if (event.type === 'RecordReversed') {
      const { answer } = this.#reversed.get(nameOf(event.asked.id)) ?? {};
      const { parts, amount } = event;
      expect({ parts, amount }, `${nameOf(event.asked.id)}: card and center (I3)`).to.deep.equal({
        parts: answer?.parts,
        amount: answer?.amount,
      });
    } else if (event.type === 'RecordCollectionOrdered') {
      const payment = this.#cards.get(event.card)?.payments.get(nameOf(event.transaction));
      if (payment === undefined) throw new Error(`${event.order}: a collection of nothing`);
      payment.collected += event.credit ? -event.amount : event.amount;
    } else if (isCardEvent(event)) this.#enterCard(event, order, position);
  }

  #enterCard(event: CardEvent, order: number, position: number): void {
    const card = 'asked' in event ? event.asked.card : event.card;
    const account = this.#cards.get(card);
    if ('asked' in event) {
      const { asked, answer } = event;
      const decision = { asked, answer, order, position };
      if (event.type === 'CardReversed') this.#reverse(decision);
      else this.#decide(decision, account);
    }
    account?.enter(event);
  }

  /** D15: nothing is booked into a batch once it is final; then all columns are equal. */
  #batch(event: BatchEvent): void {
    const name = `${event.terminal} ${event.batch}`;
    if (event.type === 'BatchFinal') this.#final.add(name);
    else if (event.type === 'BatchSettled') this.#settled.set(name, event);
  }

  #open(id: TransactionId, order: number): void {
    const name = nameOf(id);
    if (!this.#opened.has(name)) this.#opened.set(name, order);
  }

  #decide(decision: CardDecision, account: Account | undefined): void {
    const { asked, answer } = decision;
    const name = nameOf(asked.id);
    expect(this.#decided.has(name), `${name}: decided once (I5)`).to.equal(false);
    expect(this.#reversed.has(name), `${name}: not after its reversal (I5)`).to.equal(false);
    this.#decided.set(name, decision);
    this.#check(name, decision, account);
    if (answer.outcome !== 'APPROVED') this.#count(asked, 'declines', asked.amount, undefined);
    else if (asked.kind === 'ENQUIRY') this.#count(asked, 'enquiries', undefined, undefined);
    else if (asked.kind === 'ENTRY') this.#count(asked, 'entries', undefined, undefined);
    else this.#count(asked, lineOf(asked.kind, 's'), totalOf(answer.parts), answer.parts);
  }

  /** Rule 17: the answer is the first check that fails; a payment's parts are those of rules 1 to 3. */
  #check(name: string, { asked, answer }: CardDecision, account: Account | undefined): void {
    const place = this.#places.get(asked.id.terminal);
    if (place === undefined) throw new Error(`${asked.id.terminal} was never registered`);
    if (account === undefined) {
      expect(answer.outcome, name).to.equal('CARD_UNKNOWN');
      return;
    }
    const parametersOn = (date: number) => inForce(this.#schedule, date);
    const expected = judge(account, asked, answer, place, parametersOn);
    if (answer.outcome === 'ORIGINAL_NOT_FOUND' && this.#wasTooEarly(asked)) return;
    expect(answer.outcome, `${name}: rule 17`).to.equal(expected.outcome);
    if (expected.parts !== undefined)
      expect(answer.parts, `${name}: rules 1 to 3`).to.include(expected.parts);
    if (answer.outcome !== 'APPROVED' || asked.original === undefined) return;
    const payment = account.payments.get(nameOf(asked.original));
    if (payment === undefined) throw new Error(`${name}: gives nothing back`);
    const left = remaining(payment);
    for (const part of ['value', 'account', 'loan'] as const) {
      // In proportion, to less than one minor unit.
      const distance = Math.abs(answer.parts[part] * left - answer.amount * leftOf(payment, part));
      expect(distance, `${name}: ${part} in proportion (rule 9)`).to.be.below(Math.max(1, left));
    }
  }

  /** Opened before its payment was decided: the journal may have been asked before, too. */
  #wasTooEarly({ id, original }: Asked): boolean {
    const payment = original && this.#decided.get(nameOf(original));
    return payment !== undefined && payment.order > (this.#opened.get(nameOf(id)) ?? 0);
  }

  #reverse(decision: CardDecision): void {
    const { asked, answer } = decision;
    const name = nameOf(asked.id);
    expect(this.#reversed.has(name), `${name}: reversed once (I5)`).to.equal(false);
    this.#reversed.set(name, decision);
    const original = this.#decided.get(name);
    expect(answer.original, `${name}: says what it undoes`).to.equal(original?.answer.outcome);
    const kind = original?.asked.kind;
    const moved = kind !== 'ENTRY' && kind !== 'ENQUIRY';
    if (original?.answer.outcome !== 'APPROVED' || !moved) return;
    this.#count(asked, lineOf(kind, 'Reversals'), answer.amount, answer.parts);
  }

  #count(asked: Asked, line: string, amount: number | undefined, parts: Parts | undefined): void {
    const { id, batch, businessDate } = asked;
    expect(this.#final.has(`${id.terminal} ${batch}`), `${nameOf(id)}: into a closed batch`).to.equal(false);
    const key = `${id.terminal} ${batch} ${businessDate}`;
    const sums: Sums = { [`${line} count`]: 1 };
    if (amount !== undefined) sums[`${line} amount`] = amount;
    for (const [part, value] of Object.entries(parts ?? {})) {
      if (value > 0) sums[`${line} ${part}`] = Number(value);
    }
    add(this.#sums, key, sums);
  }
}

function pick(state: object | undefined, like: object): object {
  return Object.fromEntries(Object.keys(like).map((key) => [key, Reflect.get(state ?? {}, key)]));
}

function lineOf(kind: Kind | undefined, ending: 's' | 'Reversals'): string {
  return `${(kind ?? '').toLowerCase()}${ending}`;
}

interface Counted {
  readonly count: number;
  readonly amount: bigint;
  readonly parts: object;
}

/** All that reached a card. */
function addLines(sums: Map<string, Sums>, key: string, row: BatchTotals): void {
  for (const line of LINES) if (line !== 'ownRefusals') addRow(sums, key, line, row[line]);
  if (row.enquiries > 0) add(sums, key, { 'enquiries count': row.enquiries });
  if (row.entries > 0) add(sums, key, { 'entries count': row.entries });
}

function addRow(sums: Map<string, Sums>, key: string, line: string, { count, amount, parts }: Counted): void {
  if (count === 0) return;
  const entries: Sums = { [`${line} count`]: count, [`${line} amount`]: Number(amount) };
  for (const [part, value] of Object.entries(parts)) {
    if (value > 0n) entries[`${line} ${part}`] = Number(value);
  }
  add(sums, key, entries);
}

function add(sums: Map<string, Sums>, key: string, entries: Sums): void {
  const row = sums.get(key) ?? {};
  for (const [name, value] of Object.entries(entries)) row[name] = (row[name] ?? 0) + value;
  sums.set(key, row);
}
