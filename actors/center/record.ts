/** The center's record of a card: its own balances, limit, reasons, accrual and shares, and how it evolves. */
import type { Adjustment, Balances } from '../money/balances.js';
import type { CardPolicy } from '../money/cardPolicy.js';
import { type CardTerms, openingBalances } from '../money/cardTerms.js';
import type { TransactionId } from '../money/ids.js';
import type { Instruction } from '../money/instruction.js';
import { type Accrual, beginAccrual, changePrincipal } from '../money/interest.js';
import type { Mutable } from '../money/mutable.js';
import type { Outcome } from '../money/outcomes.js';
import type { Parts } from '../money/parts.js';
import type { ListVersion, ProhibitionReason } from '../money/prohibition.js';
import { type Asked, isMovement } from '../money/transaction.js';
import type { RecordListed } from './borrowers.js';
import { type SettledReference, settle } from './references.js';
import {
  type AccountShare,
  type CollectionOrder,
  confirmShare,
  orderShare,
  returnShare,
  sharesAfterMove,
  sharesAfterReversal,
  withoutShares,
} from './shares.js';

export interface RecordState {
  readonly card: string;
  /** As issued: what "issued again" is compared with. */
  readonly terms: CardTerms;
  readonly policy: CardPolicy;
  readonly balances: Balances;
  readonly active: boolean;
  readonly closed: boolean;
  readonly reasons: readonly ProhibitionReason[];
  /** Number of the plastic or phone that counts. */
  readonly device: number;
  /** Store instructions that are not applied yet, oldest first. */
  readonly pending: readonly Instruction[];
  /** Operators' references that are settled: asked again, they are answered, not repeated. */
  readonly settled: readonly SettledReference[];
  readonly accrual: Accrual;
  /** Among the borrowers that an interest run visits. */
  readonly listed: boolean;
  /** The operator was told that what is owed has reached four fifths of the limit. */
  readonly alerted: boolean;
  /** What the designated account took, as far as it is not collected for good. */
  readonly shares: readonly AccountShare[];
  /** Position of the last change of reasons, and the one that the list is known to have (D14). 0: none. */
  readonly changedPosition: number;
  readonly publishedPosition: number;
  readonly publishedVersion: ListVersion | undefined;
  /** Changes by operators and of reasons so far, the issue being the first: an operator's expected version. */
  readonly version: number;
  /** Transactions that moved money, and refusals. */
  readonly approvedCount: number;
  readonly declinedCount: number;
}

export type RecordEvent = RecordTransactionEvent | RecordChange | RecordProhibitionChanged | RecordListed;

/** Operators', the list's and the calendar's doing. */
export type RecordChange =
  | {
      readonly type: 'RecordOpened';
      readonly card: string;
      readonly terms: CardTerms;
      readonly time: number;
      /** Interest runs from the day after. */
      readonly businessDate: number;
    }
  | { readonly type: 'RecordActivated'; readonly card: string }
  | {
      readonly type: 'RecordLimitChanged';
      readonly card: string;
      readonly limit: number;
      readonly previousLimit: number;
    }
  | { readonly type: 'RecordPolicyChanged'; readonly card: string; readonly policy: CardPolicy }
  | { readonly type: 'RecordPinSet'; readonly card: string }
  | { readonly type: 'RecordPinUnblocked'; readonly card: string }
  | {
      readonly type: 'RecordReplaced';
      readonly card: string;
      readonly device: number;
      readonly note: string;
    }
  | {
      readonly type: 'RecordInstructed';
      readonly card: string;
      readonly instruction: Instruction;
      readonly note: string;
    }
  | {
      readonly type: 'RecordInstructionCancelled';
      readonly card: string;
      readonly reference: string;
      readonly note: string;
      /** From then on the reference is remembered; undefined (older journals): from the instruction's own time on. */
      readonly time: number | undefined;
    }
  | (Accrued & {
      readonly type: 'RecordStored';
      readonly card: string;
      readonly instruction: Instruction;
      readonly parts: Parts;
      readonly balances: Balances;
      readonly time: number;
      readonly businessDate: number;
    })
  | {
      readonly type: 'RecordInterestPosted';
      readonly card: string;
      readonly amount: number;
      readonly through: number;
      readonly balances: Balances;
      /** In CARRY_UNITs of a minor unit, as in Accrual. */
      readonly carry: number;
      /** Closing drops the fraction, on record. */
      readonly dropped: number;
    }
  | (Accrued & {
      readonly type: 'RecordCollectionReturned';
      readonly card: string;
      readonly order: string;
      readonly transaction: TransactionId;
      readonly amount: number;
      readonly balances: Balances;
      readonly businessDate: number;
      readonly time: number;
    })
  | (Accrued & {
      readonly type: 'RecordAdjusted';
      readonly card: string;
      readonly reference: string;
      readonly adjustment: Adjustment;
      readonly balances: Balances;
      readonly note: string;
      readonly businessDate: number;
      readonly time: number;
    })
  | (CollectionOrder & {
      readonly type: 'RecordCollectionOrdered';
      readonly card: string;
      readonly settlement: number;
      readonly account: string;
      readonly businessDate: number;
      readonly time: number;
    })
  /** One alert a crossing of four fifths of the limit; `above` is false when it is below again. */
  | {
      readonly type: 'RecordAlerted';
      readonly card: string;
      readonly above: boolean;
      readonly owed: number;
      readonly limit: number;
    }
  /** Account shares that are final, and can be given back no longer. */
  | { readonly type: 'RecordForgot'; readonly card: string; readonly payments: readonly TransactionId[] }
  | { readonly type: 'RecordCollectionConfirmed'; readonly card: string; readonly order: string }
  | {
      readonly type: 'ProhibitionPublished';
      readonly card: string;
      readonly position: number;
      readonly version: ListVersion;
    };

