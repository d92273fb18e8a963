/** One turn of a partition: its events in order, and what must hold between card and record at its end (I3, rule 7). */
import { v1 } from '../../proto/generated/emoney.js';
import { GuardError } from '../../proto/guard.js';
import { TurnScratch, type Act } from './act.js';
import type { Books } from './books.js';
import { CardEvents } from './cardEvents.js';
import type { Findings } from './findings.js';
import { LIMIT_BIT, type CardBook, type Ledger } from './ledger.js';
import { sameBalances, sameParts, sameTerms, shown } from './movement.js';
import { RecordEvents } from './recordEvents.js';
import { TerminalEvents } from './terminalEvents.js';
import type { Asked } from './wire.js';

/**
 * The generated decoder, given the object to fill. Into an Event of its own it writes the name of the body through a
 * setter that deletes every other body, which takes as long as all the rest.
 */
type DecodeInto = (
  bytes: Uint8Array,
  length: undefined,
  end: undefined,
  depth: undefined,
  into: object,
) => v1.Event;
const decodeInto = v1.Event.decode as unknown as DecodeInto;

function decodeEvent(bytes: Uint8Array): v1.Event {
  return decodeInto(bytes, undefined, undefined, undefined, {});
}

export class Turns {
  readonly #books: Books;
  readonly #findings: Findings;
  readonly #turn = new TurnScratch();
  readonly #card: CardEvents;
  readonly #record: RecordEvents;
  readonly #terminal: TerminalEvents;
  events = 0;

  constructor(books: Books) {
    this.#books = books;
    this.#findings = books.findings;
    this.#card = new CardEvents(books, this.#turn);
    this.#record = new RecordEvents(books, this.#turn);
    this.#terminal = new TerminalEvents(books, this.#turn);
  }

