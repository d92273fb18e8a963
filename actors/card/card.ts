/** The card: what it holds, and the events from which it evolves. The center's record of it is another actor. */
import { CARD_LOG_LENGTH } from '../bounds.js';
import type { Answer, Inside, Movement } from '../money/answer.js';
import type { Adjustment, Balances } from '../money/balances.js';
import type { CardPolicy } from '../money/cardPolicy.js';
import { type CardTerms, openingBalances } from '../money/cardTerms.js';
import { sameId, type TransactionId } from '../money/ids.js';
import type { Mutable } from '../money/mutable.js';
import type { Instruction } from '../money/instruction.js';
import type { Parts } from '../money/parts.js';
import type { ProhibitionReason } from '../money/prohibition.js';
import { type Asked, isMovement, isPayment, type Kind } from '../money/transaction.js';
import { type AccountDay, useAccount } from './accountDays.js';
import { giveBackOf, markReturned, takeAgainOf, type Undone, withoutPayments } from './undone.js';

export interface CardState {
  readonly card: string;
  /** As issued: what "issued again" is compared with. */
  readonly terms: CardTerms;
  readonly policy: CardPolicy;
  readonly balances: Balances;
  readonly active: boolean;
  readonly closed: boolean;
  readonly reasons: readonly ProhibitionReason[];
  /** Number of the plastic or phone that counts; the first is 1 (rule 13). */
  readonly device: number;
  /** Keyed hash in hexadecimal; empty: the card has no PIN. */
  readonly pinHash: string;
  /** 0: the PIN is blocked. */
  readonly triesLeft: number;
  readonly inside: Inside | undefined;
  /** The entry by which it is inside. */
  readonly enteredBy: TransactionId | undefined;
  /** Undefined: it never left, or its last exit has no effect any more. */
  readonly lastExit: LastExit | undefined;
  /** Store instructions that are not applied yet, oldest first. */
  readonly pending: readonly Instruction[];
  /** Payments of which something was given back, or whose collection was returned. */
  readonly undone: readonly Undone[];
  /** What the designated account took, by business date: for a cap a day. */
  readonly accountDays: readonly AccountDay[];
  /** The last approved purchase or fare: what a void may undo. */
  readonly lastPayment: LastPayment | undefined;
  /** Newest first, at most CARD_LOG_LENGTH (rule 12). */
  readonly log: readonly Movement[];
}

export interface LastPayment {
  readonly id: TransactionId;
  readonly kind: Kind;
  readonly amount: number;
  readonly parts: Parts;
  readonly batch: number;
  readonly businessDate: number;
  readonly time: number;
}

/** An approved fare, and the stay that it ended: the fare's reversal puts the card inside again. */
export interface LastExit {
  readonly fare: TransactionId;
  readonly entered: Inside;
  readonly enteredBy: TransactionId;
}

/** Events carry results: `evolveCard` assigns them and never refuses. */
export type CardEvent = CardTransactionEvent | CardToldEvent;

export type CardTransactionEvent =
  /** Approved. */
  | { readonly type: 'CardMoved'; readonly asked: Asked; readonly answer: Answer }
  | { readonly type: 'CardDeclined'; readonly asked: Asked; readonly answer: Answer }
  /** A reversal; with amount 0 the tombstone of an id that was never approved, or nothing of which was left. */
  | {
      readonly type: 'CardReversed';
      readonly asked: Asked;
      readonly answer: Answer;
      /** Business date of what is undone; of a void that of its payment, whose account share counts on it again. */
      readonly bookedDate: number;
    };

/** What the center decided, or made the card decide. */
export type CardToldEvent =
  | { readonly type: 'CardIssued'; readonly card: string; readonly terms: CardTerms; readonly time: number }
  | { readonly type: 'CardActivated'; readonly card: string }
  | { readonly type: 'CardLimitChanged'; readonly card: string; readonly limit: number }
  | { readonly type: 'CardPolicyChanged'; readonly card: string; readonly policy: CardPolicy }
  | { readonly type: 'CardPinSet'; readonly card: string; readonly pinHash: string }
  | { readonly type: 'CardPinUnblocked'; readonly card: string }
  | { readonly type: 'CardReplaced'; readonly card: string; readonly device: number }
  /** What was given back of these payments is needed no more. */
  | { readonly type: 'CardForgot'; readonly card: string; readonly payments: readonly TransactionId[] }
  | {
      readonly type: 'CardProhibitionChanged';
      readonly card: string;
      readonly reasons: readonly ProhibitionReason[];
    }
  | { readonly type: 'CardInstructed'; readonly card: string; readonly instruction: Instruction }
  | { readonly type: 'CardInstructionCancelled'; readonly card: string; readonly reference: string }
  /** The card applied a pending instruction. */
  | {
      readonly type: 'CardStored';
      readonly card: string;
      readonly instruction: Instruction;
      readonly parts: Parts;
      readonly balances: Balances;
      readonly time: number;
    }
  | {
      readonly type: 'CardInterestPosted';
      readonly card: string;
      readonly amount: number;
      readonly through: number;
      readonly balances: Balances;
    }
  | {
      readonly type: 'CardCollectionReturned';
      readonly card: string;
      readonly transaction: TransactionId;
      readonly amount: number;
      readonly balances: Balances;
      readonly time: number;
    }
  | {
      readonly type: 'CardAdjusted';
      readonly card: string;
      readonly reference: string;
      readonly adjustment: Adjustment;
      readonly balances: Balances;
      readonly time: number;
    };

