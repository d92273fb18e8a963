/** What is told when a state differs from the books. */
import { toNumber, type WireLong } from '../../../proto/guard.js';
import { idText } from '../findings.js';
import type { Id } from '../wire/basics.js';

/** Called with what differs: what the books have, and what was found. */
export type Differ = (what: string, expected: unknown, found: unknown) => void;

export function check(differ: Differ, what: string, expected: unknown, found: unknown): void {
  if (expected !== found) differ(what, expected, found);
}

/** Every field of one plain object against another's. */
export function checkFields(differ: Differ, what: string, expected: object, found: object): void {
  const fields = new Map<string, unknown>(Object.entries(found));
  for (const [name, value] of Object.entries(expected) as [string, unknown][])
    check(differ, `${what}.${name}`, value, fields.get(name));
}

/** Whole structures: equal when they read alike. */
export function checkAlike(differ: Differ, what: string, expected: unknown, found: unknown): void {
  check(differ, what, JSON.stringify(expected), JSON.stringify(found));
}

export function integer(value: WireLong | null | undefined): number {
  return toNumber(value ?? 0, 'a number');
}

export function textOf({ terminal, incarnation, number }: Id): string {
  return idText(terminal, incarnation, number);
}
