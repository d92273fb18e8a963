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
}

export type ShardEvent =
  | { readonly type: 'ParametersSet'; readonly partition: number; readonly parameters: Parameters }
  | { readonly type: 'InterestRunBegun'; readonly partition: number; readonly through: number };

export const NEW_SHARD: ShardState = { parameters: [], chargedThrough: 0, borrowers: [] };

export function evolveShard(state: ShardState, event: ShardEvent | RecordListed): ShardState {
  switch (event.type) {
    case 'ParametersSet':
      return { ...state, parameters: [...state.parameters, event.parameters] };
    case 'InterestRunBegun':
      return { ...state, chargedThrough: event.through };
    case 'RecordListed':
      return { ...state, borrowers: counted(state.borrowers, event) };
  }
}

function counted(borrowers: readonly number[], { card, listed }: RecordListed): readonly number[] {
  const counts = borrowers.length > 0 ? borrowers : new Array<number>(BORROWER_CHUNKS).fill(0);
  const chunk = chunkOf(card);
  return counts.with(chunk, Math.max(0, (counts[chunk] ?? 0) + (listed ? 1 : -1)));
}

/** The first chunk at or after this one with borrowers; BORROWER_CHUNKS: there is none. */
export function nextChunk({ borrowers }: ShardState, from: number): number {
  for (let chunk = from; chunk < borrowers.length; chunk += 1) if ((borrowers[chunk] ?? 0) > 0) return chunk;
  return BORROWER_CHUNKS;
}
