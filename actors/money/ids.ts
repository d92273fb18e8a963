/** Ids of cards and terminals, and the identity of a transaction (D6). */
import { MAX_ID_LENGTH, MAX_TEXT_LENGTH } from '../bounds.js';

/** Terminal, incarnation (given at session start) and number (given by the device): unique for ever. */
export interface TransactionId {
  readonly terminal: string;
  readonly incarnation: number;
  readonly number: number;
}

export function sameId(one: TransactionId, other: TransactionId): boolean {
  return (
    one.number === other.number && one.incarnation === other.incarnation && one.terminal === other.terminal
  );
}

/** The center's office is in the partition to which this id hashes. */
export const OFFICE_ID = 'center';

/** Largest number of a transaction: the one after it must be exact too. */
export const MAX_NUMBER = Number.MAX_SAFE_INTEGER - 1;

/**
 * Letters, marks, numbers, punctuation, symbols and the plain space. Not U+FFFD: it stands for bytes that were no
 * UTF-8, so that two different ids could become one.
 */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;

/** 1 … MAX_ID_LENGTH printable characters, no space at either end. */
export function isValidId(id: string): boolean {
  if (id.length === 0 || id.length > MAX_ID_LENGTH) return false;
  if (id.charCodeAt(0) === 0x20 || id.charCodeAt(id.length - 1) === 0x20) return false;
  return isPrintable(id);
}

/** Operator's notes and names of sources: at most MAX_TEXT_LENGTH printable characters, also none. */
export function isValidText(text: string): boolean {
  return text.length <= MAX_TEXT_LENGTH && isPrintable(text);
}

function isPrintable(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // Nearly every id is ASCII, and the expression costs more than all the rest.
    if (unit > 0x7e) return printable.test(text) && !text.includes('\ufffd');
    if (unit < 0x20) return false;
  }
  return true;
}
