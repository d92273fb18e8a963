import { MAX_ID_LENGTH } from '../actors/bounds.js';
import { isValidId } from '../actors/money/ids.js';

/** What is wrong with a card's or terminal's id, or nothing. Its hash chooses the partition, so it must be sound. */
export function identifierProblem(field: string, id: string): string | undefined {
  if (id === '') return `${field}: is missing`;
  if (isValidId(id)) return undefined;
  return `${field}: must be 1 to ${MAX_ID_LENGTH} printable characters without space around them`;
}
