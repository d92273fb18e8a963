/** What the center decides about a card: operators' commands, what the card tells it, interest, the list. Pure. */
import type { ListVersion } from '../money/prohibition.js';
import type { CardTell } from '../money/tells.js';
import { chargeInterest } from './chargeInterest.js';
import { collect, type CollectCommand } from './collect.js';
import { NOTHING, type RecordContext, type RecordDecision } from './decision.js';
import { type OperatorCommand, operate } from './operate.js';
import type { RecordState } from './record.js';
import { forgettable } from './shares.js';
import { told } from './told.js';

export type RecordCommand =
  | OperatorCommand
  | CardTell
  | PublishedCommand
  | ChargeCommand
  | CollectCommand
  | { readonly type: 'Forget' };

/** The prohibition list has the reasons of this position. */
export interface PublishedCommand {
  readonly type: 'Published';
  readonly card: string;
  readonly position: number;
  readonly version: ListVersion;
}

/** An interest run brings the record to a business date. */
export interface ChargeCommand {
  readonly type: 'Charge';
  readonly through: number;
}

export function decideRecord(
  state: RecordState | undefined,
  command: RecordCommand,
  context: RecordContext,
): RecordDecision {
  if (isTold(command)) return told(state, command, context);
  if (command.type === 'Published') return published(state, command);
  if (command.type === 'Forget') return state === undefined ? NOTHING : forget(state, context);
  if (command.type !== 'Charge' && command.type !== 'Collect') return operate(state, command, context);
  if (state === undefined) return NOTHING;
  return command.type === 'Charge'
    ? chargeInterest(state, command.through, context)
    : collect(state, command, context);
}

function isTold(command: RecordCommand): command is CardTell {
  const { type } = command;
  return type === 'Moved' || type === 'Declined' || type === 'Reversed' || type === 'Stored';
}

function forget({ card, shares }: RecordState, { forgetBefore }: RecordContext): RecordDecision {
  if (shares.length === 0) return NOTHING;
  const payments = forgettable(shares, forgetBefore());
  return payments.length === 0 ? NOTHING : { ...NOTHING, events: [{ type: 'RecordForgot', card, payments }] };
}

/** D14: ends the repetition, unless the reasons have changed since: then a newer entry is on its way. */
function published(state: RecordState | undefined, command: PublishedCommand): RecordDecision {
  const { card, position, version } = command;
  if (position !== state?.changedPosition || position <= state.publishedPosition) return NOTHING;
  return { ...NOTHING, events: [{ type: 'ProhibitionPublished', card, position, version }] };
}
