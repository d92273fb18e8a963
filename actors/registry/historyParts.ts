/** The parts of an amount, in the bytes of an event. */
import { v1 } from '../../proto/generated/emoney.js';
import { FieldFinder } from './wire/fields.js';

/** In the order in which sums hold them. */
export const PARTS = [
  'value',
  'account',
  'loan',
  'interest',
  'fare',
  'restoredLoan',
  'excess',
  'accountAsLoan',
] as const;

/** Those that add up to the amount. */
export const AMOUNT_PARTS = 5;

/** Places are those of PARTS. */
export const partsFinder = new FieldFinder(
  v1.Parts,
  PARTS.map((part) => [part, 1] as const),
);