/** The card after an event about it. Undefined: it does not exist (its id memory is the visitor's). */
export function evolveCard(state: CardState | undefined, event: CardEvent): CardState | undefined {
  if (event.type === 'CardIssued') return issued(event.card, event.terms);
  if (state === undefined) return undefined;
  switch (event.type) {
    case 'CardMoved':
      return moved(state, event.asked, event.answer);
    case 'CardReversed':
      return reversed(state, event.asked, event.answer, event.bookedDate);
    case 'CardDeclined':
      return tried(state, event.answer);
    case 'CardActivated':
      return { ...state, active: true };
    case 'CardLimitChanged':
      return { ...state, balances: { ...state.balances, limit: event.limit } };
    case 'CardPolicyChanged':
      return {
        ...state,
        policy: event.policy,
        // Only a new PIN and the unblocking give tries back.
        triesLeft: Math.min(state.triesLeft, event.policy.pinTries),
      };
    case 'CardPinSet':
      return { ...state, pinHash: event.pinHash, triesLeft: state.policy.pinTries };
    case 'CardPinUnblocked':
      return { ...state, triesLeft: state.policy.pinTries };
    case 'CardReplaced':
      return { ...state, device: event.device };
    case 'CardProhibitionChanged':
      return { ...state, reasons: event.reasons };
    case 'CardInstructed':
      return { ...state, pending: [...state.pending, event.instruction] };
    case 'CardInstructionCancelled':
      return { ...state, pending: withoutReference(state.pending, event.reference) };
    case 'CardStored':
      return stored(state, event);
    case 'CardCollectionReturned':
      return {
        ...state,
        balances: event.balances,
        undone: markReturned(state.undone, event.transaction, event.time),
      };
    case 'CardForgot':
      return { ...state, undone: withoutPayments(state.undone, event.payments) };
    case 'CardInterestPosted':
    case 'CardAdjusted':
      return { ...state, balances: event.balances };
  }
}

function issued(card: string, terms: CardTerms): CardState {
  const { policy, pinHash, active } = terms;
  return {
    card,
    terms,
    policy,
    balances: openingBalances(terms),
    active,
    closed: false,
    reasons: [],
    device: 1,
    pinHash,
    triesLeft: policy.pinTries,
    inside: undefined,
    enteredBy: undefined,
    lastExit: undefined,
    pending: [],
    undone: [],
    accountDays: [],
    lastPayment: undefined,
    log: [],
  };
}

function tried(state: CardState, { triesLeft }: Answer): CardState {
  return triesLeft === undefined || triesLeft === state.triesLeft ? state : altered(state, { triesLeft });
}

function moved(before: CardState, asked: Asked, answer: Answer): CardState {
  const state = tried(before, answer);
  const { kind } = asked;
  const { balances, parts, inside } = answer;
  if (balances === undefined || kind === undefined) return state;
  if (kind === 'ENTRY') return { ...state, inside, enteredBy: asked.id };
  if (!isMovement(kind)) return state;
  const after = copyOf(state);
  after.balances = balances;
  after.inside = inside;
  if (kind === 'FARE') {
    after.enteredBy = undefined;
    after.lastExit = exitBy(state, asked.id);
  }
  after.undone = undoneAfter(state, asked, answer);
  after.closed = kind === 'UNLOAD' || state.closed;
  after.accountDays = accountDaysAfter(state, asked, parts);
  if (isPayment(kind)) after.lastPayment = paymentOf(asked, kind, answer);
  after.log = logged(state, asked, answer, kind, false);
  return after;
}

/** By name, never by spreading: see Mutable. */
function altered(state: CardState, change: Partial<CardState>): CardState {
  return Object.assign(copyOf(state), change);
}

function copyOf(state: CardState): Mutable<CardState> {
  return {
    card: state.card,
    terms: state.terms,
    policy: state.policy,
    balances: state.balances,
    active: state.active,
    closed: state.closed,
    reasons: state.reasons,
    device: state.device,
    pinHash: state.pinHash,
    triesLeft: state.triesLeft,
    inside: state.inside,
    enteredBy: state.enteredBy,
    lastExit: state.lastExit,
    pending: state.pending,
    undone: state.undone,
    accountDays: state.accountDays,
    lastPayment: state.lastPayment,
    log: state.log,
  };
}

