/** Refunds and voids (rule 9): parts of a payment are given back, never more in all than it took. */
import { apportion } from '../money/apportion.js';
import { giveBack } from '../money/balances.js';
import { sameId } from '../money/ids.js';
import { idText } from '../money/idText.js';
import type { Original } from '../money/original.js';
import { amountOf, NO_PARTS, type Parts, partsLeft } from '../money/parts.js';
import type { Asked } from '../money/transaction.js';
import type { CardState } from './card.js';
import { approve, type CardContext, type CardDecision, decline } from './decision.js';
import { isUntouched, undoneFacts, undoneOf } from './undone.js';

/** Of an approved purchase, at any terminal, as often as something is left. */
export function refund(
  state: CardState,
  asked: Asked,
  original: Original | undefined,
  context: CardContext,
): CardDecision {
  const { original: id, amount } = asked;
  const { trace } = context;
  const found = id !== undefined && original?.kind === 'PURCHASE' && !isTooOld(original, context);
  trace?.('ORIGINAL', found, {
    found: original !== undefined,
    kind: original?.kind,
    businessDate: original?.businessDate,
    refundableFrom: context.refundableFrom(),
  });
  if (!found) return decline(state, asked, 'ORIGINAL_NOT_FOUND', context);
  const { parts, returned } = undoneOf(state.undone, id);
  const left = partsLeft(original.parts, parts);
  const fits = amountOf(left);
  trace?.('ORIGINAL_LEFT', amount <= fits, { amount, original: original.amount, left: fits });
  if (amount > fits) return decline(state, asked, 'REFUND_EXCEEDS_ORIGINAL', context, { fits });
  const given = giveBack(state.balances, shareOf(left, amount), returned);
  trace?.('GIVEN_BACK', true, undoneFacts(given.parts));
  return approve(state, asked, given.parts, given.balances, amount, context);
}

function isTooOld({ businessDate }: Original, { refundableFrom }: CardContext): boolean {
  return businessDate < refundableFrom();
}

/** In the proportion of what is left; ties go to the loan, then the account, then the value. */
function shareOf(left: Parts, amount: number): Parts {
  const [loan = 0, account = 0, value = 0] = apportion(amount, [left.loan, left.account, left.value]);
  return { ...NO_PARTS, value, account, loan };
}

/** The card's last payment, nothing of which was given back, at the same terminal, while its batch is open. */
export function voidPayment(state: CardState, asked: Asked, context: CardContext): CardDecision {
  const { lastPayment } = state;
  const { trace } = context;
  const named = asked.original;
  const undone = lastPayment && undoneOf(state.undone, lastPayment.id);
  const possible =
    lastPayment !== undefined &&
    undone !== undefined &&
    (named === undefined || sameId(named, lastPayment.id)) &&
    lastPayment.id.terminal === asked.id.terminal &&
    lastPayment.batch === asked.batch &&
    isUntouched(undone);
  trace?.('LAST_PAYMENT', possible, {
    payment: lastPayment === undefined ? undefined : idText(lastPayment.id),
    amount: lastPayment?.amount,
    batch: lastPayment?.batch,
    openBatch: asked.batch,
    givenBack: undone && amountOf(undone.parts),
  });
  if (!possible) return decline(state, asked, 'VOID_NOT_POSSIBLE', context);
  const { returned } = undone;
  const given = giveBack(state.balances, lastPayment.parts, returned);
  trace?.('GIVEN_BACK', true, undoneFacts(given.parts));
  const recorded = { ...asked, original: lastPayment.id };
  return approve(state, recorded, given.parts, given.balances, lastPayment.amount, context);
}
