/** The card: what it holds, and the events from which it evolves. The center's record of it is another actor. */
import { CARD_LOG_LENGTH } from '../bounds.js';
import type { Answer, Movement } from '../money/answer.js';
import type { Balances } from '../money/balances.js';
import { type CardTerms, openingBalances } from '../money/cardTerms.js';
import type { ProhibitionReason } from '../money/prohibition.js';
import type { Asked } from '../money/transaction.js';

export interface CardState {
  readonly card: string;
  /** As issued: what "issued again" is compared with. */
  readonly terms: CardTerms;
  readonly balances: Balances;
  readonly active: boolean;
  readonly reasons: readonly ProhibitionReason[];
  /** Newest first, at most CARD_LOG_LENGTH (rule 12). */
  readonly log: readonly Movement[];
}

/** Events carry results: `evolveCard` assigns them and never refuses. */
export type CardEvent =
  | { readonly type: 'CardIssued'; readonly card: string; readonly terms: CardTerms; readonly time: number }
  | { readonly type: 'CardActivated'; readonly card: string }
  | { readonly type: 'CardLimitChanged'; readonly card: string; readonly limit: number }
  | {
      readonly type: 'CardProhibitionChanged';
      readonly card: string;
      readonly reasons: readonly ProhibitionReason[];
    }
  /** An approved purchase, deposit or enquiry. */
  | { readonly type: 'CardMoved'; readonly asked: Asked; readonly answer: Answer }
  | { readonly type: 'CardDeclined'; readonly asked: Asked; readonly answer: Answer }
  /** A reversal; with amount 0 the tombstone of an id that was never approved. */
  | { readonly type: 'CardReversed'; readonly asked: Asked; readonly answer: Answer };

/** The card after an event about it. Undefined: it does not exist (its id memory is the visitor's). */
export function evolveCard(state: CardState | undefined, event: CardEvent): CardState | undefined {
  if (event.type === 'CardIssued') return issued(event.card, event.terms);
  if (state === undefined) return undefined;
  switch (event.type) {
    case 'CardActivated':
      return { ...state, active: true };
    case 'CardLimitChanged':
      return { ...state, balances: { ...state.balances, limit: event.limit } };
    case 'CardProhibitionChanged':
      return { ...state, reasons: event.reasons };
    case 'CardMoved':
      return moved(state, event.asked, event.answer, false);
    case 'CardReversed':
      return moved(state, event.asked, event.answer, true);
    case 'CardDeclined':
      return state;
  }
}

function issued(card: string, terms: CardTerms): CardState {
  return { card, terms, balances: openingBalances(terms), active: terms.active, reasons: [], log: [] };
}

function moved(state: CardState, asked: Asked, answer: Answer, reversal: boolean): CardState {
  const { balances } = answer;
  // Enquiries and tombstones move nothing.
  if (balances === undefined || answer.amount === 0 || asked.kind === undefined) return state;
  const movement: Movement = {
    id: asked.id,
    kind: asked.kind,
    reversal,
    amount: answer.amount,
    parts: answer.parts,
    storedValueAfter: balances.storedValue,
    loanAfter: balances.loan,
    terminalTime: asked.terminalTime,
    receiveTime: answer.receiveTime,
  };
  return { ...state, balances, log: [movement, ...state.log.slice(0, CARD_LOG_LENGTH - 1)] };
}
