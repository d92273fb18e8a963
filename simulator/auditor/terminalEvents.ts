/** The terminal's own events: its identity (D6), what it opened and closed, what it counts. */
import type { v1 } from '../../proto/generated/emoney.js';
import { Kind, Outcome, Role } from './codes.js';
import { toNumber, toUnsigned } from '../../proto/guard.js';
import { MAX_CLOCK_AHEAD_MS } from '../../actors/bounds.js';
import type { TurnScratch } from './act.js';
import type { Books } from './books.js';
import type { Findings } from './findings.js';
import { Seen } from './ids.js';
import type { TerminalBook } from './terminalBook.js';
import { NO_PARTS, readAnswer, readId, readOpened, readVersion, type Answer, type Opened } from './wire.js';
import type { Id, Version } from './wire.js';

export class TerminalEvents {
  readonly #books: Books;
  readonly #findings: Findings;
  readonly #turn: TurnScratch;

  constructor(books: Books, turn: TurnScratch) {
    this.#books = books;
    this.#findings = books.findings;
    this.#turn = turn;
  }

  registered(event: v1.TerminalRegistered.$Properties): void {
    const terminal = this.#terminal(event.terminal);
    const fresh = terminal.role === undefined;
    this.#findings.holds('I5', fresh, () => 'the terminal is registered a second time');
    terminal.role = event.role ?? 0;
    terminal.mayDefer = event.mayDefer ?? false;
  }

  sessionOpened(event: v1.SessionOpened.$Properties): void {
    const findings = this.#findings;
    const terminal = this.#registered(event.terminal);
    const session = toUnsigned(event.session ?? 0, 'session');
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
    transactions.ids.openedTime[row] = this.#turn.time;
    this.#findings.same('I8', 'partition of the card', card.place, opened.towards);
    this.#mayOpen(terminal, opened);
    terminal.openIds += 1;
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
  }

  refused(event: v1.TransactionRefused.$Properties): void {
    const opened = readOpened(event.opened);
    const [terminal, row] = this.#begin(opened);
    this.#books.transactions.refused(row, opened, this.#books.card(opened.card).index);
    const outcome: number = event.outcome ?? 0;
    this.#books.transactions.ids.outcome[row] = outcome;
    const refusal = outcome !== Outcome.approved;
    this.#findings.holds('RULE', refusal, () => 'the terminal itself approved');
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
    const terminalTime = toNumber(event.terminalTimeMs ?? 0, 'terminal_time_ms');
    const { batch, businessDate } = event;
    this.#books.transactions.reversalOpened(row, batch ?? 0, businessDate ?? 0, terminalTime);
    this.#findings.same('I8', 'open batch', terminal.batch, batch ?? 0);
    this.#dated(businessDate ?? 0, terminalTime, toNumber(event.timeMs ?? 0, 'time_ms'));
    const own = terminal.incarnationOf(id.incarnation);
    own.mark = Math.max(own.mark, toUnsigned(event.mark ?? 0, 'mark'));
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
    }
    this.#countReversal(terminal, row, answer);
  }

  /** The terminal never got the card's answer: the answer to the reversal says what the center has counted. */
  #countOriginal(terminal: TerminalBook, row: number, reversal: Answer): void {
    const { ids } = this.#books.transactions;
    const outcome = reversal.original;
    if (outcome === 0 || outcome === Outcome.reversed) return;
    const amount = ids.amount[row] ?? 0;
    // What became of the value of an undone deposit is a matter of the undoing.
    const parts = { ...reversal.parts, restoredLoan: 0 };
    ids.mark(row, Seen.countedLate);
    if (!ids.has(row, Seen.answered)) {
      ids.outcome[row] = outcome;
      ids.setParts(row, parts);
    }
    this.#count(terminal, row, { ...reversal, outcome, amount, parts });
  }

  #mayOpen(terminal: TerminalBook, opened: Opened): void {
    const { kind, list } = opened;
    const findings = this.#findings;
    if (kind !== Kind.enquiry) {
      const role = kind === Kind.deposit ? Role.deposit : Role.purchase;
      findings.same('RULE', 'role of the terminal', role, terminal.role);
    }
    const held = kind !== Kind.purchase || list !== undefined;
    findings.holds('I6', held, () => 'a purchase opened by a terminal that holds no list');
    findings.same('I6', 'list version', versionText(terminal.list), versionText(list));
  }

  /** Rule 12: the date of the terminal's time, unless its clock is ahead. */
  #dated(businessDate: number, terminalTime: number, receiveTime: number): void {
    const time = terminalTime > receiveTime + MAX_CLOCK_AHEAD_MS ? receiveTime : terminalTime;
    const date = this.#books.calendar?.dateOf(time);
    if (date !== undefined)
      this.#findings.same('RULE', 'business date of the terminal time', date, businessDate);
  }

  /** Approved and declined ones, as the terminal learned them from the card. */
  #count(terminal: TerminalBook, row: number, answer: Answer): void {
    const { ids } = this.#books.transactions;
    const totals = terminal.totals.on(ids.batch[row] ?? 0, ids.businessDate[row] ?? 0);
    const kind = ids.kind[row];
    if (answer.outcome === Outcome.reversed) return;
    if (answer.outcome !== Outcome.approved) totals.line('declines').add(answer.amount, NO_PARTS);
    else if (kind === Kind.enquiry) totals.enquiries += 1;
    else totals.line(kind === Kind.deposit ? 'deposits' : 'purchases').add(answer.amount, answer.parts);
  }

  #countReversal(terminal: TerminalBook, row: number, answer: Answer): void {
    if (answer.amount === 0) return;
    const { ids, reversals } = this.#books.transactions;
    const { batch, businessDate } = reversals.get(row) ?? { batch: 0, businessDate: 0 };
    const deposit = ids.kind[row] === Kind.deposit;
    const totals = terminal.totals.on(batch, businessDate);
    totals.line(deposit ? 'depositReversals' : 'purchaseReversals').add(answer.amount, answer.parts);
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
    this.#dated(opened.businessDate, opened.terminalTime, opened.time);
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

function versionText(version: Version | undefined): string {
  return version === undefined ? 'none' : `${version.incarnation}/${version.sequence}`;
}
