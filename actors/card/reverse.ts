/** Reversals (rule 9): always accepted, for any state of the card; what was never approved gets a tombstone. */
import type { Answer } from '../money/answer.js';
import { applyDeposit, type Balances, giveBack, takeAgain, undoDeposit } from '../money/balances.js';
import { sameId } from '../money/ids.js';
import { amountOf, NO_PARTS, type Parts, partsLeft } from '../money/parts.js';
import type { Asked } from '../money/transaction.js';
import type { CardState } from './card.js';
import { answerOf, type CardContext, type CardDecision } from './decision.js';
import { undoneFacts, undoneOf } from './undone.js';
import type { VisitorEntry } from './visitor.js';

export interface Reverse {
  readonly type: 'Reverse';
  readonly asked: Asked;
  /** What the id memory holds of it; not reversed yet. */
  readonly original: VisitorEntry | undefined;
}

interface Undoing {
  /** As they were stored: the center works out by itself what became of them. */
  readonly stored: Parts;
  readonly parts: Parts;
  readonly balances: Balances;
  readonly inside: Answer['inside'];
}

export function reverse(
  state: CardState | undefined,
  { asked, original }: Reverse,
  context: CardContext,
): CardDecision {
  const outcome = original?.answer?.outcome;
  const subject: Asked =
    original === undefined
      ? asked
      : { ...asked, kind: original.kind ?? asked.kind, original: original.original };
  const bookedDate = original?.businessDate ?? asked.businessDate;
  const approved = outcome === 'APPROVED' ? original?.answer : undefined;
  if (state === undefined || approved === undefined) {
    context.trace?.('UNDONE', true, { recorded: outcome, amount: 0 });
    const answer = answerOf(state, 'REVERSED', 0, NO_PARTS, state?.balances, context, { original: outcome });
    return {
      events: [{ type: 'CardReversed', asked: subject, answer, bookedDate }],
      tells: [{ type: 'Reversed', asked: subject, parts: NO_PARTS, undone: false }],
    };
  }
  const { stored, parts, balances, inside } = undo(state, subject, approved);
  context.trace?.('UNDONE', true, { recorded: outcome, amount: amountOf(stored), ...undoneFacts(parts) });
  const details = { original: outcome, originalParts: approved.parts, inside };
  const answer = answerOf(state, 'REVERSED', amountOf(stored), parts, balances, context, details);
  return {
    events: [
      { type: 'CardReversed', asked: subject, answer, bookedDate: voidedDate(state, subject) ?? bookedDate },
    ],
    tells: [{ type: 'Reversed', asked: subject, parts: stored, undone: true }],
  };
}

/** Of a void: the date of its payment. */
function voidedDate({ undone }: CardState, { kind, original }: Asked): number | undefined {
  return kind === 'VOID' && original !== undefined ? undoneOf(undone, original).voidedDate : undefined;
}

function undo(state: CardState, asked: Asked, approved: Answer): Undoing {
  const { balances, inside } = state;
  const { parts } = approved;
  switch (asked.kind) {
    case 'PURCHASE':
    case 'FARE': {
      const given = undoneOf(state.undone, asked.id);
      const left = partsLeft(parts, given.parts);
      const back = giveBack(balances, left, given.returned);
      return { stored: left, ...back, inside: asked.kind === 'FARE' ? beforeExit(state, asked) : inside };
    }
    case 'DEPOSIT':
      return { stored: parts, ...undoDeposit(balances, parts), inside };
    case 'REFUND':
    case 'VOID': {
      const payment = asked.original && undoneOf(state.undone, asked.original);
      // It was reversed since, whole: what this gave back is part of that.
      if (payment?.reversed === true) return unmoved(state);
      return { stored: parts, ...takeAgain(balances, parts, payment?.returned === true), inside };
    }
    case 'UNLOAD':
      return { stored: parts, parts, balances: applyDeposit(balances, parts), inside };
    case 'ENTRY':
      return { ...unmoved(state), inside: beforeEntry(state, asked) };
    case 'ENQUIRY':
    case 'STORE':
    case undefined:
      return unmoved(state);
  }
}

function unmoved({ balances, inside }: CardState): Undoing {
  return { stored: NO_PARTS, parts: NO_PARTS, balances, inside };
}

/** The card may have entered since, and left; or its entry was reversed. */
function beforeExit({ inside, lastExit }: CardState, { id }: Asked): Answer['inside'] {
  return inside ?? (lastExit !== undefined && sameId(lastExit.fare, id) ? lastExit.entered : undefined);
}

/** The card may have left since, and entered elsewhere. */
function beforeEntry({ inside, enteredBy }: CardState, { id }: Asked): Answer['inside'] {
  return enteredBy !== undefined && sameId(enteredBy, id) ? undefined : inside;
}
