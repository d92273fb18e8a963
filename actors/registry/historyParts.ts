/** The parts of an amount, in the bytes of an event. */
import { v1 } from '../../proto/generated/emoney.js';
import { PART_NAMES } from '../money/parts.js';
import { FieldFinder } from './wire/fields.js';

/** Places are those of PART_NAMES: in this order the sums of the history hold them. */
export const partsFinder = new FieldFinder(
  v1.Parts,
  PART_NAMES.map((part) => [part, 1] as const),
);
