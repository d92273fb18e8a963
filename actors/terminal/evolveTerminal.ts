/** The terminal after its events: assigns, never refuses. */
import { type Answer, bareAnswer } from '../money/answer.js';
import { dropId, findId, idEntries, idTableOf, moveOn, putId } from '../money/idTable.js';
import type { TransactionId } from '../money/ids.js';
import type { Mutable } from '../money/mutable.js';
import { compareVersions, type ListVersion } from '../money/prohibition.js';
import { type BatchTotals, countApproved, countRefusal, countReversal } from '../money/totals.js';
import { evolveBatches, isBatchEvent } from './batch.js';
import {
  deviceIncarnation,
  findIncarnation,
  isOpen,
  type Opened,
  type TerminalEntry,
  type TerminalEvent,
  type TerminalIncarnation,
  type TerminalState,
} from './terminal.js';

export function evolveTerminal(
  state: TerminalState | undefined,
  event: TerminalEvent,
): TerminalState | undefined {
  if (event.type === 'TerminalRegistered') return registered(event);
  if (state === undefined) return undefined;
  if (isBatchEvent(event)) return evolveBatches(state, event);
  switch (event.type) {
    case 'SessionOpened':
      return sessionOpened(state, event);
    case 'ListHeld':
      return { ...state, list: event.version, highestList: later(state.highestList, event.version) };
    case 'TransactionOpened': {
      const { opened } = event;
      return seen(state, entryOf(opened, undefined), opened);
    }
    case 'TransactionRefused': {
      const { opened, outcome } = event;
      const answer = bareAnswer(outcome, opened.amount, opened.time);
      const totals = countRefusal(state.totals, opened, 'ownRefusals', opened.amount);
      return { ...seen(state, entryOf(opened, answer), opened), totals };
    }
    case 'ReversalOpened': {
      const { reversal } = event;
      const incarnation = findIncarnation(state, reversal.id.incarnation);
      const entry = incarnation && findId(incarnation.entries, reversal.id.number);
      const { opened, answer, reversed } = entry ?? NOT_SEEN;
      return seen(state, { number: reversal.id.number, opened, answer, reversal, reversed }, reversal);
    }
    case 'TransactionClosed':
      return closed(state, event.id, event.answer, false);
    case 'ReversalClosed':
      return closed(state, event.id, event.answer, true);
  }
}

type Registered = Extract<TerminalEvent, { type: 'TerminalRegistered' }>;

function registered({ terminal, role, mayDefer, zone, card, device }: Registered): TerminalState {
  return {
    terminal,
    role,
    mayDefer,
    zone,
    card,
    device,
    session: 0,
    incarnation: 0,
    lastIncarnation: 0,
    incarnations: [],
    list: undefined,
    highestList: undefined,
    batch: 1,
    totals: [],
    closedBatches: [],
  };
}

function sessionOpened(
  state: TerminalState,
  event: Extract<TerminalEvent, { type: 'SessionOpened' }>,
): TerminalState {
  const { incarnation, source, session, list } = event;
  const known = findIncarnation(state, incarnation) !== undefined;
  const fresh: TerminalIncarnation = { incarnation, source, mark: 0, highest: 0, open: [], entries: [] };
  const older = known || source !== '' ? state.incarnations : superseded(state.incarnations);
  return {
    ...state,
    session,
    incarnation,
    lastIncarnation: Math.max(state.lastIncarnation, incarnation),
    incarnations: known ? older : [...older, fresh],
    list,
    highestList: list === undefined ? state.highestList : later(state.highestList, list),
  };
}

/** Of a device's older incarnations nobody can ask any more: what remains is what must be ended. */
function superseded(incarnations: readonly TerminalIncarnation[]): readonly TerminalIncarnation[] {
  return incarnations
    .filter(({ source, open }) => source !== '' || open.length > 0)
    .map((each) => (each.source !== '' ? each : { ...each, entries: idTableOf(openEntries(each)) }));
}

function openEntries({ entries }: TerminalIncarnation): readonly TerminalEntry[] {
  return idEntries(entries).filter(isOpen);
}

function later(one: ListVersion | undefined, other: ListVersion): ListVersion {
  return one === undefined || compareVersions(one, other) < 0 ? other : one;
}

const NOT_SEEN = { opened: undefined, answer: undefined, reversed: undefined };

function entryOf(opened: Opened, answer: Answer | undefined): TerminalEntry {
  return { number: opened.id.number, opened, answer, reversal: undefined, reversed: undefined };
}

