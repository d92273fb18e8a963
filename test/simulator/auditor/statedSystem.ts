/**
 * A small system in the test alone: writes journals in which every side says the same. What a transaction did is stated
 * by the test, in numbers of BEHAVIOUR, and not computed: the auditor is what computes here.
 */
import { v1 } from '../../../proto/generated/emoney.js';
import type { Event } from './journalBuilder.js';
import { NO_PARTS, sumOf } from './stated.js';
import type { Card, Content, Paid, Parts, Stated, Terminal, Undoable } from './stated.js';
import { StatedCenter } from './statedCenter.js';

const { Kind, Outcome } = v1;

/** Kinds whose amount the terminal states. */
const STATES_AMOUNT = [Kind.KIND_PURCHASE, Kind.KIND_DEPOSIT, Kind.KIND_REFUND];

export class StatedSystem extends StatedCenter {
  readonly terminals = new Map<string, Terminal>();

  register(
    id: string,
    role: 'PURCHASE' | 'DEPOSIT' | 'GATE' | 'PHONE' = 'PURCHASE',
    mayDefer = true,
    more: v1.TerminalRegistered.$Properties = {},
  ): Terminal {
    const terminal: Terminal = {
      ...{ id, role: v1.TerminalRole[`TERMINAL_ROLE_${role}`], mayDefer },
      ...{ session: 0, incarnation: 0, number: 0, batch: 1, list: {} },
    };
    this.terminals.set(id, terminal);
    const event = { terminal: id, role: terminal.role, mayDefer, ...more };
    this.#atTerminal(terminal, { terminalRegistered: event });
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
    terminal.list = { incarnation: 1, sequence: this.listSequence };
    this.#atTerminal(terminal, { listHeld: { terminal: id, version: terminal.list } });
  }

  /** Opened, decided as stated, closed. */
  state(terminal: string, card: string, kind: v1.Kind, stated: Stated = {}): Paid {
    const paid = this.decideAs(this.openAs(terminal, card, kind, stated), stated);
    this.close(paid);
    return paid;
  }

  openAs(terminal: string, card: string, kind: v1.Kind, stated: Stated): v1.TransactionOpened.$Properties {
    const states = STATES_AMOUNT.includes(kind);
    const amount = states ? (stated.asked ?? sumOf({ ...NO_PARTS, ...stated.parts })) : 0;
    return this.open(terminal, card, kind, amount, stated.content);
  }

  open(
    terminalId: string,
    card: string,
    kind: v1.Kind,
    amount: number,
    content: Content = {},
  ): v1.TransactionOpened.$Properties {
    const terminal = this.terminals.get(terminalId)!;
    terminal.number += 1;
    const time = this.now;
    const opened: v1.TransactionOpened.$Properties = {
      id: { terminal: terminalId, incarnation: terminal.incarnation, number: terminal.number },
      ...{ card, kind, amount, digest: 77 + amount, batch: terminal.batch, businessDate: this.today },
      ...{ terminalTimeMs: time, timeMs: time, mark: 0, list: { ...terminal.list } },
      ...{ towards: this.place(card), device: 1 },
      ...content,
    };
    this.#atTerminal(terminal, { transactionOpened: opened });
    return opened;
  }

  /** The turn of card and record. */
  decideAs(opened: v1.TransactionOpened.$Properties, stated: Stated): Paid {
    const cardId = opened.card!;
    const card = this.cards.get(cardId);
    const partition = this.place(cardId);
    const asked = askedOf(opened);
    const outcome = stated.outcome ?? Outcome.OUTCOME_APPROVED;
    const approved = outcome === Outcome.OUTCOME_APPROVED;
    const parts = { ...NO_PARTS, ...stated.parts };
    const amount = approved ? sumOf(parts) : (opened.amount as number);
    if (card !== undefined) this.#take(card, stated);
    const answer = this.#answer(card, partition, outcome, amount, parts, stated);
    const receiveTimeMs = answer.receiveTimeMs!;
    const balances = { ...card?.balances };
    const accrual = this.accrual(partition, asked.businessDate!);
    const record = { asked: structuredClone(asked), receiveTimeMs };
    const pinVerified = answer.pinVerified ?? false;
    const events: Event[] = approved
      ? [
          { cardMoved: { asked, answer } },
          { recordMoved: { ...record, parts: { ...parts }, balances, ...accrual, pinVerified } },
        ]
      : [{ cardDeclined: { asked, answer } }, { recordDeclined: { ...record, outcome } }];
    if (card !== undefined) events.push(...this.limitReason(card));
    const units = [`visitor/${opened.id!.terminal!}`, ...(card === undefined ? [] : [`card/${cardId}`])];
    this.journal.turn(partition, units, [...(stated.before ?? []), ...events]);
    const { original, businessDate } = opened;
    const paid = { id: opened.id as Paid['id'], card: cardId, kind: opened.kind!, amount, answer, parts };
    return { ...paid, businessDate: businessDate!, ...(original == null ? {} : { original }) };
  }

  close(paid: Paid): void {
    const event: Event = { transactionClosed: { id: { ...paid.id }, answer: structuredClone(paid.answer) } };
    this.#atTerminal(this.terminals.get(paid.id.terminal)!, event);
  }

