/** What operators command about a card. Each has a natural key, an expected version or a reference (D9). */
import { MAX_PENDING, MAX_REFERENCE_DAYS, MAX_SETTLED_REFERENCES } from '../bounds.js';
import { isAmount, type WireInteger } from '../money/amounts.js';
import { addLoan, type Adjustment, adjusted, owed } from '../money/balances.js';
import { dayOf } from '../money/businessDate.js';
import { type CardPolicy, samePolicy } from '../money/cardPolicy.js';
import { type CardTerms, openingBalances, sameTerms } from '../money/cardTerms.js';
import { pendingSum, roomBehind } from '../money/instruction.js';
import { type ProhibitionReason, withReason } from '../money/prohibition.js';
import type { RecordTell } from '../money/tells.js';
import {
  accrualDate,
  NOTHING,
  prohibitionChanged,
  type RecordContext,
  type RecordDecision,
  type RecordRejection,
  refused,
  tellReasons,
  UNCHANGED,
  withConsequences,
} from './decision.js';
import { evolveRecord, type RecordEvent, type RecordState } from './record.js';
import { remembered, sameContent } from './references.js';
import { findDebit, isOutstanding } from './shares.js';

/** Refused with VERSION_CONFLICT when the record's version is another and it is not so already; undefined: any. */
interface Expecting {
  readonly expectedVersion: number | undefined;
}

interface Referenced {
  /** The operator's own name for the command: asked again it is answered as done. */
  readonly reference: string;
  /** Business date on which the operator decided it; undefined: today. */
  readonly date: number | undefined;
  readonly note: string;
}

export type OperatorCommand =
  | { readonly type: 'IssueCard'; readonly card: string; readonly terms: CardTerms }
  | { readonly type: 'ActivateCard'; readonly card: string }
  | (Expecting & { readonly type: 'ChangeLimit'; readonly card: string; readonly limit: number })
  | (Expecting & { readonly type: 'ChangePolicy'; readonly card: string; readonly policy: CardPolicy })
  | (Expecting & {
      readonly type: 'ChangeProhibition';
      readonly card: string;
      /** LIMIT is the center's own business. */
      readonly reason: Exclude<ProhibitionReason, 'LIMIT'>;
      readonly prohibited: boolean;
      readonly note: string;
    })
  | { readonly type: 'SetPin'; readonly card: string; readonly pinHash: string }
  | { readonly type: 'UnblockPin'; readonly card: string }
  /** `device`: the number that the new one gets. */
  | { readonly type: 'ReplaceCard'; readonly card: string; readonly device: number; readonly note: string }
  | (Referenced & { readonly type: 'StoreValue'; readonly card: string; readonly amount: WireInteger })
  | {
      readonly type: 'CancelStore';
      readonly card: string;
      readonly reference: string;
      readonly note: string;
    }
  | (Referenced & { readonly type: 'AdjustCard'; readonly card: string; readonly adjustment: Adjustment })
  | {
      readonly type: 'ConfirmCollection' | 'ReturnCollection';
      readonly card: string;
      readonly order: string;
    };

type Command<Type extends OperatorCommand['type']> = Extract<OperatorCommand, { type: Type }>;

export function operate(
  state: RecordState | undefined,
  command: OperatorCommand,
  context: RecordContext,
): RecordDecision {
  const { trace } = context;
  if (command.type === 'IssueCard') return issue(state, command, context);
  trace?.('CARD_KNOWN', state !== undefined);
  if (state === undefined) return refused('CARD_UNKNOWN');
  if (!bindsClosed(state, command)) {
    trace?.('CARD_OPEN', !state.closed);
    if (state.closed) return refused('CARD_CLOSED');
  }
  switch (command.type) {
    case 'ActivateCard':
      return activate(state, context);
    case 'ChangeLimit':
      return changeLimit(state, command, context);
    case 'ChangePolicy':
      return changePolicy(state, command, context);
    case 'ChangeProhibition':
      return changeProhibition(state, command, context);
    case 'SetPin':
    case 'UnblockPin':
      return changePin(state, command);
    case 'ReplaceCard':
      return replace(state, command, context);
    case 'StoreValue':
      return storeValue(state, command, context);
    case 'CancelStore':
      return cancelStore(state, command, context);
    case 'AdjustCard':
      return adjust(state, command, context);
    case 'ConfirmCollection':
      return confirmCollection(state, command.order, context);
    case 'ReturnCollection':
      return returnCollection(state, command, context);
  }
}