  read(partition: number, position: number, time: number, turn: v1.Turn.$Properties): void {
    const units = turn.units ?? [];
    const events = turn.events ?? [];
    this.#findings.at.forget();
    this.#turn.begin(partition, position, time, units);
    for (const bytes of events) {
      this.events += 1;
      this.#attempt(bytes);
    }
    if (events.length === 0) return;
    this.#pairActs();
    for (const card of this.#turn.cards) this.#compare(card);
    for (const unit of units) this.#place(unit);
  }

  /** What cannot be read is reported, and the rest goes on. */
  #attempt(bytes: Uint8Array): void {
    try {
      this.#event(decodeEvent(bytes));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#findings.report(
        'FORMAT',
        error instanceof GuardError ? message : `an event cannot be used: ${message}`,
      );
    }
  }

  #event(event: v1.Event): void {
    this.#findings.checked('FORMAT');
    if (event.cardMoved) this.#card.moved(event.cardMoved);
    else if (event.recordMoved) this.#record.moved(event.recordMoved);
    else if (event.transactionOpened) this.#terminal.opened(event.transactionOpened);
    else if (event.transactionClosed) this.#terminal.closed(event.transactionClosed);
    else if (event.cardDeclined) this.#card.declined(event.cardDeclined);
    else if (event.recordDeclined) this.#record.declined(event.recordDeclined);
    else this.#rarer(event);
  }

  #rarer(event: v1.Event): void {
    if (event.cardReversed) this.#card.reversed(event.cardReversed);
    else if (event.recordReversed) this.#record.reversed(event.recordReversed);
    else if (event.cardIssued) this.#card.issued(event.cardIssued);
    else if (event.recordOpened) this.#record.opened(event.recordOpened);
    else if (event.cardProhibitionChanged) this.#card.prohibitionChanged(event.cardProhibitionChanged);
    else if (event.recordProhibitionChanged) this.#record.prohibitionChanged(event.recordProhibitionChanged);
    else if (event.cardLimitChanged) this.#card.limitChanged(event.cardLimitChanged);
    else if (event.recordLimitChanged) this.#record.limitChanged(event.recordLimitChanged);
    else if (event.prohibitionPublished) this.#record.published(event.prohibitionPublished);
    else if (event.cardActivated) this.#card.activated(event.cardActivated);
    else if (event.recordActivated) this.#record.activated(event.recordActivated);
    else this.#ofTerminal(event);
  }

  #ofTerminal(event: v1.Event): void {
    if (event.transactionRefused) this.#terminal.refused(event.transactionRefused);
    else if (event.reversalOpened) this.#terminal.reversalOpened(event.reversalOpened);
    else if (event.reversalClosed) this.#terminal.reversalClosed(event.reversalClosed);
    else if (event.listHeld) this.#terminal.listHeld(event.listHeld);
    else if (event.sessionOpened) this.#terminal.sessionOpened(event.sessionOpened);
    else if (event.terminalRegistered) this.#terminal.registered(event.terminalRegistered);
    else throw new GuardError('event', 'has no body that this auditor knows');
  }

  /** Each event of a card has its twin of the record in the same turn, and the other way round. */
  #pairActs(): void {
    const { cardActs, recordActs, issued } = this.#turn;
    for (const { card, record } of issued) {
      if (card === undefined || record === undefined) continue;
      const same = sameTerms(card.terms, record.terms);
      this.#findings.holds('I3', same, () => 'card and record are issued on different terms');
    }
    if (cardActs.length === 0 && recordActs.length === 0) return;
    for (const act of cardActs) {
      const index = recordActs.findIndex((other) => other.row === act.row && other.kind === act.kind);
      const twin = recordActs[index];
      if (twin === undefined) this.#alone(act, 'card');
      else {
        recordActs.splice(index, 1);
        this.#compareActs(act, twin);
      }
    }
    for (const act of recordActs) this.#alone(act, 'record');
  }

  #alone(act: Act, side: string): void {
    this.#findings.checked('I3');
    this.#findings.report('I3', `the ${side} ${act.kind}, and its twin has no such event in the turn`);
  }

  #compareActs(card: Act, record: Act): void {
    const findings = this.#findings;
    const parts = (): string => `parts: card ${shown(card.parts)}, record ${shown(record.parts)}`;
    findings.holds('I3', sameParts(card.parts, record.parts), parts);
    findings.same('I3', 'amount of the record', card.amount, record.amount);
    findings.same('I3', 'outcome of the record', card.outcome, record.outcome);
    findings.same('I3', 'receive time of the record', card.receiveTime, record.receiveTime);
    const differs = askedDiffers(card.asked, record.asked);
    findings.holds(
      'I3',
      differs === undefined,
      () => `card and record were asked differently: ${differs ?? ''}`,
    );
  }

  #compare(book: CardBook): void {
    const findings = this.#findings;
    const { card, record } = book;
    findings.at.card = book.id;
    if (card === undefined || record === undefined) {
      findings.report('I3', card === undefined ? 'a record without a card' : 'a card without a record');
      return;
    }
    const balances = (): string => `card ${shown(card.balances)}, record ${shown(record.balances)}`;
    findings.holds('I3', sameBalances(card.balances, record.balances), balances);
    findings.same('I3', 'active', card.active, record.active);
    findings.same('I3', 'reasons (as a set)', card.reasons, record.reasons);
    this.#limitReason(card, 'card');
    this.#limitReason(record, 'record');
    const placed = this.#turn.units.includes(`card/${book.id}`);
    findings.holds('FORMAT', placed, () => `the turn does not name the unit card/${book.id}`);
  }

  /** Rule 7: LIMIT is held exactly while more is owed than the limit. */
  #limitReason(ledger: Ledger, side: string): void {
    const held = (ledger.reasons & LIMIT_BIT) !== 0;
    this.#findings.same('I6', `${side}: prohibited by its limit`, ledger.overLimit, held);
  }

  /** Every event belongs to an actor of this partition, and its position is what snapshots must name (D10). */
  #place(unit: string): void {
    const slash = unit.indexOf('/');
    const [type, id] = [unit.slice(0, slash), unit.slice(slash + 1)];
    const { partition, position } = this.#turn;
    if (type === 'visitor') {
      this.#books.visitor(partition, id).position = position;
      return;
    }
    if (type !== 'card' && type !== 'terminal') {
      this.#findings.report('FORMAT', `unit ${unit} is of an unknown type`);
      return;
    }
    const book = type === 'card' ? this.#books.card(id) : this.#books.terminal(id);
    book.position = position;
    this.#findings.same('FORMAT', 'partition of the actor', book.place, partition);
  }
}

function askedDiffers(one: Asked, other: Asked): string | undefined {
  if (one.card !== other.card) return `card ${one.card} and ${other.card}`;
  if (one.kind !== other.kind) return `kind ${one.kind} and ${other.kind}`;
  if (one.amount !== other.amount) return `amount ${one.amount} and ${other.amount}`;
  if (one.digest !== other.digest) return `digest ${one.digest} and ${other.digest}`;
  if (one.batch !== other.batch) return `batch ${one.batch} and ${other.batch}`;
  if (one.businessDate !== other.businessDate) return `date ${one.businessDate} and ${other.businessDate}`;
  if (one.terminalTime === other.terminalTime) return undefined;
  return `terminal time ${one.terminalTime} and ${other.terminalTime}`;
}
