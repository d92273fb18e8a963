/** A small system that pays, in the test alone: writes right journals, and knows what its cards hold at the end. */
import { v1 } from '../../../proto/generated/emoney.js';
import { JournalBuilder, placed, START, type Event } from './journalBuilder.js';

const { Kind, Outcome } = v1;
const { PROHIBITION_REASON_LIMIT: LIMIT, PROHIBITION_REASON_OPERATOR: OPERATOR } = v1.ProhibitionReason;
type Parts = Record<'value' | 'account' | 'loan' | 'interest' | 'fare' | 'restoredLoan', number>;
type Balances = Record<'storedValue' | 'loan' | 'interest' | 'fareOwed' | 'limit', number>;

const NO_PARTS: Parts = { value: 0, account: 0, loan: 0, interest: 0, fare: 0, restoredLoan: 0 };
const DATE = 20260301;

export interface Card {
  readonly id: string;
  balances: Balances;
  reasons: v1.ProhibitionReason[];
  changed: number;
  flag: boolean;
  active: boolean;
  cap: number | undefined;
}

export interface Terminal {
  readonly id: string;
  readonly role: v1.TerminalRole;
  readonly mayDefer: boolean;
  session: number;
  incarnation: number;
  number: number;
  list: v1.ListVersion.$Properties;
}

/** What a driver would have been told, and what a reversal needs. */
export interface Paid {
  readonly id: { readonly terminal: string; readonly incarnation: number; readonly number: number };
  readonly card: string;
  readonly kind: v1.Kind;
  readonly amount: number;
  readonly answer: v1.Answer.$Properties;
  readonly parts: Parts;
}

export interface Terms {
  storedValue?: number;
  loan?: number;
  interest?: number;
  fareOwed?: number;
  limit?: number;
  cap?: number;
  flag?: boolean;
  active?: boolean;
}

export class MiniSystem {
  readonly journal: JournalBuilder;
  readonly cards = new Map<string, Card>();
  readonly terminals = new Map<string, Terminal>();
  #listSequence = 0;

  constructor(partitions = 4) {
    this.journal = new JournalBuilder(partitions);
  }

  place(id: string): number {
    return placed(id, this.journal.partitions.length);
  }

  issue(id: string, terms: Terms = {}): Card {
    const { storedValue = 1_200, loan = 0, interest = 0, fareOwed = 0, limit = 10_000 } = terms;
    const { flag = true, active = true, cap } = terms;
    const balances = { storedValue, loan, interest, fareOwed, limit };
    const card: Card = { id, balances, reasons: [], changed: 0, flag, active, cap };
    this.cards.set(id, card);
    const wire = {
      ...balances,
      creditFlag: flag,
      active,
      ...(cap === undefined ? {} : { storedValueCap: cap }),
    };
    const events: Event[] = [
      { recordOpened: { card: id, terms: wire } },
      { cardIssued: { card: id, terms: { ...wire } } },
      ...this.#limitReason(card),
    ];
    this.journal.turn(this.place(id), [`card/${id}`], events);
    return card;
  }

  register(id: string, role: 'PURCHASE' | 'DEPOSIT' = 'PURCHASE', mayDefer = true): Terminal {
    const terminal: Terminal = {
      ...{ id, role: v1.TerminalRole[`TERMINAL_ROLE_${role}`], mayDefer },
      ...{ session: 0, incarnation: 0, number: 0, list: {} },
    };
    this.terminals.set(id, terminal);
    this.#atTerminal(terminal, { terminalRegistered: { terminal: id, role: terminal.role, mayDefer } });
    this.hello(id);
    return terminal;
  }

  hello(id: string): void {
    const terminal = this.terminals.get(id)!;
    terminal.session += 1;
    terminal.incarnation += 1;
    terminal.number = 0;
    const { session, incarnation } = terminal;
    this.#atTerminal(terminal, { sessionOpened: { terminal: id, incarnation, session } });
    this.hold(id);
  }

