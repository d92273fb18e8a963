/** Lines of a batch for the tests: purchase 1, 2, … of C1 at T1, as each column has them. */
import { NO_PARTS, type Parts } from '../../../actors/money/parts.js';
import type { KeyedLine, Line } from '../../../gateway/columns/line.js';
import { v1 } from '../../../proto/generated/emoney.js';

const { Kind, Outcome } = v1;

export function partsOf(parts: Partial<Parts>): Parts {
  return { ...NO_PARTS, ...parts };
}

export function purchase(number: number, line: Partial<Line> = {}): KeyedLine {
  const usual = {
    kind: Kind.KIND_PURCHASE,
    outcome: Outcome.OUTCOME_APPROVED,
    amount: 500,
    parts: partsOf({ value: 500 }),
    card: 'C1',
    undone: undefined,
    own: false,
  };
  return { incarnation: 1, number, reversal: false, line: { ...usual, ...line } };
}

export function reported(number: number, line: Partial<Line> = {}): KeyedLine {
  return purchase(number, { parts: undefined, card: '', ...line });
}

export function declined(number: number, line: Partial<Line> = {}): KeyedLine {
  return purchase(number, { outcome: Outcome.OUTCOME_CREDIT_LIMIT, parts: undefined, ...line });
}

export function reversal(number: number, line: Partial<Line> = {}): KeyedLine {
  return {
    ...purchase(number, { outcome: Outcome.OUTCOME_REVERSED, undone: true, ...line }),
    reversal: true,
  };
}