/** An id was opened, refused, or its reversal was opened. The device's mark comes with it (D7). */
function seen(
  state: TerminalState,
  entry: TerminalEntry,
  message: { readonly id: TransactionId; readonly mark: number },
): TerminalState {
  const before = findIncarnation(state, message.id.incarnation);
  if (before === undefined) return state;
  const mark = Math.max(before.mark, message.mark);
  const { entries } = before;
  return withIncarnation(state, {
    incarnation: before.incarnation,
    source: before.source,
    mark,
    highest: Math.max(before.highest, entry.number),
    open: isOpen(entry) ? withNumber(before.open, entry.number) : before.open,
    entries: mark > before.mark ? moveOn(entries, mark, isOpen, entry) : putId(entries, entry),
  });
}

function closed(state: TerminalState, id: TransactionId, answer: Answer, isReversal: boolean): TerminalState {
  const before = findIncarnation(state, id.incarnation);
  const open = before && findId(before.entries, id.number);
  if (before === undefined || open === undefined) return state;
  const entry: TerminalEntry = {
    number: open.number,
    opened: open.opened,
    answer: isReversal ? open.answer : answer,
    reversal: open.reversal,
    reversed: isReversal ? answer : open.reversed,
  };
  // Below its mark, and in an older incarnation, the device never asks again.
  const forget =
    before.source === '' && (entry.number < before.mark || before.incarnation < deviceIncarnation(state));
  const after = withIncarnation(state, {
    incarnation: before.incarnation,
    source: before.source,
    mark: before.mark,
    highest: before.highest,
    open: withoutNumber(before.open, entry.number),
    entries: forget ? dropId(before.entries, entry.number) : putId(before.entries, entry),
  });
  after.totals = compiled(state.totals, entry, answer);
  return after;
}

function withIncarnation(state: TerminalState, changed: TerminalIncarnation): Mutable<TerminalState> {
  const after = copyOf(state);
  // Nearly always: the terminal's only incarnation.
  if (state.incarnations.length === 1) {
    after.incarnations = [changed];
    return after;
  }
  const ended = changed.open.length === 0 && changed.source === '';
  after.incarnations =
    ended && changed.incarnation < deviceIncarnation(state)
      ? state.incarnations.filter((each) => each.incarnation !== changed.incarnation)
      : state.incarnations.map((each) => (each.incarnation === changed.incarnation ? changed : each));
  return after;
}

function copyOf(state: TerminalState): Mutable<TerminalState> {
  return {
    terminal: state.terminal,
    role: state.role,
    mayDefer: state.mayDefer,
    zone: state.zone,
    card: state.card,
    device: state.device,
    session: state.session,
    incarnation: state.incarnation,
    lastIncarnation: state.lastIncarnation,
    incarnations: state.incarnations,
    list: state.list,
    highestList: state.highestList,
    batch: state.batch,
    totals: state.totals,
    closedBatches: state.closedBatches,
  };
}

function withNumber(open: readonly number[], number: number): readonly number[] {
  if (open.includes(number)) return open;
  const place = open.findLastIndex((each) => each < number) + 1;
  return open.toSpliced(place, 0, number);
}

function withoutNumber(open: readonly number[], number: number): readonly number[] {
  const place = open.indexOf(number);
  return place < 0 ? open : open.toSpliced(place, 1);
}

/** What the card answered, booked as the center books it: the same sums on both sides (I8). */
function compiled(
  totals: readonly BatchTotals[],
  { opened, answer, reversal, reversed }: TerminalEntry,
  latest: Answer,
): readonly BatchTotals[] {
  if (reversed === undefined || reversal === undefined) {
    return opened === undefined ? totals : countOriginal(totals, opened, latest.outcome, latest.parts);
  }
  // The card had decided it, but this terminal had given up on it before it learned the outcome.
  const known =
    opened === undefined || answer !== undefined || latest.original === undefined
      ? totals
      : countOriginal(totals, opened, latest.original, latest.originalParts);
  if (latest.original !== 'APPROVED') return known;
  return countReversal(known, reversal, opened?.kind, latest.amount, latest.parts);
}

function countOriginal(
  totals: readonly BatchTotals[],
  opened: NonNullable<TerminalEntry['opened']>,
  outcome: Answer['outcome'],
  parts: Answer['parts'],
): readonly BatchTotals[] {
  if (outcome === 'APPROVED') return countApproved(totals, opened, opened.kind, parts);
  if (outcome === 'REVERSED') return totals;
  return countRefusal(totals, opened, 'declines', opened.amount);
}