function exitBy({ inside, enteredBy }: CardState, fare: TransactionId): LastExit | undefined {
  return inside === undefined || enteredBy === undefined ? undefined : { fare, entered: inside, enteredBy };
}

function undoneAfter(
  { undone, lastPayment }: CardState,
  { kind, original }: Asked,
  { parts, receiveTime }: Answer,
): readonly Undone[] {
  if (original === undefined) return undone;
  const change = kind === 'VOID' ? { voidedDate: lastPayment?.businessDate } : {};
  return giveBackOf(undone, original, parts, receiveTime, change);
}

function accountDaysAfter(state: CardState, asked: Asked, parts: Parts): readonly AccountDay[] {
  if (parts.account === 0) return state.accountDays;
  if (isPayment(asked.kind)) return useAccount(state.accountDays, asked.businessDate, parts.account);
  // A void makes room on the day of the payment; a refund does not (rule 2).
  if (asked.kind !== 'VOID' || state.lastPayment === undefined) return state.accountDays;
  return useAccount(state.accountDays, state.lastPayment.businessDate, -parts.account);
}

function paymentOf(asked: Asked, kind: Kind, { amount, parts, receiveTime }: Answer): LastPayment {
  const { id, batch, businessDate } = asked;
  return { id, kind, amount, parts, batch, businessDate, time: receiveTime };
}

function reversed(state: CardState, asked: Asked, answer: Answer, bookedDate: number): CardState {
  const { kind, original } = asked;
  const { balances, parts, receiveTime } = answer;
  // The tombstone of an id that was never approved.
  if (balances === undefined || kind === undefined || answer.original !== 'APPROVED') return state;
  const log = isMovement(kind) ? logged(state, asked, answer, kind, true) : state.log;
  const closed = kind === 'UNLOAD' ? false : state.closed;
  const common = { ...state, ...stayAfter(state, asked, answer), balances, closed, log };
  if (isPayment(kind)) {
    const undone = giveBackOf(state.undone, asked.id, parts, receiveTime, { reversed: true });
    return { ...common, undone, accountDays: usedAgain(state, bookedDate, -parts.account) };
  }
  if (original === undefined) return common;
  const accountDays = kind === 'VOID' ? usedAgain(state, bookedDate, parts.account) : state.accountDays;
  return { ...common, undone: takeAgainOf(state.undone, original, parts, receiveTime), accountDays };
}

/** Where the card is after a reversal: of an entry, of the fare that ended a stay, or of anything else. */
function stayAfter(
  state: CardState,
  { id }: Asked,
  { inside }: Answer,
): Pick<CardState, 'inside' | 'enteredBy' | 'lastExit'> {
  const { lastExit } = state;
  const ended = lastExit !== undefined && (sameId(lastExit.fare, id) || sameId(lastExit.enteredBy, id));
  const enteredBy = state.inside === undefined ? lastExit?.enteredBy : state.enteredBy;
  return {
    inside,
    enteredBy: inside === undefined ? undefined : enteredBy,
    lastExit: ended ? undefined : lastExit,
  };
}

function usedAgain({ accountDays }: CardState, date: number, amount: number): readonly AccountDay[] {
  return amount === 0 ? accountDays : useAccount(accountDays, date, amount);
}

function logged(
  state: CardState,
  asked: Asked,
  answer: Answer,
  kind: Kind,
  reversal: boolean,
): readonly Movement[] {
  const { storedValue, loan } = answer.balances ?? state.balances;
  const movement: Movement = {
    id: asked.id,
    kind,
    reversal,
    amount: answer.amount,
    parts: answer.parts,
    storedValueAfter: storedValue,
    loanAfter: loan,
    terminalTime: asked.terminalTime,
    receiveTime: answer.receiveTime,
    reference: '',
    original: asked.original,
  };
  return withNewest(movement, state.log);
}

/** One array of its final length: one that grows, or is spread, holds twice as much, for as long as the card lives. */
function withNewest(newest: Movement, log: readonly Movement[]): readonly Movement[] {
  const after = new Array<Movement>(Math.min(log.length + 1, CARD_LOG_LENGTH));
  after[0] = newest;
  let at = 1;
  for (const movement of log) {
    if (at === after.length) break;
    after[at++] = movement;
  }
  return after;
}

function stored(
  state: CardState,
  { instruction, parts, balances, time }: Extract<CardEvent, { type: 'CardStored' }>,
): CardState {
  const movement: Movement = {
    id: undefined,
    kind: 'STORE',
    reversal: false,
    amount: instruction.amount,
    parts,
    storedValueAfter: balances.storedValue,
    loanAfter: balances.loan,
    terminalTime: instruction.time,
    receiveTime: time,
    reference: instruction.reference,
    original: undefined,
  };
  return {
    ...state,
    balances,
    pending: withoutReference(state.pending, instruction.reference),
    log: withNewest(movement, state.log),
  };
}

function withoutReference(pending: readonly Instruction[], reference: string): readonly Instruction[] {
  return pending.filter((each) => each.reference !== reference);
}
