/** Rule 14: the fare of a way, and when a card opens gates. */
import type { Hours } from '../wire/card.js';
import type { Fare } from '../wire/parameters.js';

/** No row: the highest of the table; an empty table: 0. */
export function fareOf(fares: readonly Fare[], from: string, to: string): number {
  const row = fares.find((each) => each.from === from && each.to === to);
  if (row !== undefined) return row.amount;
  return fares.reduce((highest, { amount }) => (amount > highest ? amount : highest), 0);
}

/** `weekday`: 0 is Monday. */
export function isOpen(hours: readonly Hours[], weekday: number, minute: number): boolean {
  if (hours.length === 0) return true;
  const bit = 1 << weekday;
  return hours.some(
    ({ days, fromMinute, toMinute }) => (days & bit) !== 0 && fromMinute <= minute && minute < toMinute,
  );
}
