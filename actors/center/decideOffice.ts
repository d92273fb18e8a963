/** What the center's office decides: parameters and their adoption, interest runs and their progress. Pure. */
import { BORROWER_CHUNKS } from '../bounds.js';
import { dateOfDay, dayOf, weekdayOf } from '../money/businessDate.js';
import type { Frequency } from '../money/interest.js';
import type { Outcome } from '../money/outcomes.js';
import { inForce, type Parameters, sameParameters } from '../money/parameters.js';
import type { Trace } from '../money/trace.js';
import { evolveOffice, type Run, type OfficeEvent, type OfficeState, type RunProgress } from './office.js';

export type OfficeCommand =
  | { readonly type: 'SetParameters'; readonly parameters: Parameters; readonly note: string }
  | { readonly type: 'ChargeInterest'; readonly through: number }
  /** The number of the next settlement. */
  | { readonly type: 'Settle'; readonly number: number }
  /** By the clock. */
  | { readonly type: 'Wake' }
  | { readonly type: 'Adopted'; readonly partition: number; readonly number: number }
  /** Of the partition that was asked, at the place where it stands. */
  | {
      readonly type: 'Listed';
      readonly place: RunPlace;
      readonly cards: readonly string[];
      /** No cards: where the next are; BORROWER_CHUNKS: there are no more. */
      readonly nextChunk: number;
    }
  | {
      readonly type: 'Charged';
      readonly place: RunPlace;
      /** The last of those that were charged together. */
      readonly last: string;
      readonly cards: number;
      readonly amount: bigint;
    };

/** Where in a run a question was asked: an answer to any other place is an old one. */
export interface RunPlace {
  readonly through: number;
  readonly settlement: number;
  readonly partition: number;
  readonly chunk: number;
  readonly after: string;
}

/** Asked of partitions, and repeated until settled. A later one for the same partition and purpose replaces it. */
export type OfficeAsk =
  | { readonly type: 'Adopt'; readonly partition: number; readonly parameters: Parameters }
  | { readonly type: 'List'; readonly place: RunPlace }
  | { readonly type: 'Charge'; readonly place: RunPlace; readonly cards: readonly string[] };

export type OfficeResponse =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  /** Answered when this run has ended. */
  | { readonly kind: 'wait'; readonly run: RunName }
  /** Another run is under way, or partitions still adopt parameters: to be asked again. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'none' };

/** What tells one run from another. */
export type RunName = Pick<Run, 'through' | 'settlement'>;

export interface OfficeDecision {
  readonly events: readonly OfficeEvent[];
  readonly response: OfficeResponse;
  readonly asks: readonly OfficeAsk[];
  /** Partitions whose asks for a purpose need no answer any more. */
  readonly settles: readonly { readonly purpose: 'adopt' | 'run'; readonly partition: number }[];
  /** Runs that have ended: those who wait are answered. */
  readonly ended: readonly RunName[];
}

export interface OfficeContext {
  /** The center's business date: that of its partition's time, which only advances. */
  readonly today: number;
  /** Business date of the deployment's creation: nothing is charged up to it. */
  readonly created: number;
  readonly partitions: number;
  /** As created, then as decided. */
  readonly schedule: readonly Parameters[];
  /** Told every step; undefined: nobody asks for an explanation. */
  readonly trace?: Trace | undefined;
}

export const NO_OFFICE_DECISION: OfficeDecision = {
  events: [],
  response: { kind: 'none' },
  asks: [],
  settles: [],
  ended: [],
};

export function decideOffice(
  state: OfficeState,
  command: OfficeCommand,
  context: OfficeContext,
): OfficeDecision {
  switch (command.type) {
    case 'SetParameters':
      return setParameters(state, command, context);
    case 'ChargeInterest':
      return chargeInterest(state, command.through, context);
    case 'Settle':
      return settle(state, command.number, context);
    case 'Wake':
      return wake(state, context);
    case 'Adopted':
      return adopted(state, command);
    case 'Listed':
      return listed(state, command);
    case 'Charged':
      return charged(state, command);
  }
}

function answer(outcome: Outcome): OfficeDecision {
  return { ...NO_OFFICE_DECISION, response: { kind: 'outcome', outcome } };
}

