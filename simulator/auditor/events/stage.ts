/** Where events are read: the books, what was found, and the turn that they belong to. */
import type { Books } from '../books.js';
import type { Findings } from '../findings.js';
import type { CardBook, CardLedger, RecordLedger } from '../ledger.js';
import type { BatchBook } from '../tally.js';
import type { VisitorBook } from '../terminalBook.js';
import type { Asked } from '../wire/asked.js';
import type { Turn } from './turn.js';

export class Stage {
  readonly books: Books;
  readonly findings: Findings;
  readonly turn: Turn;

  constructor(books: Books, turn: Turn) {
    this.books = books;
    this.findings = books.findings;
    this.turn = turn;
  }

  /** The card that an event is about. */
  touch(id: string | null | undefined): CardBook {
    this.findings.at.card = id ?? '';
    const book = this.books.card(id ?? '');
    this.turn.touch(book);
    return book;
  }

  /** Throws: it was never issued. */
  card(id: string | null | undefined): CardLedger {
    const { card } = this.touch(id);
    if (card === undefined) throw new Error(`card ${id ?? ''} has an event but was never issued`);
    return card;
  }

  /** Throws: it was never opened. */
  record(id: string | null | undefined): RecordLedger {
    const { record } = this.touch(id);
    if (record === undefined) throw new Error(`record ${id ?? ''} has an event but was never opened`);
    return record;
  }

  visitor(asked: Asked): VisitorBook {
    return this.books.visitor(this.turn.partition, asked.id.terminal);
  }

  /** As the cards' events count. */
  cardTotals({ id, batch, businessDate }: Asked): BatchBook {
    return this.books.visitor(this.turn.partition, id.terminal).cards.on(batch, businessDate);
  }

  /** As the center's events count. */
  centerTotals({ id, batch, businessDate }: Asked): BatchBook {
    return this.books.visitor(this.turn.partition, id.terminal).center.on(batch, businessDate);
  }

  /** The business date of the frame. */
  today(): number {
    return this.books.dateOf(this.books.clock(this.turn.time));
  }

  /** Findings from here on are about this transaction. */
  name(asked: Asked): void {
    const { at } = this.findings;
    at.card = asked.card;
    at.terminal = asked.id.terminal;
    at.incarnation = asked.id.incarnation;
    at.number = asked.id.number;
  }
}
