/** A transaction id as people read and type it: terminal#incarnation#number. */
import { MAX_NUMBER, type TransactionId } from './ids.js';

export function idText({ terminal, incarnation, number }: TransactionId): string {
  return `${terminal}#${incarnation}#${number}`;
}

/** An id, or what an id begins with. */
export interface IdBeginning {
  readonly terminal: string;
  /** Its whole name: not the names that begin so. */
  readonly whole: boolean;
  readonly incarnation: number | undefined;
  readonly number: number | undefined;
}

/**
 * `T1#1#4` is that id and no other: numbers are whole, 4 does not begin 40. `T1#1` and `T1#1#` are an incarnation of
 * T1, `T1#` all of T1; `T1` begins T1 and T17. Undefined: no id begins so.
 */
export function parseIdBeginning(text: string): IdBeginning | undefined {
  if (text === '') return undefined;
  const match = /^(.+?)#(?:(\d+)(?:#(\d+)?)?)?$/u.exec(text);
  if (match === null) return { terminal: text, whole: false, incarnation: undefined, number: undefined };
  const [, terminal = '', incarnation, number] = match;
  const beginning = {
    terminal,
    whole: true,
    incarnation: incarnation === undefined ? undefined : Number(incarnation),
    number: number === undefined ? undefined : Number(number),
  };
  const possible = (beginning.incarnation ?? 0) < 2 ** 32 && (beginning.number ?? 0) <= MAX_NUMBER;
  return possible ? beginning : undefined;
}