/** In force from a date that has not begun, so that every partition has them in time. */
function setParameters(
  state: OfficeState,
  { parameters, note }: Extract<OfficeCommand, { type: 'SetParameters' }>,
  { schedule, today, partitions, trace }: OfficeContext,
): OfficeDecision {
  const { number, effectiveFrom } = parameters;
  const known = schedule.find((each) => each.number === number);
  trace?.('NEW', known === undefined, { number });
  if (known !== undefined) return answer(sameParameters(known, parameters) ? 'APPROVED' : 'VERSION_CONFLICT');
  const next = (schedule.at(-1)?.number ?? 0) + 1;
  trace?.('NEXT', number === next, { number, next });
  if (number !== next) return answer('VERSION_CONFLICT');
  trace?.('DATE', effectiveFrom > today, { effectiveFrom, today });
  if (effectiveFrom <= today) return answer('DATE_BEGUN');
  // One at a time: whoever has not adopted the last would never hear of it.
  if (state.adopting.length > 0) return { ...NO_OFFICE_DECISION, response: { kind: 'busy' } };
  const event: OfficeEvent = { type: 'ParametersDecided', parameters, note, partitions };
  const after = evolveOffice(state, event);
  return { ...answer('APPROVED'), events: [event], asks: adoptions(after) };
}

export function adoptions({ parameters, adopting }: OfficeState): readonly OfficeAsk[] {
  const newest = parameters.at(-1);
  if (newest === undefined) return [];
  return adopting.map((partition) => ({ type: 'Adopt', partition, parameters: newest }));
}

function adopted(
  state: OfficeState,
  { partition, number }: Extract<OfficeCommand, { type: 'Adopted' }>,
): OfficeDecision {
  if (number !== state.parameters.at(-1)?.number) return NO_OFFICE_DECISION;
  const settles = [{ purpose: 'adopt' as const, partition }];
  if (!state.adopting.includes(partition)) return { ...NO_OFFICE_DECISION, settles };
  return { ...NO_OFFICE_DECISION, events: [{ type: 'ParametersAdopted', partition, number }], settles };
}

/** The same run twice charges once: what is charged already is answered at once. */
function chargeInterest(state: OfficeState, through: number, context: OfficeContext): OfficeDecision {
  const { today, trace } = context;
  trace?.('DATE', through < today, { through, today });
  if (through >= today) return answer('DATE_NOT_OVER');
  const charged = chargedThrough(state, context);
  trace?.('NEW', through > charged, { through, charged });
  if (through <= charged) return answer('APPROVED');
  if (isAhead(state, through)) return { ...NO_OFFICE_DECISION, response: { kind: 'busy' } };
  return started(state, { through, settlement: 0 }, context, (run) => run.through >= through);
}

/** Asked again with a number that was begun it is answered as done, once it is. */
function settle(state: OfficeState, settlement: number, context: OfficeContext): OfficeDecision {
  const next = state.settlements + 1;
  context.trace?.('NEXT', settlement <= next, { number: settlement, next });
  if (settlement > next) return answer('VERSION_CONFLICT');
  const done = settlement <= state.settlements && state.run?.settlement !== settlement;
  context.trace?.('NEW', !done, { number: settlement });
  if (done) return answer('APPROVED');
  return started(
    state,
    { through: context.today, settlement },
    context,
    (run) => run.settlement === settlement,
  );
}

/** Begins the run, or waits for the one that does the same already. One at a time. */
function started(
  state: OfficeState,
  name: RunName,
  context: OfficeContext,
  isSame: (run: Run) => boolean,
): OfficeDecision {
  const { run } = state;
  if (run === undefined)
    return { ...begin(name, true, state, context), response: { kind: 'wait', run: name } };
  const same = (run.settlement === 0) === (name.settlement === 0) && isSame(run);
  return { ...NO_OFFICE_DECISION, response: same ? { kind: 'wait', run } : { kind: 'busy' } };
}

function chargedThrough(state: OfficeState, { created }: OfficeContext): number {
  return Math.max(state.chargedThrough, created);
}

/** A partition that has not adopted them yet would charge these dates by the parameters before. */
function isAhead({ adopting, parameters }: OfficeState, through: number): boolean {
  const newest = parameters.at(-1);
  return adopting.length > 0 && newest !== undefined && newest.effectiveFrom <= through;
}

