/** What the center keeps in each partition beside its records: the parameters, and how far interest is charged. */
import { BORROWER_CHUNKS } from '../bounds.js';
import { chunkOf, type RecordListed } from './borrowers.js';
import type { Parameters } from '../money/parameters.js';

export interface ShardState {
  /** Ascending numbers. */
  readonly parameters: readonly Parameters[];
  /** Last business date that an interest run has charged here; 0: none. No record's date up to it is reopened. */
  readonly chargedThrough: number;
  /** Borrowers by chunk; empty: none in any. */
  readonly borrowers: readonly number[];
  /** What was done last for an interest run: asked again at that place, it is answered with this. Undefined: nothing. */
  readonly charged: ChargedPlace | undefined;
  /** The same for a settlement. */
  readonly ordered: ChargedPlace | undefined;
}

/** What a run did at one of its places in this partition. */
export interface ChargedPlace {
  readonly through: number;
  readonly settlement: number;
  readonly chunk: number;
  readonly after: string;
  /** The last card that was visited. */
  readonly last: string;
  /** Cards that were charged, or of which something was ordered. */
  readonly cards: number;
  /** Credits counted as negative. */
  readonly amount: bigint;
}

export type ShardEvent =
  | { readonly type: 'ParametersSet'; readonly partition: number; readonly parameters: Parameters }
  | { readonly type: 'InterestRunBegun'; readonly partition: number; readonly through: number }
  | { readonly type: 'CardsCharged'; readonly partition: number; readonly charged: ChargedPlace };

export const NEW_SHARD: ShardState = {
  parameters: [],
  chargedThrough: 0,
  borrowers: [],
  charged: undefined,
  ordered: undefined,
};

export function evolveShard(state: ShardState, event: ShardEvent | RecordListed): ShardState {
  switch (event.type) {
    case 'ParametersSet':
      return { ...state, parameters: [...state.parameters, event.parameters] };
    case 'InterestRunBegun':
      return { ...state, chargedThrough: event.through };
    case 'CardsCharged':
      return event.charged.settlement > 0
        ? { ...state, ordered: event.charged }
        : { ...state, charged: event.charged };
    case 'RecordListed':
      return { ...state, borrowers: counted(state.borrowers, event) };
  }
}

function counted(borrowers: readonly number[], { card, listed }: RecordListed): readonly number[] {
  const counts = borrowers.length > 0 ? borrowers : new Array<number>(BORROWER_CHUNKS).fill(0);
  const chunk = chunkOf(card);
  return counts.with(chunk, Math.max(0, (counts[chunk] ?? 0) + (listed ? 1 : -1)));
}

type Place = Pick<ChargedPlace, 'through' | 'settlement' | 'chunk' | 'after'>;

/** What was done at this place already, and answered perhaps to nobody; undefined: nothing, or it is long passed. */
export function chargedAt(state: ShardState, place: Place): ChargedPlace | undefined {
  const last = lastOf(state, place);
  return last !== undefined && compare(place, last) === 0 ? last : undefined;
}

/**
 * Whether the run, or a later one, is beyond this place already: only a message that was on its way for long asks there.
 * What has changed since must not be booked to a run whose sums are stated.
 */
export function isPassed(state: ShardState, place: Place): boolean {
  const last = lastOf(state, place);
  return last !== undefined && compare(place, last) < 0;
}

function lastOf({ charged, ordered }: ShardState, { settlement }: Place): ChargedPlace | undefined {
  return settlement > 0 ? ordered : charged;
}

/** In the order in which runs of one kind visit their places. */
function compare(one: Place, other: Place): number {
  const run = one.settlement - other.settlement || one.through - other.through;
  if (run !== 0 || one.chunk !== other.chunk) return run || one.chunk - other.chunk;
  return one.after === other.after ? 0 : one.after < other.after ? -1 : 1;
}

/** The first chunk at or after this one with borrowers; BORROWER_CHUNKS: there is none. */
export function nextChunk({ borrowers }: ShardState, from: number): number {
  for (let chunk = from; chunk < borrowers.length; chunk += 1) if ((borrowers[chunk] ?? 0) > 0) return chunk;
  return BORROWER_CHUNKS;
}
