/** Rule 5: at an access the pending store instructions are applied, in order, each by rule 4. */
import { applyDeposit, depositThatFits, splitDeposit } from '../money/balances.js';
import type { CardTell } from '../money/tells.js';
import type { Trace } from '../money/trace.js';
import type { CardEvent, CardState } from './card.js';
import { type CardContext, type CardDecision, NO_DECISION } from './decision.js';

/** One that does not fit stays pending, with those behind it, until the next access. */
export function access(state: CardState, { now, trace }: CardContext): CardDecision {
  const { card, pending, policy } = state;
  if (pending.length === 0) return NO_DECISION;
  let { balances } = state;
  const events: CardEvent[] = [];
  const tells: CardTell[] = [];
  for (const instruction of pending) {
    const { reference, amount } = instruction;
    const fits = depositThatFits(balances, policy.storedValueCap);
    if (amount > fits) {
      trace?.('PENDING', true, { reference, amount, applied: false, fits });
      break;
    }
    const parts = splitDeposit(balances, amount);
    const { fare, interest, loan, value } = parts;
    trace?.('PENDING', true, { reference, amount, applied: true, fare, interest, loan, value });
    balances = applyDeposit(balances, parts);
    events.push({ type: 'CardStored', card, instruction, parts, balances, time: now });
    tells.push({ type: 'Stored', instruction, parts });
  }
  return { events, tells };
}

/** Whether a new id that reached the card counts as an access (rule 5). */
export function isAccess(state: CardState | undefined, device: number, trace?: Trace): boolean {
  trace?.('CARD_KNOWN', state !== undefined);
  if (state === undefined) return false;
  trace?.('CARD_OPEN', !state.closed);
  if (state.closed) return false;
  const present = device === state.device;
  trace?.('DEVICE', present, { device, present: state.device });
  return present;
}
