/**
 * A transaction whose id this partition has not seen: rule 17's checks, in their order, then the money. And an enquiry
 * whose id it has forgotten.
 */
import type { Answer } from '../money/answer.js';
import type { Original } from '../money/original.js';
import type { Outcome } from '../money/outcomes.js';
import { NO_PARTS } from '../money/parts.js';
import type { ClosingTerms } from '../money/tells.js';
import { type Asked, isWithheld } from '../money/transaction.js';
import type { CardState } from './card.js';
import {
  answerOf,
  approve,
  type CardContext,
  type CardDecision,
  decline,
  NO_PIN,
  type PinCheck,
} from './decision.js';
import { enter, leave } from './gate.js';
import { deposit, purchase, unload } from './money.js';
import { checkPin } from './pin.js';
import { refund, voidPayment } from './refund.js';

export interface Execute {
  readonly type: 'Execute';
  readonly asked: Asked;
  /** What the card must know of its terminal. */
  readonly at: TerminalTerms;
  /** Keyed hash of the PIN that was entered, in hexadecimal; empty: none was; undefined: it is not looked at. */
  readonly pinHash: string | undefined;
  /** REFUND: the payment, as the journal has it; undefined: there is none. */
  readonly original: Original | undefined;
  /** UNLOAD: what the center says about closing the card. */
  readonly closing: ClosingTerms | undefined;
}

export interface TerminalTerms {
  /** The terminal's policy: what is paid here may be deferred. */
  readonly mayDefer: boolean;
  /** A gate's zone; else empty. */
  readonly zone: string;
}

export function execute(state: CardState | undefined, command: Execute, context: CardContext): CardDecision {
  const { asked } = command;
  if (state === undefined) return decline(undefined, asked, 'CARD_UNKNOWN', context);
  const refusal = refusalOf(state, asked, context);
  if (refusal !== undefined) return decline(state, asked, refusal, context);
  const pin = checkPin(state, asked, command.pinHash, context.trace);
  if ('outcome' in pin) return decline(state, asked, pin.outcome, context, { pin: pin.check });
  const decision = decide(state, command, context);
  return pin === NO_PIN ? decision : withPin(decision, pin);
}

/**
 * An enquiry that was approved, and whose id is forgotten: its device repeats it to see the card's log. What was answered
 * is never answered otherwise (D6), so nothing is checked again.
 */
export function showAgain(state: CardState, context: CardContext): Answer {
  return answerOf(state, 'APPROVED', 0, NO_PARTS, state.balances, context);
}

/** Whatever is decided then: a right PIN gives back the tries, and answer and record say so. */
function withPin({ events, tells }: CardDecision, { verified, triesLeft }: PinCheck): CardDecision {
  const told = events.map((event) =>
    'answer' in event ? { ...event, answer: { ...event.answer, pinVerified: verified, triesLeft } } : event,
  );
  return {
    events: told,
    tells: tells.map((tell) => (tell.type === 'Moved' ? { ...tell, pinVerified: verified } : tell)),
  };
}

/** Rule 17, the card's checks, in their order. */
function refusalOf(
  state: CardState,
  { kind, device }: Asked,
  { today, trace }: CardContext,
): Outcome | undefined {
  if (state.closed) return 'CARD_CLOSED';
  if (device !== state.device) return 'DEVICE_SUPERSEDED';
  const withheld = isWithheld(kind);
  const prohibited = withheld && state.reasons.length > 0;
  trace?.('NOT_PROHIBITED', !prohibited, { reasons: state.reasons.join(', '), withheld });
  if (prohibited) return 'CARD_PROHIBITED';
  const expired = withheld && isExpired(state, today);
  trace?.('NOT_EXPIRED', !expired, { expiryDate: state.policy.expiryDate, today, withheld });
  if (expired) return 'CARD_EXPIRED';
  trace?.('ACTIVE', state.active);
  return state.active ? undefined : 'CARD_NOT_ACTIVE';
}

/** Rule 13: from the day after its expiry date, by receive time. */
export function isExpired({ policy }: CardState, today: number): boolean {
  return policy.expiryDate !== undefined && today > policy.expiryDate;
}

function decide(state: CardState, command: Execute, context: CardContext): CardDecision {
  const { asked, at, original, closing } = command;
  switch (asked.kind) {
    case 'PURCHASE':
      return purchase(state, asked, at, context);
    case 'DEPOSIT':
      return deposit(state, asked, context);
    case 'ENQUIRY':
      return approve(state, asked, NO_PARTS, state.balances, 0, context);
    case 'REFUND':
      return refund(state, asked, original, context);
    case 'VOID':
      return voidPayment(state, asked, context);
    case 'UNLOAD':
      return unload(state, asked, closing, context);
    case 'ENTRY':
      return enter(state, asked, at, context);
    case 'FARE':
      return leave(state, asked, at, context);
    case 'STORE':
    case undefined:
      throw new Error('nothing to execute: no terminal asks for this kind');
  }
}
