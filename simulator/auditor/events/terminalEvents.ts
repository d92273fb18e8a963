/** The terminal's own events: its identity (D6), what it opened and closed, what it counts. */
import type { v1 } from '../../../proto/generated/emoney.js';
import type { Books } from '../books.js';
import { Outcome, Role } from '../codes.js';
import type { Findings } from '../findings.js';
import { Seen } from '../ids.js';
import { sumOf } from '../rules/split.js';
import type { BatchBook } from '../tally.js';
import type { TerminalBook } from '../terminalBook.js';
import type { Booking } from '../transactions.js';
import { readAnswer, type Answer } from '../wire/answer.js';
import { readOpened, type Opened } from '../wire/asked.js';
import { plain, readDevice, readId, readVersion, type Id } from '../wire/basics.js';
import { NO_PARTS } from '../wire/money.js';
import type { Stage } from './stage.js';
import { checkList, checkOpened, checkRefused, checkRegistered, isAhead } from './terminalChecks.js';
import type { Turn } from './turn.js';

export class TerminalEvents {
  readonly #books: Books;
  readonly #findings: Findings;
  readonly #turn: Turn;

  constructor({ books, findings, turn }: Stage) {
    this.#books = books;
    this.#findings = findings;
    this.#turn = turn;
  }

  registered(event: v1.TerminalRegistered.$Properties): void {
    const terminal = this.#terminal(event.terminal);
    const fresh = terminal.role === undefined;
    this.#findings.holds('I5', fresh, () => 'the terminal is registered a second time');
    terminal.role = event.role ?? 0;
    terminal.mayDefer = event.mayDefer ?? false;
    terminal.zone = event.zone ?? '';
    terminal.card = event.card ?? '';
    // A phone's own; nobody else has one.
    terminal.device = terminal.role === Role.phone ? readDevice(event.device) : (event.device ?? 0);
    checkRegistered(this.#findings, terminal);
  }

  sessionOpened(event: v1.SessionOpened.$Properties): void {
    const findings = this.#findings;
    const terminal = this.#registered(event.terminal);
    const session = plain(event.session, 'session');
    const given = event.incarnation ?? 0;
    const incarnation = terminal.incarnationOf(given);
    const source = event.source ?? '';
    findings.holds('I5', session > terminal.session, () => `session ${session} follows ${terminal.session}`);
    const known = given === terminal.lastIncarnation + 1 || incarnation.given;
    findings.holds('I5', known, () => `incarnation ${given} was never given, and is not new`);
    if (incarnation.given) findings.same('I5', `source of incarnation ${given}`, incarnation.source, source);
    const ofSource = source === '' ? undefined : terminal.sources.get(source);
    findings.same('I5', `incarnation of source ${source}`, ofSource ?? given, given);
    incarnation.given = true;
    incarnation.source = source;
    if (source !== '') terminal.sources.set(source, given);
    terminal.session = session;
    terminal.incarnation = given;
    terminal.lastIncarnation = Math.max(terminal.lastIncarnation, given);
    terminal.list = readVersion(event.list);
  }

  listHeld(event: v1.ListHeld.$Properties): void {
    this.#registered(event.terminal).list = readVersion(event.version);
  }

  opened(event: v1.TransactionOpened.$Properties): void {
    const opened = readOpened(event);
    const [terminal, row] = this.#begin(opened);
    const { transactions, prohibitions } = this.#books;
    const card = this.#books.card(opened.card);
    transactions.opened(row, opened, card.index);
    transactions.ids.list[row] = prohibitions.numberOf(opened.list);
    // The partition's time and not the event's, which a business clock may have moved.
    transactions.ids.openedAt[row] = this.#turn.time;
    checkOpened(this.#findings, terminal, opened);
    terminal.openIds += 1;
    terminal.waits(opened.batch, 1);
  }

  closed(event: v1.TransactionClosed.$Properties): void {
    const id = readId(event.id);
    const answer = readAnswer(event.answer);
    const [terminal, row] = this.#name(id);
    const { ids } = this.#books.transactions;
    this.#findings.holds('I8', ids.has(row, Seen.opened), () => 'CLOSED without OPENED');
    this.#books.transactions.closed(row, answer);
    if (!ids.has(row, Seen.reversalOpened)) terminal.openIds -= 1;
    this.#count(terminal, row, answer);
    terminal.waits(ids.batch[row] ?? 0, -1);
  }

  refused(event: v1.TransactionRefused.$Properties): void {
    const opened = readOpened(event.opened);
    const [terminal, row] = this.#begin(opened);
    this.#books.transactions.refused(row, opened, this.#books.card(opened.card).index);
    const outcome: number = event.outcome ?? 0;
    this.#books.transactions.ids.outcome[row] = outcome;
    checkRefused(this.#findings, terminal, opened, outcome);
    this.#books.taps.refusedByTerminal(outcome, opened.amount, this.#turn);
    const totals = terminal.totals.on(opened.batch, opened.businessDate);
    totals.line('ownRefusals').add(opened.amount, NO_PARTS);
  }

  reversalOpened(event: v1.ReversalOpened.$Properties): void {
    const id = readId(event.id);
    const [terminal, row] = this.#name(id);
    const { ids } = this.#books.transactions;
    const open = ids.has(row, Seen.opened) && !ids.has(row, Seen.closed);
    if (!open) terminal.openIds += 1;
    const { place } = this.#books.card(event.card ?? '');
    this.#findings.same('I8', 'partition of the card', place, event.towards ?? 0);
    const booking = {
      card: event.card ?? '',
      batch: event.batch ?? 0,
      businessDate: event.businessDate ?? 0,
      terminalTime: plain(event.terminalTimeMs, 'terminal_time_ms'),
      openedTime: plain(event.timeMs, 'time_ms'),
    };
    this.#books.transactions.reversalOpened(row, booking);
    this.#findings.same('I8', 'open batch', terminal.batch, booking.batch);
    terminal.waits(booking.batch, 1);
    this.#dated(booking);
    const own = terminal.incarnationOf(id.incarnation);
    own.mark = Math.max(own.mark, plain(event.mark, 'mark'));
  }

  reversalClosed(event: v1.ReversalClosed.$Properties): void {
    const answer = readAnswer(event.answer);
    const [terminal, row] = this.#name(readId(event.id));
    const { transactions } = this.#books;
    const opened = transactions.ids.has(row, Seen.reversalOpened);
    this.#findings.holds('I8', opened, () => 'REVERSAL_CLOSED without REVERSAL_OPENED');
    transactions.reversalClosed(row, answer);
    terminal.openIds -= 1;
    if (transactions.ids.has(row, Seen.opened) && !transactions.ids.has(row, Seen.closed)) {
      this.#countOriginal(terminal, row, answer);
      terminal.waits(transactions.ids.batch[row] ?? 0, -1);
    }
    this.#countReversal(terminal, row, answer);
    terminal.waits(transactions.reversals.get(row)?.batch ?? 0, -1);
  }

  /** The terminal never got the card's answer: the answer to the reversal says what the center has counted. */
  #countOriginal(terminal: TerminalBook, row: number, reversal: Answer): void {
    const { ids } = this.#books.transactions;
    const outcome = reversal.original;
    if (outcome === 0 || outcome === Outcome.reversed) return;
    const parts = reversal.originalParts;
    ids.mark(row, Seen.countedLate);
    if (!ids.has(row, Seen.answered)) {
      ids.outcome[row] = outcome;
      ids.setParts(row, parts);
    }
    const amount = outcome === Outcome.approved ? sumOf(parts) : (ids.amount[row] ?? 0);
    this.#count(terminal, row, { ...reversal, outcome, amount, parts });
  }

  /** Rule 12: the date of the terminal's time, unless its clock is ahead. */
  #dated({ businessDate, terminalTime, openedTime }: Booking): void {
    const date = this.#books.calendar?.dateOf(isAhead(terminalTime, openedTime) ? openedTime : terminalTime);
    if (date !== undefined)
      this.#findings.same('RULE', 'business date of the terminal time', date, businessDate);
  }

  /** Approved and declined ones, as the terminal learned them from the card. */
  #count(terminal: TerminalBook, row: number, answer: Answer): void {
    const { ids } = this.#books.transactions;
    const totals = this.#booked(terminal, ids.batch[row] ?? 0, ids.businessDate[row] ?? 0);
    if (answer.outcome === Outcome.reversed) return;
    if (answer.outcome !== Outcome.approved) totals.declined(answer.amount);
    else totals.approved(ids.kind[row] ?? 0, answer.amount, answer.parts);
  }

