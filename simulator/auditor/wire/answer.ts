/** What a card answered, and 32 bits over all of it: a million answers are compared, but not kept. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { need, optional, plain, readAmount } from './basics.js';
import { NO_PARTS, readBalances, readParts, type Balances, type Parts } from './money.js';

/** Where a card is. */
export interface Inside {
  readonly zone: string;
  readonly gate: string;
  readonly time: number;
}

export interface Answer {
  readonly outcome: number;
  readonly amount: number;
  readonly parts: Parts;
  readonly balances: Balances;
  readonly creditFlag: boolean;
  readonly fits: number | undefined;
  readonly receiveTime: number;
  /** Sequence of the deciding frame in the journal of the card's partition. */
  readonly position: number;
  /** Of a reversal: the outcome that the card had recorded for the id, 0: none. */
  readonly original: number;
  /** Of a partial approval: what the card could not pay. */
  readonly remainder: number;
  readonly pinVerified: boolean;
  /** Undefined: no PIN was looked at. */
  readonly triesLeft: number | undefined;
  readonly obstacle: number;
  /** Sum of the store instructions that are still pending. */
  readonly pending: number;
  readonly inside: Inside | undefined;
  /** Of a fare: where the card had entered. */
  readonly entered: Inside | undefined;
  /** Of the reversal of what was approved: its parts as they were then. */
  readonly originalParts: Parts;
}

export function readInside(message: v1.Inside.$Properties | null | undefined): Inside | undefined {
  if (message == null) return undefined;
  const { zone, gate, timeMs } = message;
  return { zone: zone ?? '', gate: gate ?? '', time: plain(timeMs, 'inside.time_ms') };
}

export function readAnswer(message: v1.Answer.$Properties | null | undefined): Answer {
  const answer = need(message, 'answer');
  return {
    outcome: answer.outcome ?? 0,
    amount: readAmount(answer.amount, 'answer.amount'),
    parts: readParts(answer.parts),
    balances: readBalances(answer.balances),
    creditFlag: answer.creditFlag ?? false,
    fits: optional(answer.fits, 'answer.fits'),
    receiveTime: plain(answer.receiveTimeMs, 'answer.receive_time_ms'),
    position: plain(answer.position, 'answer.position'),
    original: answer.original ?? 0,
    remainder: plain(answer.remainder, 'answer.remainder'),
    pinVerified: answer.pinVerified ?? false,
    triesLeft: answer.triesLeft ?? undefined,
    obstacle: answer.obstacle ?? 0,
    pending: plain(answer.pending, 'answer.pending'),
    inside: readInside(answer.inside),
    entered: readInside(answer.entered),
    originalParts: readParts(answer.originalParts),
  };
}

export function insideText(inside: Inside | undefined): string {
  return inside === undefined ? 'outside' : `in ${inside.zone} by ${inside.gate} at ${inside.time}`;
}

/** Money fields are compared one by one besides. */
export function fingerprintOf(answer: Answer): number {
  const { balances } = answer;
  let hash = mixParts(mix(answer.outcome, answer.amount), answer.parts);
  if (answer.originalParts !== NO_PARTS) hash = mixParts(hash, answer.originalParts);
  hash = mix(mix(mix(hash, balances.storedValue), balances.loan), balances.interest);
  hash = mix(mix(mix(hash, balances.fareOwed), balances.limit), answer.creditFlag ? 1 : 0);
  hash = mix(mix(hash, answer.fits ?? -1), answer.original);
  hash = mix(mix(hash, answer.remainder), answer.pinVerified ? 1 : 0);
  hash = mix(mix(mix(hash, answer.triesLeft ?? -1), answer.obstacle), answer.pending);
  hash = mixText(hash, answer.inside);
  hash = mixText(hash, answer.entered);
  return mix(mix(hash, answer.receiveTime), answer.position);
}

function mixParts(hash: number, parts: Parts): number {
  const { value, account, loan, interest, fare, restoredLoan, excess, accountAsLoan } = parts;
  const first = mix(mix(mix(mix(hash, value), account), loan), interest);
  return mix(mix(mix(mix(first, fare), restoredLoan), excess), accountAsLoan);
}

function mixText(hash: number, inside: Inside | undefined): number {
  if (inside === undefined) return hash;
  let next = mix(hash, inside.time);
  const text = `${inside.zone}/${inside.gate}`;
  for (let index = 0; index < text.length; index += 1) next = mix(next, text.charCodeAt(index));
  return next;
}

function mix(hash: number, number: number): number {
  let next = Math.imul(hash ^ (number | 0), 0x9e3779b1);
  next ^= next >>> 15;
  next = Math.imul(next ^ (Math.floor(number / 4_294_967_296) | 0), 0x85ebca77);
  return next ^ (next >>> 13);
}
