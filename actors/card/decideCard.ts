/** What a card decides about a transaction, and what it records of its center's decisions. Pure. */
import { addInterest, addLoan, adjusted } from '../money/balances.js';
import type { RecordTell } from '../money/tells.js';
import { access } from './access.js';
import type { CardEvent, CardState, CardToldEvent } from './card.js';
import { type CardContext, NO_DECISION, type CardDecision } from './decision.js';
import { execute, type Execute } from './execute.js';
import { reverse, type Reverse } from './reverse.js';
import { forgettable } from './undone.js';

export type CardCommand = Execute | Reverse | Housekeeping | RecordTell;

/** Access: what is pending is applied. Forget: what nobody can ask about any more goes. */
type Housekeeping = { readonly type: 'Access' } | { readonly type: 'Forget' };

export function decideCard(
  state: CardState | undefined,
  command: CardCommand,
  context: CardContext,
): CardDecision {
  if (command.type === 'Execute') return execute(state, command, context);
  if (command.type === 'Reverse') return reverse(state, command, context);
  if (command.type === 'Access' || command.type === 'Forget') {
    if (state === undefined) return NO_DECISION;
    return command.type === 'Access' ? access(state, context) : forget(state, context);
  }
  return { events: [record(state, command)], tells: [] };
}

function forget({ card, undone, lastPayment }: CardState, { forgetBefore }: CardContext): CardDecision {
  if (undone.length === 0) return NO_DECISION;
  const payments = forgettable(undone, forgetBefore(), lastPayment?.id);
  return payments.length === 0
    ? NO_DECISION
    : { events: [{ type: 'CardForgot', card, payments }], tells: [] };
}

/** Whatever its state is, the card records what the center decided. */
function record(state: CardState | undefined, told: RecordTell): CardEvent {
  switch (told.type) {
    case 'Issue':
      return { ...told, type: 'CardIssued' };
    case 'Activate':
      return { ...told, type: 'CardActivated' };
    case 'ChangeLimit':
      return { ...told, type: 'CardLimitChanged' };
    case 'ChangePolicy':
      return { ...told, type: 'CardPolicyChanged' };
    case 'SetPin':
      return { ...told, type: 'CardPinSet' };
    case 'UnblockPin':
      return { ...told, type: 'CardPinUnblocked' };
    case 'Replace':
      return { ...told, type: 'CardReplaced' };
    case 'ChangeProhibition':
      return { ...told, type: 'CardProhibitionChanged' };
    case 'Instruct':
      return { ...told, type: 'CardInstructed' };
    case 'CancelInstruction':
      return { ...told, type: 'CardInstructionCancelled' };
    case 'PostInterest':
    case 'ReturnCollection':
    case 'Adjust':
      return recordAmount(known(state, told.card), told);
  }
}

type AmountTold = Extract<RecordTell, { type: 'PostInterest' | 'ReturnCollection' | 'Adjust' }>;

/** The card does its own arithmetic on its own balances: an auditor compares. */
function recordAmount({ balances }: CardState, told: AmountTold): CardToldEvent {
  switch (told.type) {
    case 'PostInterest':
      return { ...told, type: 'CardInterestPosted', balances: addInterest(balances, told.amount) };
    case 'ReturnCollection':
      return { ...told, type: 'CardCollectionReturned', balances: addLoan(balances, told.amount) };
    case 'Adjust': {
      const after = adjusted(balances, told.adjustment);
      if (after === undefined) throw new Error(`card ${told.card} holds less than its center believes`);
      return { ...told, type: 'CardAdjusted', balances: after };
    }
  }
}

function known(state: CardState | undefined, card: string): CardState {
  if (state === undefined) throw new Error(`the center has a record of card ${card}, which does not exist`);
  return state;
}
