import type Long from 'long';
import { v1 } from '../proto/generated/emoney.js';
import { fromInteger, toWide } from '../proto/guard.js';
import { outcomeMeaning } from './outcome.js';

/** The recorded answer as the terminal gets it: with what is derived from it (available, retryable, text). */
export function replyOf(answered: v1.Answered.$Properties): v1.Reply.$Properties {
  const answer: v1.Answer.$Properties = answered.answer ?? {};
  const outcome = answer.outcome ?? v1.Outcome.OUTCOME_UNSPECIFIED;
  const { retryable, text } = outcomeMeaning(outcome);
  return {
    id: answered.id ?? null,
    kind: answered.kind ?? null,
    card: answered.card ?? null,
    outcome,
    amount: answer.amount ?? null,
    parts: answer.parts ?? null,
    balances: answer.balances ?? null,
    available: availableOf(answer.balances),
    creditFlag: answer.creditFlag ?? null,
    fits: answer.fits ?? null,
    terminalTimeMs: answered.terminalTimeMs ?? null,
    receiveTimeMs: answer.receiveTimeMs ?? null,
    position: answer.position ?? null,
    retryable,
    text,
    log: answered.log ?? [],
    remainder: answer.remainder ?? null,
    pinVerified: answer.pinVerified ?? null,
    triesLeft: answer.triesLeft ?? null,
    obstacle: answer.obstacle ?? null,
    pending: answer.pending ?? null,
    inside: answer.inside ?? null,
  };
}

/** limit − loan; 0 where there is no card. Returned collections can make it negative. */
function availableOf(balances: v1.Balances.$Properties | null | undefined): number | Long {
  if (balances == null) return 0;
  const limit = toWide(balances.limit ?? 0, 'limit');
  const loan = toWide(balances.loan ?? 0, 'loan');
  if (typeof limit === 'number' && typeof loan === 'number') return limit - loan;
  return fromInteger(BigInt(limit) - BigInt(loan), 'available');
}