  hold(id: string): void {
    const terminal = this.terminals.get(id)!;
    terminal.list = { incarnation: 1, sequence: this.#listSequence };
    this.#atTerminal(terminal, { listHeld: { terminal: id, version: terminal.list } });
  }

  purchase(terminal: string, card: string, amount: number): Paid {
    return this.pay(terminal, card, Kind.KIND_PURCHASE, amount);
  }

  deposit(terminal: string, card: string, amount: number): Paid {
    return this.pay(terminal, card, Kind.KIND_DEPOSIT, amount);
  }

  pay(terminal: string, card: string, kind: v1.Kind, amount: number): Paid {
    const opened = this.open(terminal, card, kind, amount);
    const paid = this.decide(opened);
    this.close(paid);
    return paid;
  }

  open(terminalId: string, card: string, kind: v1.Kind, amount: number): v1.TransactionOpened.$Properties {
    const terminal = this.terminals.get(terminalId)!;
    terminal.number += 1;
    const opened: v1.TransactionOpened.$Properties = {
      id: { terminal: terminalId, incarnation: terminal.incarnation, number: terminal.number },
      ...{ card, kind, amount, digest: 77 + amount, batch: 1, businessDate: DATE, terminalTimeMs: START },
      ...{ timeMs: this.journal.time, mark: 0, list: { ...terminal.list }, towards: this.place(card) },
    };
    this.#atTerminal(terminal, { transactionOpened: opened });
    return opened;
  }

  /** The turn of card and record. */
  decide(opened: v1.TransactionOpened.$Properties): Paid {
    const cardId = opened.card!;
    const card = this.cards.get(cardId);
    const partition = this.place(cardId);
    const amount = opened.amount as number;
    const asked = askedOf(opened);
    const [outcome, parts] = this.#outcome(card, opened, amount);
    const approved = outcome === Outcome.OUTCOME_APPROVED;
    if (card !== undefined && approved) apply(card.balances, opened.kind!, parts, 1);
    const answer = this.#answer(card, partition, outcome, amount, parts);
    if (outcome === Outcome.OUTCOME_CAP_EXCEEDED) answer.fits = roomOf(card!);
    const receiveTimeMs = answer.receiveTimeMs!;
    const balances = { ...card?.balances };
    const events: Event[] = approved
      ? [
          { cardMoved: { asked, answer } },
          { recordMoved: { asked: { ...asked }, parts: { ...parts }, balances, receiveTimeMs } },
        ]
      : [
          { cardDeclined: { asked, answer } },
          { recordDeclined: { asked: { ...asked }, outcome, receiveTimeMs } },
        ];
    if (card !== undefined && approved) events.push(...this.#limitReason(card));
    const units = [`visitor/${opened.id!.terminal!}`, ...(card === undefined ? [] : [`card/${cardId}`])];
    this.journal.turn(partition, units, events);
    return { id: opened.id as Paid['id'], card: cardId, kind: opened.kind!, amount, answer, parts };
  }

  close(paid: Paid): void {
    const event: Event = { transactionClosed: { id: { ...paid.id }, answer: structuredClone(paid.answer) } };
    this.#atTerminal(this.terminals.get(paid.id.terminal)!, event);
  }

  refuse(terminalId: string, card: string, amount: number, outcome: v1.Outcome): void {
    const terminal = this.terminals.get(terminalId)!;
    terminal.number += 1;
    const id = { terminal: terminalId, incarnation: terminal.incarnation, number: terminal.number };
    const opened = {
      ...{ id, card, kind: Kind.KIND_PURCHASE, amount, digest: 5, batch: 1, businessDate: DATE },
      ...{
        terminalTimeMs: START,
        timeMs: this.journal.time,
        list: { ...terminal.list },
        towards: this.place(card),
      },
    };
    this.#atTerminal(terminal, { transactionRefused: { opened, outcome } });
  }

  /** Undoes `paid`; of an id that the card never saw: a tombstone. */
  reverse(paid: Omit<Paid, 'answer' | 'parts'> & Partial<Paid>): v1.Answer.$Properties {
    const terminal = this.terminals.get(paid.id.terminal)!;
    const towards = this.place(paid.card);
    const booking = { batch: 1, businessDate: DATE, terminalTimeMs: START };
    const timeMs = this.journal.time;
    this.#atTerminal(terminal, {
      reversalOpened: { id: paid.id, card: paid.card, timeMs, towards, ...booking },
    });
    const answer = this.#undo(paid, booking);
    this.#atTerminal(terminal, { reversalClosed: { id: paid.id, answer: structuredClone(answer) } });
    return answer;
  }

