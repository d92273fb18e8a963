/** What the card tells the center in the same turn. The center does its own arithmetic on its own balances. */
import {
  applyDeposit,
  applyPayment,
  type Balances,
  giveBack,
  takeAgain,
  undoDeposit,
} from '../money/balances.js';
import { charge, isAccruing } from '../money/interest.js';
import { amountOf, NO_PARTS, type Parts } from '../money/parts.js';
import type { CardTell } from '../money/tells.js';
import { isPayment } from '../money/transaction.js';
import {
  accrualDate,
  NOTHING,
  type RecordContext,
  type RecordDecision,
  withConsequences,
  withListing,
} from './decision.js';
import type { RecordEvent, RecordState } from './record.js';
import { isReturned } from './shares.js';

type Told<Type extends CardTell['type']> = Extract<CardTell, { type: Type }>;

export function told(state: RecordState | undefined, tell: CardTell, context: RecordContext): RecordDecision {
  switch (tell.type) {
    case 'Moved':
      return moved(state, tell, context);
    case 'Declined':
      return declined(tell, context);
    case 'Reversed':
      return reversed(state, tell, context);
    case 'Stored':
      return stored(state, tell, context);
  }
}

function moved(
  state: RecordState | undefined,
  { asked, parts, pinVerified }: Told<'Moved'>,
  context: RecordContext,
): RecordDecision {
  if (state === undefined)
    throw new Error(`the center has no record of card ${asked.card}, which moved money`);
  const after = movedBy(state, asked, parts);
  const event: RecordEvent = {
    type: 'RecordMoved',
    asked,
    pinVerified,
    ...after,
    // The card may name another one before this part is ordered.
    account: isPayment(asked.kind) && after.parts.account > 0 ? state.policy.account : '',
    receiveTime: context.now,
    accrualDate: accrualDate(asked.businessDate, context),
  };
  const events = asked.kind === 'UNLOAD' ? [event, ...ended(state, after.balances, context)] : [event];
  const decision = withConsequences(state, after.balances, context, { ...NOTHING, events });
  // A settlement has something to order.
  return after.parts.account > 0 ? withListing(state, decision) : decision;
}

interface Effect {
  readonly parts: Parts;
  readonly balances: Balances;
}

function movedBy(state: RecordState, { kind, original }: Told<'Moved'>['asked'], parts: Parts): Effect {
  const { balances } = state;
  switch (kind) {
    case 'PURCHASE':
    case 'FARE':
    case 'UNLOAD':
      return { parts, balances: applyPayment(balances, parts) };
    case 'DEPOSIT':
      return { parts, balances: applyDeposit(balances, parts) };
    case 'REFUND':
    case 'VOID':
      return giveBack(balances, storedParts(parts), isReturned(state.shares, original));
    case 'ENQUIRY':
    case 'ENTRY':
    case 'STORE':
    case undefined:
      return { parts, balances };
  }
}

/** Without what became of them at the card. */
function storedParts({ value, account, loan, interest, fare }: Parts): Parts {
  return { ...NO_PARTS, value, account, loan, interest, fare };
}

/**
 * Rule 6: closing charges up to that day (nothing whole, or it would not be closed), drops the fraction, and ends the
 * accrual. A terminal's clock may be minutes ahead of midnight: what it dated tomorrow ends here too, or the principal
 * of tonight would be charged after the closing.
 */
function ended(
  { card, accrual }: RecordState,
  balances: Balances,
  { today, parametersOn }: RecordContext,
): readonly RecordEvent[] {
  if (accrual.carry === 0 && !isAccruing(accrual)) return [];
  const { carry: dropped } = charge(accrual, today, (date) => parametersOn(date).ratePpm).accrual;
  const through = Math.max(today, accrual.through, accrual.changes.at(-1)?.businessDate ?? 0);
  return [{ type: 'RecordInterestPosted', card, amount: 0, through, balances, carry: 0, dropped }];
}

function declined({ asked, outcome }: Told<'Declined'>, context: RecordContext): RecordDecision {
  const event: RecordEvent = { type: 'RecordDeclined', asked, outcome, receiveTime: context.now };
  return { ...NOTHING, events: [event] };
}

function reversed(
  state: RecordState | undefined,
  { asked, parts: stored, undone }: Told<'Reversed'>,
  context: RecordContext,
): RecordDecision {
  const common = {
    type: 'RecordReversed' as const,
    asked,
    receiveTime: context.now,
    accrualDate: accrualDate(asked.businessDate, context),
  };
  if (state === undefined || !undone) {
    const tombstone = { ...common, parts: NO_PARTS, balances: state?.balances, amount: 0, undone: false };
    return { ...NOTHING, events: [tombstone] };
  }
  const { parts, balances } = undoneBy(state, asked, stored);
  const event: RecordEvent = { ...common, parts, balances, amount: amountOf(stored), undone: true };
  const decision = withConsequences(state, balances, context, { ...NOTHING, events: [event] });
  return parts.account > 0 ? withListing(state, decision) : decision;
}

function undoneBy(state: RecordState, asked: Told<'Reversed'>['asked'], stored: Parts): Effect {
  const { balances } = state;
  switch (asked.kind) {
    case 'PURCHASE':
    case 'FARE':
      return giveBack(balances, stored, isReturned(state.shares, asked.id));
    case 'DEPOSIT':
      return undoDeposit(balances, stored);
    case 'REFUND':
    case 'VOID':
      return takeAgain(balances, stored, isReturned(state.shares, asked.original));
    case 'UNLOAD':
      return { parts: stored, balances: applyDeposit(balances, stored) };
    case 'ENQUIRY':
    case 'ENTRY':
    case 'STORE':
    case undefined:
      return { parts: stored, balances };
  }
}

/** The card applied a pending store instruction (rule 5). */
function stored(
  state: RecordState | undefined,
  { instruction, parts }: Told<'Stored'>,
  context: RecordContext,
): RecordDecision {
  if (state === undefined) throw new Error('the center has no record of an instruction that was applied');
  const balances = applyDeposit(state.balances, parts);
  const { now: time, today: businessDate } = context;
  const event: RecordEvent = {
    type: 'RecordStored',
    card: state.card,
    instruction,
    parts,
    balances,
    time,
    businessDate,
    accrualDate: accrualDate(businessDate, context),
  };
  return withConsequences(state, balances, context, { ...NOTHING, events: [event] });
}
