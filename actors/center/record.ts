/** The center's record of a card: its own balances, limit, reasons and counts, and the events it evolves from. */
import type { Balances } from '../money/balances.js';
import { type CardTerms, openingBalances } from '../money/cardTerms.js';
import type { Outcome } from '../money/outcomes.js';
import type { Parts } from '../money/parts.js';
import type { ListVersion, ProhibitionReason } from '../money/prohibition.js';
import type { Asked } from '../money/transaction.js';

export interface RecordState {
  readonly card: string;
  /** As issued: what "issued again" is compared with. */
  readonly terms: CardTerms;
  readonly balances: Balances;
  readonly active: boolean;
  readonly reasons: readonly ProhibitionReason[];
  /** Position of the last change of reasons, and the one that the list is known to have (D14). 0: none. */
  readonly changedPosition: number;
  readonly publishedPosition: number;
  readonly publishedVersion: ListVersion | undefined;
  /** Changes of activity, limit and reasons so far, the issue being the first: an operator's expected version. */
  readonly version: number;
  /** Purchases and deposits. */
  readonly approvedCount: number;
  readonly declinedCount: number;
}

export type RecordEvent =
  | { readonly type: 'RecordOpened'; readonly card: string; readonly terms: CardTerms; readonly time: number }
  | { readonly type: 'RecordActivated'; readonly card: string }
  | {
      readonly type: 'RecordLimitChanged';
      readonly card: string;
      readonly limit: number;
      readonly previousLimit: number;
    }
  | RecordProhibitionChanged
  | {
      readonly type: 'ProhibitionPublished';
      readonly card: string;
      readonly position: number;
      readonly version: ListVersion;
    }
  | RecordTransactionEvent;

export interface RecordProhibitionChanged {
  readonly type: 'RecordProhibitionChanged';
  readonly card: string;
  /** The whole set. */
  readonly reasons: readonly ProhibitionReason[];
  readonly position: number;
  /** The operator's words, or empty for a decision by limit. */
  readonly note: string;
}

/** What reached the center of a transaction: from these the totals are compiled. */
export type RecordTransactionEvent =
  | {
      readonly type: 'RecordMoved';
      readonly asked: Asked;
      readonly parts: Parts;
      readonly balances: Balances;
      readonly receiveTime: number;
    }
  | {
      readonly type: 'RecordDeclined';
      readonly asked: Asked;
      readonly outcome: Outcome;
      readonly receiveTime: number;
    }
  | {
      readonly type: 'RecordReversed';
      readonly asked: Asked;
      readonly parts: Parts;
      /** Undefined: the card does not exist. */
      readonly balances: Balances | undefined;
      readonly receiveTime: number;
      /** What was undone; 0 for a tombstone. */
      readonly amount: number;
    };

type RecordMoved = Extract<RecordTransactionEvent, { type: 'RecordMoved' }>;

/** The record after an event about it. Undefined: the card does not exist. */
export function evolveRecord(state: RecordState | undefined, event: RecordEvent): RecordState | undefined {
  if (event.type === 'RecordOpened') return opened(event.card, event.terms);
  if (state === undefined) return undefined;
  switch (event.type) {
    case 'RecordActivated':
      return { ...state, active: true, version: state.version + 1 };
    case 'RecordLimitChanged':
      return {
        ...state,
        balances: { ...state.balances, limit: event.limit },
        version: state.version + 1,
      };
    case 'RecordProhibitionChanged':
      return {
        ...state,
        reasons: event.reasons,
        changedPosition: event.position,
        version: state.version + 1,
      };
    case 'ProhibitionPublished':
      return { ...state, publishedPosition: event.position, publishedVersion: event.version };
    case 'RecordMoved':
      return moved(state, event);
    case 'RecordReversed':
      return event.balances === undefined ? state : { ...state, balances: event.balances };
    case 'RecordDeclined':
      return { ...state, declinedCount: state.declinedCount + 1 };
  }
}

/** An enquiry is approved too, but takes nothing: it counts in a terminal's totals, not here. */
function moved(state: RecordState, { asked, balances }: RecordMoved): RecordState {
  const counted = asked.kind === 'ENQUIRY' ? 0 : 1;
  return { ...state, balances, approvedCount: state.approvedCount + counted };
}

function opened(card: string, terms: CardTerms): RecordState {
  return {
    card,
    terms,
    balances: openingBalances(terms),
    active: terms.active,
    reasons: [],
    changedPosition: 0,
    publishedPosition: 0,
    publishedVersion: undefined,
    version: 1,
    approvedCount: 0,
    declinedCount: 0,
  };
}

/** Whether the prohibition list may not have the record's present reasons yet (D12, D14). */
export function isUnpublished(state: RecordState): boolean {
  return state.changedPosition > state.publishedPosition;
}
