/** Whether a card had the reason that its refusal names (rule 17). */
import { MAX_AMOUNT, MAX_HELD_VALUE } from '../../actors/bounds.js';
import { Outcome } from './codes.js';
import type { CardLedger } from './ledger.js';
import { owed } from './split.js';
import type { Answer, Asked } from './wire.js';

export function isAmount(amount: number): boolean {
  return Number.isSafeInteger(amount) && amount >= 1 && amount <= MAX_AMOUNT;
}

/** What would fit on the card (rule 4). Without a cap room is left for reversals. */
export function roomOf(card: CardLedger): number {
  return (card.terms.cap ?? MAX_HELD_VALUE) - card.balances.storedValue + owed(card.balances);
}

/** Why the refusal is not justified; undefined: it is, or nothing here can tell. */
export function unjustified(card: CardLedger | undefined, asked: Asked, answer: Answer): string | undefined {
  if (card === undefined) {
    const expected = answer.outcome === Outcome.cardUnknown || answer.outcome === Outcome.invalidAmount;
    return expected ? undefined : 'the card was never issued';
  }
  const due = asked.amount - card.balances.storedValue;
  switch (answer.outcome) {
    case Outcome.approved:
      return 'a refusal that says APPROVED';
    case Outcome.cardUnknown:
      return 'the card is known';
    case Outcome.invalidAmount:
      return isAmount(asked.amount) ? `amount ${asked.amount} is allowed` : undefined;
    case Outcome.cardProhibited:
      return card.reasons === 0 ? 'the card holds no reason' : undefined;
    case Outcome.cardNotActive:
      return card.active ? 'the card is active' : undefined;
    case Outcome.cardExpired:
      return card.terms.expiryDate === undefined ? 'the card never expires' : undefined;
    case Outcome.insufficientFunds:
      if (card.terms.creditFlag) return 'the credit flag is on';
      return due > 0 ? undefined : 'the stored value is enough';
    case Outcome.deferralNotPermitted:
      return due > 0 ? undefined : 'nothing would be deferred';
    case Outcome.creditLimit: {
      const { loan, limit } = card.balances;
      return due > 0 && loan + due > limit ? undefined : `loan ${loan} + ${due} is within the limit ${limit}`;
    }
    case Outcome.capExceeded:
      return capHolds(asked, answer, roomOf(card));
    default:
      return undefined;
  }
}

function capHolds(asked: Asked, answer: Answer, room: number): string | undefined {
  if (asked.amount <= room) return `amount ${asked.amount} fits: there is room for ${room}`;
  const fits = Math.max(0, room);
  return answer.fits === fits ? undefined : `fits: expected ${fits}, found ${answer.fits ?? 'nothing'}`;
}