  #countReversal(terminal: TerminalBook, row: number, answer: Answer): void {
    const { ids, reversals } = this.#books.transactions;
    const { batch, businessDate } = reversals.get(row) ?? { batch: 0, businessDate: 0 };
    if (answer.original !== Outcome.approved) return;
    const totals = this.#booked(terminal, batch, businessDate);
    totals.reversed(ids.kind[row] ?? 0, answer.amount, answer.parts);
  }

  /** D15: nothing is ever booked into a batch that is final. */
  #booked(terminal: TerminalBook, batch: number, businessDate: number): BatchBook {
    const open = terminal.closedBatches.get(batch)?.final !== true;
    this.#findings.holds('I8', open, () => `booked into batch ${batch}, which is final`);
    return terminal.totals.on(batch, businessDate);
  }

  #begin(opened: Opened): [TerminalBook, number] {
    const [terminal, row] = this.#name(opened.id);
    this.#findings.at.card = opened.card;
    const { incarnation, number } = opened.id;
    const own = terminal.incarnationOf(incarnation);
    this.#findings.holds('I5', own.given, () => `incarnation ${incarnation} was never given`);
    const remembered = own.source !== '' || number >= own.mark;
    this.#findings.holds('I5', remembered, () => `number ${number} is below the mark ${own.mark}`);
    own.mark = Math.max(own.mark, opened.mark);
    this.#findings.same('I8', 'open batch', terminal.batch, opened.batch);
    this.#dated(opened);
    const { place } = this.#books.card(opened.card);
    this.#findings.same('I8', 'partition of the card', place, opened.towards);
    checkList(this.#findings, terminal, opened);
    return [terminal, row];
  }

  #name(id: Id): [TerminalBook, number] {
    const { at } = this.#findings;
    const terminal = this.#registered(id.terminal);
    at.incarnation = id.incarnation;
    at.number = id.number;
    return [terminal, this.#books.row(id)];
  }

  #terminal(id: string | null | undefined): TerminalBook {
    this.#findings.at.terminal = id ?? '';
    return this.#books.terminal(id ?? '');
  }

  #registered(id: string | null | undefined): TerminalBook {
    const terminal = this.#terminal(id);
    const known = terminal.role !== undefined;
    this.#findings.holds('I8', known, () => `terminal ${id ?? ''} has an event but was never registered`);
    return terminal;
  }
}