  changeLimit(id: string, limit: number): void {
    const card = this.cards.get(id)!;
    const previousLimit = card.balances.limit;
    card.balances.limit = limit;
    const events: Event[] = [
      { recordLimitChanged: { card: id, limit, previousLimit } },
      { cardLimitChanged: { card: id, limit } },
      ...this.#limitReason(card),
    ];
    this.journal.turn(this.place(id), [`card/${id}`], events);
  }

  prohibit(id: string, prohibited = true): void {
    const card = this.cards.get(id)!;
    const others = card.reasons.filter((reason) => reason !== OPERATOR);
    card.reasons = prohibited ? [...others, OPERATOR] : others;
    this.journal.turn(this.place(id), [`card/${id}`], this.#prohibitionChanged(card));
  }

  /** The list has the card's present reasons. */
  publish(id: string): void {
    const card = this.cards.get(id)!;
    this.#listSequence += 1;
    const version = { incarnation: 1, sequence: this.#listSequence };
    const event: Event = { prohibitionPublished: { card: id, position: card.changed, version } };
    this.journal.turn(this.place(id), [`card/${id}`], [event]);
  }

  #undo(paid: Omit<Paid, 'answer' | 'parts'> & Partial<Paid>, booking: object): v1.Answer.$Properties {
    const partition = this.place(paid.card);
    const card = this.cards.get(paid.card);
    const outcome = paid.answer?.outcome ?? Outcome.OUTCOME_UNSPECIFIED;
    const undone = outcome === Outcome.OUTCOME_APPROVED && paid.amount > 0 && card !== undefined;
    const parts = { ...(undone ? paid.parts! : NO_PARTS) };
    if (undone) apply(card.balances, paid.kind, parts, -1);
    const amount = undone ? paid.amount : 0;
    const answer = {
      ...this.#answer(card, partition, Outcome.OUTCOME_REVERSED, amount, parts),
      original: outcome,
    };
    const asked = {
      id: paid.id,
      card: paid.card,
      kind: paid.kind,
      amount: paid.amount,
      digest: 77 + paid.amount,
      ...booking,
    };
    const receiveTimeMs = answer.receiveTimeMs!;
    const balances = { ...card?.balances };
    const events: Event[] = [
      { cardReversed: { asked, answer } },
      { recordReversed: { asked: { ...asked }, parts: { ...parts }, balances, receiveTimeMs, amount } },
      ...(undone ? this.#limitReason(card) : []),
    ];
    const units = [`visitor/${paid.id.terminal}`, ...(card === undefined ? [] : [`card/${paid.card}`])];
    this.journal.turn(partition, units, events);
    return answer;
  }

  #outcome(
    card: Card | undefined,
    opened: v1.TransactionOpened.$Properties,
    amount: number,
  ): [v1.Outcome, Parts] {
    if (card === undefined) return [Outcome.OUTCOME_CARD_UNKNOWN, NO_PARTS];
    const { balances } = card;
    const purchase = opened.kind === Kind.KIND_PURCHASE;
    if (purchase && card.reasons.length > 0) return [Outcome.OUTCOME_CARD_PROHIBITED, NO_PARTS];
    if (!card.active) return [Outcome.OUTCOME_CARD_NOT_ACTIVE, NO_PARTS];
    if (opened.kind === Kind.KIND_ENQUIRY) return [Outcome.OUTCOME_APPROVED, NO_PARTS];
    if (!purchase) {
      if (amount > roomOf(card)) return [Outcome.OUTCOME_CAP_EXCEEDED, NO_PARTS];
      const fare = Math.min(amount, balances.fareOwed);
      const interest = Math.min(amount - fare, balances.interest);
      const loan = Math.min(amount - fare - interest, balances.loan);
      return [
        Outcome.OUTCOME_APPROVED,
        { ...NO_PARTS, fare, interest, loan, value: amount - fare - interest - loan },
      ];
    }
    const value = Math.min(amount, balances.storedValue);
    const loan = amount - value;
    if (loan > 0 && !card.flag) return [Outcome.OUTCOME_INSUFFICIENT_FUNDS, NO_PARTS];
    const { mayDefer } = this.terminals.get(opened.id!.terminal!)!;
    if (loan > 0 && !mayDefer) return [Outcome.OUTCOME_DEFERRAL_NOT_PERMITTED, NO_PARTS];
    if (loan > 0 && balances.loan + loan > balances.limit) return [Outcome.OUTCOME_CREDIT_LIMIT, NO_PARTS];
    return [Outcome.OUTCOME_APPROVED, { ...NO_PARTS, value, loan }];
  }

  #answer(
    card: Card | undefined,
    partition: number,
    outcome: v1.Outcome,
    amount: number,
    parts: Parts,
  ): v1.Answer.$Properties {
    return {
      ...{ outcome, amount, parts: { ...parts }, creditFlag: card?.flag ?? false },
      ...(card === undefined ? {} : { balances: { ...card.balances } }),
      ...{ receiveTimeMs: this.journal.time, position: this.journal.next(partition) },
    };
  }