/** The schedule that the center keeps by itself; a run that was missed is caught up. */
function wake(state: OfficeState, context: OfficeContext): OfficeDecision {
  const due = dueThrough(state, context);
  if (due === undefined) return NO_OFFICE_DECISION;
  return begin({ through: due, settlement: 0 }, false, state, context);
}

/** The date up to which a run is due and none is under way; undefined: none. */
export function dueThrough(state: OfficeState, context: OfficeContext): number | undefined {
  if (state.run !== undefined) return undefined;
  const { today, schedule } = context;
  const through = scheduledThrough(today, inForce(schedule, today).frequency);
  if (isAhead(state, through)) return undefined;
  return through > chargedThrough(state, context) ? through : undefined;
}

/** The last date that a run of this frequency has charged by today. */
function scheduledThrough(today: number, frequency: Frequency): number {
  const day = dayOf(today);
  if (frequency === 'DAILY') return dateOfDay(day - 1);
  // Of a week that is over: its Sunday.
  if (frequency === 'WEEKLY') return dateOfDay(day - 1 - weekdayOf(today));
  return dateOfDay(day - (today % 100));
}

function begin(
  { through, settlement }: RunName,
  byOperator: boolean,
  state: OfficeState,
  { partitions }: OfficeContext,
): OfficeDecision {
  const event: OfficeEvent = { type: 'RunBegun', through, settlement, byOperator, partitions };
  const { run } = evolveOffice(state, event);
  return { ...NO_OFFICE_DECISION, events: [event], asks: run === undefined ? [] : runAsks(run) };
}

/** Every partition that is not done goes on from where it stands. */
export function runAsks(run: Run): readonly OfficeAsk[] {
  return run.progress
    .filter(({ done }) => !done)
    .map((each) => ({ type: 'List', place: placeOf(run, each) }));
}

function placeOf({ through, settlement }: Run, { partition, chunk, after }: RunProgress): RunPlace {
  return { through, settlement, partition, chunk, after };
}

/** Where the partition of this answer stands; undefined: it is an old answer. */
function standing({ run }: OfficeState, place: RunPlace): RunProgress | undefined {
  if (run?.through !== place.through || run.settlement !== place.settlement) return undefined;
  const progress = run.progress.find(({ partition }) => partition === place.partition);
  if (progress === undefined || progress.done) return undefined;
  return progress.chunk === place.chunk && progress.after === place.after ? progress : undefined;
}

function listed(
  state: OfficeState,
  { place, cards, nextChunk: chunk }: Extract<OfficeCommand, { type: 'Listed' }>,
): OfficeDecision {
  const progress = standing(state, place);
  if (progress === undefined) return NO_OFFICE_DECISION;
  if (cards.length > 0) {
    return { ...NO_OFFICE_DECISION, asks: [{ type: 'Charge', place, cards }] };
  }
  return advance(state, { ...progress, chunk, after: '', done: chunk >= BORROWER_CHUNKS });
}

function charged(
  state: OfficeState,
  { place, last, cards, amount }: Extract<OfficeCommand, { type: 'Charged' }>,
): OfficeDecision {
  const progress = standing(state, place);
  if (progress === undefined) return NO_OFFICE_DECISION;
  const more = { cards: progress.cards + cards, amount: progress.amount + amount };
  return advance(state, { ...progress, after: last, ...more });
}

function advance(state: OfficeState, progress: RunProgress): OfficeDecision {
  const event: OfficeEvent = { type: 'RunProgressed', progress };
  const { run } = evolveOffice(state, event);
  if (run === undefined) return NO_OFFICE_DECISION;
  if (!progress.done) {
    return {
      ...NO_OFFICE_DECISION,
      events: [event],
      asks: [{ type: 'List', place: placeOf(run, progress) }],
    };
  }
  const settles = [{ purpose: 'run' as const, partition: progress.partition }];
  if (run.progress.some(({ done }) => !done)) return { ...NO_OFFICE_DECISION, events: [event], settles };
  return { ...NO_OFFICE_DECISION, events: [event, endOf(run)], settles, ended: [run] };
}

function endOf({ through, settlement, progress }: Run): OfficeEvent {
  const cards = progress.reduce((sum, each) => sum + each.cards, 0);
  const amount = progress.reduce((sum, each) => sum + each.amount, 0n);
  return { type: 'RunEnded', through, settlement, cards, amount };
}
