/** Dates, times and amounts as operators read them. Amounts are in minor units. */
import type { Parts } from '../../actors/money/parts.js';

/** 20260131 → 2026-01-31; 0: none. */
export function dateText(date: number): string {
  return date === 0 ? 'none' : String(date).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
}

/** 2026-01-31 09:00:00Z */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** value 1200 + loan 800; empty where there are none. */
export function splitText(parts: Readonly<Record<keyof Parts, number | bigint>>): string {
  const { value, account, loan, interest, fare } = parts;
  return Object.entries({ value, account, loan, interest, fare })
    .filter(([, amount]) => Number(amount) !== 0)
    .map(([name, amount]) => `${name} ${amount}`)
    .join(' + ');
}

/** One thing, several things. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** as of 0:812 1:799: partition and frame. */
export function asOfText(asOf: readonly { readonly partition: number; readonly sequence: number }[]): string {
  return `as of ${asOf.map(({ partition, sequence }) => `${partition}:${sequence}`).join(' ')}`;
}

/** A line for rows that a list does not show; empty: there are none. */
export function moreText(left: number): string {
  return left === 0 ? '' : `and ${left} more: --limit, or --json for all\n`;
}