function applied(event: RecordEvent, tell: RecordTell): RecordDecision & { readonly outcome: 'APPROVED' } {
  return { outcome: 'APPROVED', events: [event], tells: [tell] };
}

function issue(
  state: RecordState | undefined,
  { card, terms }: Command<'IssueCard'>,
  context: RecordContext,
): RecordDecision {
  context.trace?.('NEW', state === undefined);
  if (state !== undefined) return sameTerms(state.terms, terms) ? UNCHANGED : refused('ALREADY_EXISTS');
  const { now: time, today: businessDate } = context;
  const event: RecordEvent = { type: 'RecordOpened', card, terms, time, businessDate };
  const before = evolveRecord(undefined, event);
  const decision = applied(event, { type: 'Issue', card, terms, time });
  return before === undefined
    ? decision
    : withConsequences(before, openingBalances(terms), context, decision);
}

/**
 * What a closed card is still asked for: the truth about money does not stop with the plastic, so the bank's answers and
 * adjustments go on; and what was commanded under a reference before is answered as it would be if the card were open.
 */
function bindsClosed({ settled }: RecordState, command: OperatorCommand): boolean {
  const { type } = command;
  if (type === 'StoreValue' || type === 'CancelStore') {
    return settled.some(({ reference }) => reference === command.reference);
  }
  return type === 'ConfirmCollection' || type === 'ReturnCollection' || type === 'AdjustCard';
}

/** Asked after the effect: whoever repeats what was done names the version from before it. */
function isExpected(
  { version: present }: RecordState,
  command: Expecting,
  { trace }: RecordContext,
): boolean {
  const { expectedVersion: expected } = command;
  if (expected === undefined) return true;
  trace?.('VERSION', expected === present, { expected, present });
  return expected === present;
}

function activate({ card, active }: RecordState, { trace }: RecordContext): RecordDecision {
  trace?.('NEW', !active);
  return active ? UNCHANGED : applied({ type: 'RecordActivated', card }, { type: 'Activate', card });
}

/** Binds from the next command that the card decides (rule 3). */
function changeLimit(
  state: RecordState,
  command: Command<'ChangeLimit'>,
  context: RecordContext,
): RecordDecision {
  const { card, balances } = state;
  const { limit } = command;
  context.trace?.('NEW', limit !== balances.limit, { limit, present: balances.limit, owed: owed(balances) });
  if (limit === balances.limit) return UNCHANGED;
  if (!isExpected(state, command, context)) return refused('VERSION_CONFLICT');
  const event: RecordEvent = { type: 'RecordLimitChanged', card, limit, previousLimit: balances.limit };
  const decision = applied(event, { type: 'ChangeLimit', card, limit });
  return withConsequences(state, { ...balances, limit }, context, decision);
}

function changePolicy(
  state: RecordState,
  command: Command<'ChangePolicy'>,
  context: RecordContext,
): RecordDecision {
  const { card } = state;
  const { policy } = command;
  const same = samePolicy(state.policy, policy);
  context.trace?.('NEW', !same);
  if (same) return UNCHANGED;
  if (!isExpected(state, command, context)) return refused('VERSION_CONFLICT');
  return applied({ type: 'RecordPolicyChanged', card, policy }, { type: 'ChangePolicy', card, policy });
}