  #limitReason(card: Card): Event[] {
    const { balances, reasons } = card;
    const over = balances.fareOwed + balances.interest + balances.loan > balances.limit;
    if (over === reasons.includes(LIMIT)) return [];
    card.reasons = over ? [LIMIT, ...reasons] : reasons.filter((reason) => reason !== LIMIT);
    return this.#prohibitionChanged(card);
  }

  #prohibitionChanged(card: Card): Event[] {
    const { id, reasons } = card;
    card.changed = this.journal.next(this.place(id));
    return [
      { recordProhibitionChanged: { card: id, reasons: [...reasons], position: card.changed } },
      { cardProhibitionChanged: { card: id, reasons: [...reasons] } },
    ];
  }

  #atTerminal(terminal: Terminal, event: Event): void {
    this.journal.turn(this.place(terminal.id), [`terminal/${terminal.id}`], [event]);
  }
}

function roomOf(card: Card): number {
  const { storedValue, fareOwed, interest, loan } = card.balances;
  return Math.max(0, (card.cap ?? Number.MAX_SAFE_INTEGER) - storedValue + fareOwed + interest + loan);
}

function askedOf(opened: v1.TransactionOpened.$Properties): v1.Asked.$Properties {
  const { id, card, kind, amount, digest, batch, businessDate, terminalTimeMs } = opened;
  const asked = { id: { ...id }, card, kind, amount, digest, batch, businessDate, terminalTimeMs };
  return structuredClone(asked) as v1.Asked.$Properties;
}

function apply(balances: Balances, kind: v1.Kind, parts: Parts, sign: 1 | -1): void {
  if (kind === Kind.KIND_DEPOSIT) {
    if (sign < 0) parts.restoredLoan = Math.max(0, parts.value - balances.storedValue);
    balances.storedValue += sign * (parts.value - parts.restoredLoan);
    balances.loan -= sign * parts.loan;
    balances.loan += parts.restoredLoan;
    balances.interest -= sign * parts.interest;
    balances.fareOwed -= sign * parts.fare;
    return;
  }
  if (sign > 0) {
    balances.storedValue -= parts.value;
    balances.loan += parts.loan;
    return;
  }
  const excess = Math.max(0, parts.loan - balances.loan);
  balances.storedValue += parts.value + excess;
  balances.loan -= parts.loan - excess;
}
