/**
 * The cards of one chunk that an interest run visits. A partition has many small chunks: one set of all its borrowers
 * would be written whole with every change.
 */
import { BORROWER_CHUNKS } from '../bounds.js';

export interface BorrowersState {
  /** Ascending. */
  readonly cards: readonly string[];
}

/** The chunk of a card, which must never change: cards are found there for ever. */
export function chunkOf(card: string): number {
  // FNV-1a, 32 bits, over UTF-16 units; its high half, since the low bits place the card in its partition.
  let hash = 0x811c9dc5;
  for (let index = 0; index < card.length; index += 1) {
    hash = Math.imul(hash ^ card.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 16) % BORROWER_CHUNKS;
}

export const NO_BORROWERS: BorrowersState = { cards: [] };

export interface RecordListed {
  readonly type: 'RecordListed';
  readonly card: string;
  readonly listed: boolean;
}

export function evolveBorrowers({ cards }: BorrowersState, { card, listed }: RecordListed): BorrowersState {
  const place = placeOf(cards, card);
  const known = cards[place] === card;
  if (known === listed) return { cards };
  return { cards: listed ? cards.toSpliced(place, 0, card) : cards.toSpliced(place, 1) };
}

/** The next of them, at most `most`, by their ids. */
export function borrowersAfter({ cards }: BorrowersState, after: string, most: number): readonly string[] {
  const place = placeOf(cards, after);
  const from = cards[place] === after ? place + 1 : place;
  return cards.slice(from, from + most);
}

/** Index of the first card at or after `card`. */
function placeOf(cards: readonly string[], card: string): number {
  let [low, high] = [0, cards.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cards[middle] ?? '') < card) low = middle + 1;
    else high = middle;
  }
  return low;
}