function changeProhibition(
  state: RecordState,
  command: Command<'ChangeProhibition'>,
  context: RecordContext,
): RecordDecision {
  const { reason, prohibited, note } = command;
  const reasons = withReason(state.reasons, reason, prohibited);
  context.trace?.('NEW', reasons !== state.reasons, { reason, prohibited });
  if (reasons === state.reasons) return UNCHANGED;
  if (!isExpected(state, command, context)) return refused('VERSION_CONFLICT');
  const event = prohibitionChanged(state, reasons, note, context);
  return applied(event, tellReasons(event));
}

function changePin({ card }: RecordState, command: Command<'SetPin' | 'UnblockPin'>): RecordDecision {
  if (command.type === 'SetPin') {
    const { pinHash } = command;
    return applied({ type: 'RecordPinSet', card }, { type: 'SetPin', card, pinHash });
  }
  return applied({ type: 'RecordPinUnblocked', card }, { type: 'UnblockPin', card });
}

/** Rule 13: everything stays but the reason "lost"; the older device is refused from then on. */
function replace(
  state: RecordState,
  { device, note }: Command<'ReplaceCard'>,
  context: RecordContext,
): RecordDecision {
  const { card } = state;
  const { trace } = context;
  trace?.('NEW', device !== state.device, { device, present: state.device });
  if (device === state.device) return UNCHANGED;
  trace?.('NEXT', device === state.device + 1, { device, next: state.device + 1 });
  if (device !== state.device + 1) return refused('VERSION_CONFLICT');
  const decision = applied({ type: 'RecordReplaced', card, device, note }, { type: 'Replace', card, device });
  const reasons = withReason(state.reasons, 'LOST', false);
  if (reasons === state.reasons) return decision;
  const lifted = prohibitionChanged(state, reasons, note, context);
  return {
    ...decision,
    events: [...decision.events, lifted],
    tells: [...decision.tells, tellReasons(lifted)],
  };
}

/** Rule 5: recorded at once, checked against the cap as if all that is pending were applied now. */
function storeValue(
  state: RecordState,
  { reference, amount, date, note }: Command<'StoreValue'>,
  context: RecordContext,
): RecordDecision {
  const { card, pending, balances, policy } = state;
  const { trace } = context;
  const possible = isAmount(amount);
  trace?.('AMOUNT', possible, { amount });
  if (!possible) return refused('INVALID_AMOUNT');
  const known = pending.find((each) => each.reference === reference);
  if (known !== undefined) {
    trace?.('REFERENCE', false, { reference, pending: true });
    return known.amount === amount ? UNCHANGED : refused('IDEMPOTENCY_CONFLICT');
  }
  const repeated = referenceProblem(state, reference, amount, date, context);
  if (repeated !== undefined) return repeated;
  if (pending.length >= MAX_PENDING) {
    return rejected('OUT_OF_WINDOW', `${MAX_PENDING} instructions are pending for this card`);
  }
  const fits = roomBehind(balances, pending, policy.storedValueCap);
  trace?.('CAP', amount <= fits, { amount, fits, cap: policy.storedValueCap, pending: pendingSum(pending) });
  if (amount > fits) return { ...refused('CAP_EXCEEDED'), fits };
  const instruction = { reference, amount, time: context.now };
  return applied(
    { type: 'RecordInstructed', card, instruction, note },
    { type: 'Instruct', card, instruction },
  );
}

function cancelStore(
  state: RecordState,
  { reference, note }: Command<'CancelStore'>,
  { now: time, trace }: RecordContext,
): RecordDecision {
  const { card } = state;
  const pending = state.pending.some((each) => each.reference === reference);
  trace?.('REFERENCE', pending, { reference, pending });
  if (pending) {
    return applied(
      { type: 'RecordInstructionCancelled', card, reference, note, time },
      { type: 'CancelInstruction', card, reference },
    );
  }
  const settled = state.settled.find((each) => each.reference === reference);
  if (settled === undefined) return refused('REFERENCE_UNKNOWN');
  return settled.cancelled ? UNCHANGED : refused('ALREADY_APPLIED');
}

