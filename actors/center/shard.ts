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
  /** What was done last for a run: asked again at that place, it is answered with this. Undefined: nothing yet. */
  readonly charged: ChargedPlace | undefined;
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
};

export function evolveShard(state: ShardState, event: ShardEvent | RecordListed): ShardState {
  switch (event.type) {
    case 'ParametersSet':
      return { ...state, parameters: [...state.parameters, event.parameters] };
    case 'InterestRunBegun':
      return { ...state, chargedThrough: event.through };
    case 'CardsCharged':
      return { ...state, charged: event.charged };
    case 'RecordListed':
      return { ...state, borrowers: counted(state.borrowers, event) };
  }
}

function counted(borrowers: readonly number[], { card, listed }: RecordListed): readonly number[] {
  const counts = borrowers.length > 0 ? borrowers : new Array<number>(BORROWER_CHUNKS).fill(0);
  const chunk = chunkOf(card);
  return counts.with(chunk, Math.max(0, (counts[chunk] ?? 0) + (listed ? 1 : -1)));
}

/** What was done at this place already, and answered perhaps to nobody; undefined: nothing. */
export function chargedAt(
  { charged }: ShardState,
  place: Pick<ChargedPlace, 'through' | 'settlement' | 'chunk' | 'after'>,
): ChargedPlace | undefined {
  const { through, settlement, chunk, after } = place;
  if (charged?.through !== through || charged.settlement !== settlement) return undefined;
  return charged.chunk === chunk && charged.after === after ? charged : undefined;
}

/** The first chunk at or after this one with borrowers; BORROWER_CHUNKS: there is none. */
export function nextChunk({ borrowers }: ShardState, from: number): number {
  for (let chunk = from; chunk < borrowers.length; chunk += 1) if ((borrowers[chunk] ?? 0) > 0) return chunk;
  return BORROWER_CHUNKS;
}
