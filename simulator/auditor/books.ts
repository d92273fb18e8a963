/**
 * The books that the auditor keeps: every card and its record, every terminal, every visitor, every id, rebuilt from
 * events. Events are facts, but each is also computed again (cardEvents, recordEvents, terminalEvents); where an
 * event says otherwise, that is reported and the event's word is kept, so that one fault is reported once.
 */
import { Calendar } from './calendar.js';
import type { Findings } from './findings.js';
import { Flows } from './flows.js';
import { CardBook } from './ledger.js';
import { placeOf } from './placement.js';
import { Prohibitions } from './prohibitions.js';
import { TerminalBook, VisitorBook } from './terminalBook.js';
import { Transactions } from './transactions.js';
import type { Id } from './wire.js';

export class Books {
  readonly findings: Findings;
  readonly cards = new Map<string, CardBook>();
  readonly cardList: CardBook[] = [];
  readonly terminals = new Map<string, TerminalBook>();
  readonly terminalList: TerminalBook[] = [];
  /** By partition. */
  readonly visitors: (Map<string, VisitorBook> | undefined)[] = [];
  readonly transactions: Transactions;
  readonly prohibitions: Prohibitions;
  readonly flows = new Flows();
  /** From the genesis frames; 0: none was read. */
  partitions = 0;
  calendar: Calendar | undefined;

  constructor(findings: Findings) {
    this.findings = findings;
    this.transactions = new Transactions(findings);
    this.prohibitions = new Prohibitions(findings);
  }

  card(id: string): CardBook {
    let book = this.cards.get(id);
    if (book === undefined) {
      book = new CardBook(id, this.cardList.length, this.#placeOf(id));
      this.cards.set(id, book);
      this.cardList.push(book);
    }
    return book;
  }

  terminal(id: string): TerminalBook {
    let book = this.terminals.get(id);
    if (book === undefined) {
      book = new TerminalBook(id, this.terminalList.length, this.#placeOf(id));
      this.terminals.set(id, book);
      this.terminalList.push(book);
    }
    return book;
  }

  visitor(partition: number, id: string): VisitorBook {
    const visitors = (this.visitors[partition] ??= new Map<string, VisitorBook>());
    let book = visitors.get(id);
    if (book === undefined) {
      book = new VisitorBook(this.terminal(id), partition);
      visitors.set(id, book);
    }
    return book;
  }

  /** The row of an id, made when it is new. */
  row(id: Id): number {
    const terminal = this.terminal(id.terminal);
    const { rows } = terminal.incarnationOf(id.incarnation);
    const known = rows.get(id.number);
    if (known !== undefined) return known;
    const row = this.transactions.ids.add(terminal.index, id.incarnation, id.number);
    rows.set(id.number, row);
    return row;
  }

  /** The row of an id that was seen; undefined: it never was. */
  knownRow(id: Id): number | undefined {
    return this.terminals.get(id.terminal)?.incarnations.get(id.incarnation)?.rows.get(id.number);
  }

  idOf(row: number): Id {
    const { terminal, incarnation, number } = this.transactions.ids;
    return {
      terminal: this.terminalList[terminal[row] ?? 0]?.id ?? '',
      incarnation: incarnation[row] ?? 0,
      number: number[row] ?? 0,
    };
  }

  #placeOf(id: string): number {
    return this.partitions > 0 ? placeOf(id, this.partitions) : -1;
  }

  /** Every unit that has events, by partition. */
  units(): string[][] {
    const units = Array.from({ length: this.partitions }, (_, partition): string[] =>
      [...(this.visitors[partition]?.values() ?? [])]
        .filter(({ position }) => position > 0)
        .map(({ terminal }) => `visitor/${terminal.id}`),
    );
    for (const { id, place, position } of this.cardList) if (position > 0) units[place]?.push(`card/${id}`);
    for (const { id, place, position } of this.terminalList) {
      if (position > 0) units[place]?.push(`terminal/${id}`);
    }
    return units;
  }

  /** Sequence of a unit's last event in a partition; 0: none. */
  positionOf(partition: number, unit: string): number {
    const id = unit.slice(unit.indexOf('/') + 1);
    if (unit.startsWith('visitor/')) return this.visitors[partition]?.get(id)?.position ?? 0;
    const book = unit.startsWith('card/') ? this.cards.get(id) : this.terminals.get(id);
    return book?.place === partition ? book.position : 0;
  }
}