/** Rule 18. */
function adjust(
  state: RecordState,
  { reference, adjustment, date, note }: Command<'AdjustCard'>,
  context: RecordContext,
): RecordDecision {
  const { card } = state;
  const { trace } = context;
  if (state.pending.some((each) => each.reference === reference)) {
    trace?.('REFERENCE', false, { reference, pending: true });
    return refused('IDEMPOTENCY_CONFLICT');
  }
  const repeated = referenceProblem(state, reference, adjustment, date, context);
  if (repeated !== undefined) return repeated;
  const balances = adjusted(state.balances, adjustment);
  trace?.('NOT_BELOW_ZERO', balances !== undefined, { ...adjustment });
  if (balances === undefined) return refused('BELOW_ZERO');
  const { now: time, today: businessDate } = context;
  const event: RecordEvent = {
    type: 'RecordAdjusted',
    card,
    reference,
    adjustment,
    balances,
    note,
    businessDate,
    time,
    accrualDate: accrualDate(businessDate, context),
  };
  const decision = applied(event, { type: 'Adjust', card, reference, adjustment, time });
  return withConsequences(state, balances, context, decision);
}

/** Asked before, or so old that it may have been and is forgotten; undefined: it is new. */
function referenceProblem(
  { settled }: RecordState,
  reference: string,
  content: number | Adjustment,
  date: number | undefined,
  { now, today, trace }: RecordContext,
): RecordDecision | undefined {
  const known = settled.find((each) => each.reference === reference);
  trace?.('REFERENCE', known === undefined, { reference });
  if (known !== undefined) {
    return sameContent(known.content, content) ? UNCHANGED : refused('IDEMPOTENCY_CONFLICT');
  }
  if (date !== undefined && dayOf(today) - dayOf(date) > MAX_REFERENCE_DAYS) {
    return rejected('TOO_OLD', `references are remembered for ${MAX_REFERENCE_DAYS} days`);
  }
  if (remembered(settled, now).length < MAX_SETTLED_REFERENCES) return undefined;
  return rejected('OUT_OF_WINDOW', `${MAX_SETTLED_REFERENCES} references of this card are remembered`);
}

function rejected(code: RecordRejection['code'], detail: string): RecordDecision {
  return { ...NOTHING, rejection: { code, detail } };
}

function confirmCollection(
  { card, shares }: RecordState,
  order: string,
  { trace }: RecordContext,
): RecordDecision {
  const debit = findDebit(shares, order)?.debit;
  trace?.('REFERENCE', debit !== undefined && isOutstanding(debit), { ...debit, order });
  if (debit === undefined) return refused('REFERENCE_UNKNOWN');
  if (debit.collected) return UNCHANGED;
  if (debit.returned) return refused('ALREADY_APPLIED');
  return { ...UNCHANGED, events: [{ type: 'RecordCollectionConfirmed', card, order }] };
}

/** Rule 11: the order's amount becomes loan on this business date, once, beyond the limit if need be. */
function returnCollection(
  state: RecordState,
  { order }: Command<'ConfirmCollection' | 'ReturnCollection'>,
  context: RecordContext,
): RecordDecision {
  const { card } = state;
  const found = findDebit(state.shares, order);
  context.trace?.('REFERENCE', found !== undefined && isOutstanding(found.debit), { ...found?.debit, order });
  if (found === undefined) return refused('REFERENCE_UNKNOWN');
  const { share, debit } = found;
  if (debit.returned) return UNCHANGED;
  if (debit.collected) return refused('ALREADY_APPLIED');
  const [transaction, amount] = [share.id, debit.amount];
  const balances = addLoan(state.balances, amount);
  const { now: time, today: businessDate } = context;
  const event: RecordEvent = {
    type: 'RecordCollectionReturned',
    card,
    order,
    transaction,
    amount,
    balances,
    businessDate,
    time,
    accrualDate: accrualDate(businessDate, context),
  };
  const decision = applied(event, { type: 'ReturnCollection', card, transaction, amount, time });
  return withConsequences(state, balances, context, decision);
}
