/** Personal identification (rule 8). Only keyed hashes come here; a PIN itself never does. */
import type { Outcome } from '../money/outcomes.js';
import type { Trace } from '../money/trace.js';
import type { Asked } from '../money/transaction.js';
import { dueOf } from '../money/balances.js';
import type { CardState } from './card.js';
import { NO_PIN, type PinCheck } from './decision.js';

export interface PinRefusal {
  readonly outcome: Extract<Outcome, 'PIN_BLOCKED' | 'PIN_REQUIRED' | 'PIN_WRONG'>;
  readonly check: PinCheck;
}

/**
 * A PIN that is sent is checked, needed or not. While it is blocked, what needs it and every deferral is refused; what
 * needs none goes on, and a PIN that comes with it is not looked at.
 */
export function checkPin(
  state: CardState,
  asked: Asked,
  pinHash: string | undefined,
  trace?: Trace,
): PinCheck | PinRefusal {
  const check = checked(state, asked, pinHash);
  trace?.('PIN', !('outcome' in check), {
    needed: isPinNeeded(state, asked),
    hasPin: state.pinHash !== '',
    triesLeft: state.triesLeft,
    cvmLimit: state.policy.cvmLimit,
    forDeferral: state.policy.pinForDeferral,
  });
  return check;
}

function checked(state: CardState, asked: Asked, pinHash: string | undefined): PinCheck | PinRefusal {
  // The exit of a card that is inside always opens (rule 14).
  if (asked.kind === 'FARE') return NO_PIN;
  const needed = isPinNeeded(state, asked);
  if (state.triesLeft === 0) {
    const refused = needed || wouldDefer(state, asked);
    return refused ? { outcome: 'PIN_BLOCKED', check: { verified: false, triesLeft: 0 } } : NO_PIN;
  }
  // A dry run goes on as with the right PIN, where there is one.
  if (pinHash === undefined && state.pinHash !== '') return NO_PIN;
  if (pinHash === undefined || pinHash === '')
    return needed ? { outcome: 'PIN_REQUIRED', check: NO_PIN } : NO_PIN;
  if (state.pinHash !== '' && pinHash === state.pinHash) {
    return { verified: true, triesLeft: state.policy.pinTries };
  }
  const triesLeft = state.triesLeft - 1;
  const outcome = triesLeft === 0 ? 'PIN_BLOCKED' : 'PIN_WRONG';
  return { outcome, check: { verified: false, triesLeft } };
}

/** Above the CVM limit and, by the card's policy, for any deferral; never at a gate. */
export function isPinNeeded(state: CardState, asked: Asked): boolean {
  if (asked.kind !== 'PURCHASE') return false;
  const { cvmLimit, pinForDeferral } = state.policy;
  if (cvmLimit !== undefined && asked.amount > cvmLimit) return true;
  return pinForDeferral && wouldDefer(state, asked);
}

function wouldDefer({ balances }: CardState, { kind, amount }: Asked): boolean {
  return kind === 'PURCHASE' && dueOf(balances, amount) > 0;
}
