/**
 * What the center does for the whole deployment, in one partition: it decides parameters, which every partition adopts,
 * and drives interest runs and settlements through all of them. Whatever it has begun is in its state, so that killing any worker at
 * any moment neither skips nor doubles anything (rule 6, D12).
 */
import type { Parameters } from '../money/parameters.js';

export interface OfficeState {
  /** All that were decided after the creation, ascending numbers. */
  readonly parameters: readonly Parameters[];
  /** Partitions that have not adopted the newest yet. */
  readonly adopting: readonly number[];
  /** Last business date that every partition has charged; 0: none yet. */
  readonly chargedThrough: number;
  readonly run: Run | undefined;
  /** The number of the last settlement that was begun; 0: none. */
  readonly settlements: number;
}

/** Every listed card is visited, partition by partition, each from where it stands. */
export interface Run {
  /** Interest is charged up to this business date; of a settlement: the date on which it was begun. */
  readonly through: number;
  /** Not 0: no interest, but every account share is ordered. */
  readonly settlement: number;
  readonly progress: readonly RunProgress[];
}

export interface RunProgress {
  readonly partition: number;
  /** Chunk of borrowers, and the last card of it that was visited; empty: none of this chunk was. */
  readonly chunk: number;
  readonly after: string;
  readonly done: boolean;
  /** Charged, or ordered of, by this run so far. */
  readonly cards: number;
  readonly amount: bigint;
}

export type OfficeEvent =
  | {
      readonly type: 'ParametersDecided';
      readonly parameters: Parameters;
      readonly note: string;
      readonly partitions: number;
    }
  | { readonly type: 'ParametersAdopted'; readonly partition: number; readonly number: number }
  | {
      readonly type: 'RunBegun';
      readonly through: number;
      readonly settlement: number;
      readonly byOperator: boolean;
      readonly partitions: number;
    }
  | { readonly type: 'RunProgressed'; readonly progress: RunProgress }
  | {
      readonly type: 'RunEnded';
      readonly through: number;
      readonly settlement: number;
      readonly cards: number;
      readonly amount: bigint;
    };

export const NEW_OFFICE: OfficeState = {
  parameters: [],
  adopting: [],
  chargedThrough: 0,
  run: undefined,
  settlements: 0,
};

export function evolveOffice(state: OfficeState, event: OfficeEvent): OfficeState {
  switch (event.type) {
    case 'ParametersDecided':
      return {
        ...state,
        parameters: [...state.parameters, event.parameters],
        adopting: allOf(event.partitions),
      };
    case 'ParametersAdopted':
      return adopted(state, event.partition, event.number);
    case 'RunBegun':
      return begun(state, event);
    case 'RunProgressed':
      return progressed(state, event.progress);
    case 'RunEnded':
      return {
        ...state,
        chargedThrough: event.settlement === 0 ? event.through : state.chargedThrough,
        run: undefined,
      };
  }
}

function begun(
  state: OfficeState,
  { through, settlement, partitions }: Extract<OfficeEvent, { type: 'RunBegun' }>,
): OfficeState {
  const run = { through, settlement, progress: allOf(partitions).map(notBegun) };
  return { ...state, run, settlements: Math.max(state.settlements, settlement) };
}

function allOf(partitions: number): readonly number[] {
  return Array.from({ length: partitions }, (_, partition) => partition);
}

function notBegun(partition: number): RunProgress {
  return { partition, chunk: 0, after: '', done: false, cards: 0, amount: 0n };
}

function adopted(state: OfficeState, partition: number, number: number): OfficeState {
  if (number !== state.parameters.at(-1)?.number) return state;
  return { ...state, adopting: state.adopting.filter((each) => each !== partition) };
}

function progressed(state: OfficeState, progress: RunProgress): OfficeState {
  const { run } = state;
  if (run === undefined) return state;
  const all = run.progress.map((each) => (each.partition === progress.partition ? progress : each));
  return { ...state, run: { ...run, progress: all } };
}

/** It never rests: it waits for the next date (D12). */
export function isAtRest({ adopting, run }: OfficeState): boolean {
  return adopting.length === 0 && run === undefined;
}
