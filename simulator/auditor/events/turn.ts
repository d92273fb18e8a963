/** What one turn has touched so far: what its events did on either side is compared at its end (I3). */
import type { CardBook } from '../ledger.js';
import type { Asked } from '../wire/asked.js';
import type { Parts } from '../wire/money.js';

export type ActKind = 'moved' | 'declined' | 'reversed';

/** One event about a transaction, of the card or of the center's record. */
export interface Act {
  readonly kind: ActKind;
  readonly row: number;
  readonly asked: Asked;
  readonly outcome: number;
  readonly amount: number;
  readonly parts: Parts;
  readonly receiveTime: number;
  readonly pinVerified: boolean;
}

/** One event by which the center changes a card: `what` names it with everything that both sides must agree on. */
export interface Notice {
  readonly card: string;
  readonly what: string;
}

export class Turn {
  position = 0;
  time = 0;
  partition = 0;
  units: readonly string[] = [];
  readonly cards: CardBook[] = [];
  readonly issued: CardBook[] = [];
  /** Cards that were unloaded, with the business date. */
  readonly closed: { readonly book: CardBook; readonly today: number }[] = [];
  /** Cards of which a fraction of interest was dropped. */
  readonly dropped: CardBook[] = [];
  readonly replaced: CardBook[] = [];
  readonly cardActs: Act[] = [];
  readonly recordActs: Act[] = [];
  readonly cardNotices: Notice[] = [];
  readonly recordNotices: Notice[] = [];

  begin(partition: number, position: number, time: number, units: readonly string[]): void {
    this.partition = partition;
    this.position = position;
    this.time = time;
    this.units = units;
    clear(this.cards);
    clear(this.issued);
    clear(this.closed);
    clear(this.dropped);
    clear(this.replaced);
    clear(this.cardActs);
    clear(this.recordActs);
    clear(this.cardNotices);
    clear(this.recordNotices);
  }

  touch(card: CardBook): void {
    if (!this.cards.includes(card)) this.cards.push(card);
  }
}

/** Most are empty already, and to set a length takes longer than to look at it. */
function clear(list: unknown[]): void {
  if (list.length > 0) list.length = 0;
}
