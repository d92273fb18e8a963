/** What a column of a terminal's batch has of one transaction, or of its reversal. */
import type { Parts } from '../../actors/money/parts.js';
import { v1 } from '../../proto/generated/emoney.js';

const { Kind, Outcome } = v1;

export interface Line {
  /** UNSPECIFIED: the column does not say. */
  readonly kind: v1.Kind;
  /** REVERSED: of a reversal. */
  readonly outcome: v1.Outcome;
  readonly amount: number;
  /** Undefined: the column does not say. */
  readonly parts: Parts | undefined;
  /** Empty: the column does not say. */
  readonly card: string;
  /** REVERSED: something approved was undone, if only of 0; false: a tombstone. Undefined: the column does not say. */
  readonly undone: boolean | undefined;
  /** The terminal's own refusal: it never reaches the center. */
  readonly own: boolean;
}

/** A line's place in a batch. */
export interface LineKey {
  readonly incarnation: number;
  readonly number: number;
  readonly reversal: boolean;
}

export interface KeyedLine extends LineKey {
  readonly line: Line;
}

/** By incarnation, number, and the transaction before its reversal. */
export function compareKeys(one: LineKey, other: LineKey): number {
  return (
    one.incarnation - other.incarnation ||
    one.number - other.number ||
    Number(one.reversal) - Number(other.reversal)
  );
}

/** Whether devices count such a line: what moved money, if only 0, and what undid it (rule 10). */
export function isCounted({ kind, outcome, amount, undone }: Line): boolean {
  if (kind === Kind.KIND_ENQUIRY || kind === Kind.KIND_ENTRY) return false;
  if (outcome !== Outcome.OUTCOME_REVERSED) return outcome === Outcome.OUTCOME_APPROVED;
  // Of which kind it is only the center says: a reversal of 0 may be an entry's.
  return undone === true && (amount !== 0 || kind !== Kind.KIND_UNSPECIFIED);
}

/** Whether two columns have the same, as far as both say. */
export function isSame(one: Line, other: Line): boolean {
  return (
    one.outcome === other.outcome &&
    one.amount === other.amount &&
    agree(one.kind, other.kind, Kind.KIND_UNSPECIFIED) &&
    agree(one.card, other.card, '') &&
    agree(one.undone, other.undone, undefined) &&
    (one.parts === undefined || other.parts === undefined || sameParts(one.parts, other.parts))
  );
}

function agree<Value>(one: Value, other: Value, unsaid: Value): boolean {
  return one === other || one === unsaid || other === unsaid;
}

function sameParts(one: Parts, other: Parts): boolean {
  return (Object.keys(one) as (keyof Parts)[]).every((part) => one[part] === other[part]);
}