export interface RecordProhibitionChanged {
  readonly type: 'RecordProhibitionChanged';
  readonly card: string;
  /** The whole set. */
  readonly reasons: readonly ProhibitionReason[];
  readonly position: number;
  /** The operator's words, or empty for a decision by limit. */
  readonly note: string;
}

interface Accrued {
  /** Date on which the principal changes: the business date, or a later one where that is charged already (rule 6). */
  readonly accrualDate: number;
}

/** What reached the center of a transaction: from these the totals are compiled. */
export type RecordTransactionEvent =
  | (Accrued & {
      readonly type: 'RecordMoved';
      readonly asked: Asked;
      readonly parts: Parts;
      readonly pinVerified: boolean;
      readonly balances: Balances;
      readonly receiveTime: number;
      /** Of a payment with an account's part: the account that it was deferred to; else empty. */
      readonly account: string;
    })
  | {
      readonly type: 'RecordDeclined';
      readonly asked: Asked;
      readonly outcome: Outcome;
      readonly receiveTime: number;
    }
  | (Accrued & {
      readonly type: 'RecordReversed';
      readonly asked: Asked;
      readonly parts: Parts;
      /** Undefined: the card does not exist. */
      readonly balances: Balances | undefined;
      readonly receiveTime: number;
      /** What was undone; 0 for a tombstone. */
      readonly amount: number;
      /** False: a tombstone. An unload of nothing is undone too. */
      readonly undone: boolean;
    });

type EventOf<Type extends RecordEvent['type']> = Extract<RecordEvent, { type: Type }>;

/** The record after an event about it. Undefined: the card does not exist. */
export function evolveRecord(state: RecordState | undefined, event: RecordEvent): RecordState | undefined {
  if (event.type === 'RecordOpened') return opened(event);
  if (state === undefined) return undefined;
  switch (event.type) {
    case 'RecordMoved':
      return moved(state, event);
    case 'RecordReversed':
      return reversed(state, event);
    case 'RecordDeclined':
      return altered(state, { declinedCount: state.declinedCount + 1 });
    case 'RecordStored':
      return stored(state, event);
    case 'RecordInterestPosted':
      return interestPosted(state, event);
    case 'ProhibitionPublished':
      return { ...state, publishedPosition: event.position, publishedVersion: event.version };
    case 'RecordProhibitionChanged':
      return changed(state, { reasons: event.reasons, changedPosition: event.position });
    case 'RecordAlerted':
      return { ...state, alerted: event.above };
    case 'RecordListed':
      return { ...state, listed: event.listed };
    case 'RecordCollectionOrdered':
      return { ...state, shares: orderShare(state.shares, event) };
    case 'RecordCollectionConfirmed':
      return changed(state, { shares: confirmShare(state.shares, event.order) });
    case 'RecordForgot':
      return { ...state, shares: withoutShares(state.shares, event.payments) };
    case 'RecordActivated':
      return changed(state, { active: true });
    case 'RecordLimitChanged':
      return changed(state, { balances: { ...state.balances, limit: event.limit } });
    case 'RecordPolicyChanged':
      return changed(state, { policy: event.policy });
    case 'RecordReplaced':
      return changed(state, { device: event.device });
    case 'RecordPinSet':
    case 'RecordPinUnblocked':
      return changed(state, {});
    case 'RecordInstructed':
      return changed(state, { pending: [...state.pending, event.instruction] });
    case 'RecordInstructionCancelled':
      return changed(cancelled(state, event), {});
    case 'RecordCollectionReturned': {
      const shares = returnShare(state.shares, event.order);
      return changed(withBalances(state, event.balances, event.accrualDate), { shares });
    }
    case 'RecordAdjusted': {
      const { reference, adjustment, time } = event;
      const settled = settle(state.settled, { reference, content: adjustment, time, cancelled: false });
      return changed(withBalances(state, event.balances, event.accrualDate), { settled });
    }
  }
}

