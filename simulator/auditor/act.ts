/** What one event of a card, or of the center's record, did: the two are compared at the end of their turn (I3). */
import type { CardBook } from './ledger.js';
import type { Asked, Balances, Parts } from './wire.js';

export type ActKind = 'moved' | 'declined' | 'reversed';

export interface Act {
  readonly kind: ActKind;
  readonly row: number;
  readonly asked: Asked;
  readonly outcome: number;
  readonly amount: number;
  readonly parts: Parts;
  readonly balances: Balances;
  readonly receiveTime: number;
}

/** What a turn has touched so far. */
export class TurnScratch {
  position = 0;
  time = 0;
  partition = 0;
  units: readonly string[] = [];
  readonly cards: CardBook[] = [];
  readonly issued: CardBook[] = [];
  readonly cardActs: Act[] = [];
  readonly recordActs: Act[] = [];

  begin(partition: number, position: number, time: number, units: readonly string[]): void {
    this.partition = partition;
    this.position = position;
    this.time = time;
    this.units = units;
    this.cards.length = 0;
    this.issued.length = 0;
    this.cardActs.length = 0;
    this.recordActs.length = 0;
  }

  touch(card: CardBook): void {
    if (!this.cards.includes(card)) this.cards.push(card);
  }
}