  refuse(
    terminalId: string,
    card: string,
    amount: number,
    outcome: v1.Outcome,
    kind: v1.Kind = Kind.KIND_PURCHASE,
  ): void {
    const terminal = this.terminals.get(terminalId)!;
    terminal.number += 1;
    const id = { terminal: terminalId, incarnation: terminal.incarnation, number: terminal.number };
    const time = this.now;
    const opened = {
      ...{ id, card, kind, amount, digest: 5, batch: terminal.batch, businessDate: this.today },
      ...{ terminalTimeMs: time, timeMs: time, list: { ...terminal.list }, device: 1 },
      towards: this.place(card),
    };
    this.#atTerminal(terminal, { transactionRefused: { opened, outcome } });
  }

  /** The reversal of `paid`, which gives back or takes again what is stated; without parts: a tombstone. */
  undo(paid: Undoable, stated: Stated = {}): v1.Answer.$Properties {
    const terminal = this.terminals.get(paid.id.terminal)!;
    const towards = this.place(paid.card);
    const time = this.now;
    const booking = { batch: terminal.batch, businessDate: this.today, terminalTimeMs: time };
    const opened = { id: paid.id, card: paid.card, timeMs: time, towards, ...booking };
    this.#atTerminal(terminal, { reversalOpened: opened });
    const answer = this.#undone(paid, booking, stated);
    this.#atTerminal(terminal, { reversalClosed: { id: paid.id, answer: structuredClone(answer) } });
    return answer;
  }

  #undone(
    paid: Undoable,
    booking: { batch: number; businessDate: number; terminalTimeMs: number },
    stated: Stated,
  ): v1.Answer.$Properties {
    const partition = this.place(paid.card);
    const card = this.cards.get(paid.card);
    if (card !== undefined) this.#take(card, stated);
    const parts = { ...NO_PARTS, ...stated.parts };
    const amount = sumOf(parts);
    const original = paid.answer?.outcome ?? Outcome.OUTCOME_UNSPECIFIED;
    const reversed = this.#answer(card, partition, Outcome.OUTCOME_REVERSED, amount, parts, stated);
    const answer = {
      ...reversed,
      original,
      ...(original === Outcome.OUTCOME_APPROVED ? { originalParts: { ...paid.parts } } : {}),
    };
    const digest = 77 + paid.amount;
    const named = paid.original === undefined ? {} : { original: paid.original };
    const asked = { id: paid.id, card: paid.card, kind: paid.kind, amount: paid.amount, digest, ...booking };
    const receiveTimeMs = answer.receiveTimeMs!;
    const balances = { ...card?.balances };
    const accrual = this.accrual(partition, booking.businessDate);
    const both = { ...asked, ...named, openedTimeMs: booking.terminalTimeMs, device: 1 };
    const undone = original === Outcome.OUTCOME_APPROVED;
    const common = { parts: { ...parts }, balances, receiveTimeMs, amount, undone };
    const record = { asked: { ...both }, ...common, ...accrual };
    const events: Event[] = [
      { cardReversed: { asked: both, answer, bookedDate: paid.businessDate ?? booking.businessDate } },
      { recordReversed: record },
      ...(card === undefined ? [] : this.limitReason(card)),
    ];
    const units = [`visitor/${paid.id.terminal}`, ...(card === undefined ? [] : [`card/${paid.card}`])];
    this.journal.turn(partition, units, [...(stated.before ?? []), ...events]);
    return answer;
  }

  #take(card: Card, stated: Stated): void {
    card.balances = { ...card.balances, ...stated.after };
    if ('inside' in stated) card.inside = stated.inside;
  }

  #answer(
    card: Card | undefined,
    partition: number,
    outcome: v1.Outcome,
    amount: number,
    parts: Parts,
    { answer }: Stated,
  ): v1.Answer.$Properties {
    const pending = (card?.pending ?? []).reduce((sum, each) => sum + each.amount, 0);
    const place = card?.inside;
    return {
      ...{ outcome, amount, parts: { ...parts }, creditFlag: card?.policy.creditFlag ?? false, pending },
      ...(card === undefined ? {} : { balances: { ...card.balances } }),
      ...(place === undefined ? {} : { inside: { ...place } }),
      ...{ receiveTimeMs: this.now, position: this.journal.next(partition) },
      ...answer,
    };
  }

  #atTerminal(terminal: Terminal, event: Event): void {
    this.journal.turn(this.place(terminal.id), [`terminal/${terminal.id}`], [event]);
  }
}

function askedOf(opened: v1.TransactionOpened.$Properties): v1.Asked.$Properties {
  const { id, card, kind, amount, digest, batch, businessDate, terminalTimeMs } = opened;
  const { device, partial = false, original } = opened;
  const asked = { id: { ...id }, card, kind, amount, digest, batch, businessDate, terminalTimeMs };
  return structuredClone({
    ...asked,
    openedTimeMs: opened.timeMs,
    device,
    partial,
    ...(original == null ? {} : { original }),
  }) as v1.Asked.$Properties;
}