/** By an operator, or of the reasons: what an expected version is compared with. */
function changed(state: RecordState, change: Partial<RecordState>): RecordState {
  return altered(state, { ...change, version: state.version + 1 });
}

/** An enquiry or an entry is approved too, but takes nothing: it counts in a terminal's totals, not here. */
function moved(state: RecordState, event: EventOf<'RecordMoved'>): RecordState {
  const { asked, parts, balances, receiveTime } = event;
  if (asked.kind !== undefined && !isMovement(asked.kind)) return state;
  const after = withBalances(state, balances, event.accrualDate);
  after.closed = asked.kind === 'UNLOAD' || state.closed;
  if (parts.account !== 0)
    after.shares = sharesAfterMove(state.shares, asked, parts, event.account, receiveTime);
  after.approvedCount = state.approvedCount + 1;
  return after;
}

function reversed(state: RecordState, event: EventOf<'RecordReversed'>): RecordState {
  const { asked, parts, balances } = event;
  if (balances === undefined) return state;
  return {
    ...withBalances(state, balances, event.accrualDate),
    closed: asked.kind === 'UNLOAD' && event.undone ? false : state.closed,
    shares:
      parts.account === 0 ? state.shares : sharesAfterReversal(state.shares, asked, parts, event.receiveTime),
  };
}

function stored(state: RecordState, event: EventOf<'RecordStored'>): RecordState {
  const { instruction, time } = event;
  const { reference, amount } = instruction;
  return {
    ...withBalances(state, event.balances, event.accrualDate),
    pending: state.pending.filter((each) => each.reference !== reference),
    settled: settle(state.settled, { reference, content: amount, time, cancelled: false }),
  };
}

function cancelled(
  state: RecordState,
  { reference, time: said }: EventOf<'RecordInstructionCancelled'>,
): RecordState {
  const instruction = state.pending.find((each) => each.reference === reference);
  if (instruction === undefined) return state;
  const { amount } = instruction;
  const time = said ?? instruction.time;
  return {
    ...state,
    pending: state.pending.filter((each) => each !== instruction),
    settled: settle(state.settled, { reference, content: amount, time, cancelled: true }),
  };
}

function interestPosted(state: RecordState, event: EventOf<'RecordInterestPosted'>): RecordState {
  const { through, carry, balances } = event;
  let { principal } = state.accrual;
  for (const { businessDate, amount } of state.accrual.changes) {
    if (businessDate <= through) principal += amount;
  }
  const changes = state.accrual.changes.filter(({ businessDate }) => businessDate > through);
  return { ...state, balances, accrual: { through, principal, carry, changes } };
}

function withBalances(state: RecordState, balances: Balances, date: number): Mutable<RecordState> {
  const after = copyOf(state);
  after.accrual = changePrincipal(state.accrual, date, balances.loan - state.balances.loan);
  after.balances = balances;
  return after;
}

/** By name, never by spreading: see Mutable. */
function altered(state: RecordState, change: Partial<RecordState>): RecordState {
  return Object.assign(copyOf(state), change);
}

function copyOf(state: RecordState): Mutable<RecordState> {
  return {
    card: state.card,
    terms: state.terms,
    policy: state.policy,
    balances: state.balances,
    active: state.active,
    closed: state.closed,
    reasons: state.reasons,
    device: state.device,
    pending: state.pending,
    settled: state.settled,
    accrual: state.accrual,
    listed: state.listed,
    alerted: state.alerted,
    shares: state.shares,
    changedPosition: state.changedPosition,
    publishedPosition: state.publishedPosition,
    publishedVersion: state.publishedVersion,
    version: state.version,
    approvedCount: state.approvedCount,
    declinedCount: state.declinedCount,
  };
}

function opened({ card, terms, businessDate }: EventOf<'RecordOpened'>): RecordState {
  return {
    card,
    terms,
    policy: terms.policy,
    balances: openingBalances(terms),
    active: terms.active,
    closed: false,
    reasons: [],
    device: 1,
    pending: [],
    settled: [],
    accrual: beginAccrual(businessDate, terms.loan),
    listed: false,
    alerted: false,
    shares: [],
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
