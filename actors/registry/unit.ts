/** Units of a partition: their keys, their states, and how these evolve from events. */
import { type CardEvent, type CardState, evolveCard } from '../card/card.js';
import { evolveVisitorIds, NO_IDS, type VisitorIds } from '../card/visitor.js';
import { evolveRecord, isUnpublished, type RecordEvent, type RecordState } from '../center/record.js';
import { evolveTotals } from '../center/totals.js';
import type { BatchTotals } from '../money/totals.js';
import { evolveTerminal } from '../terminal/evolveTerminal.js';
import { openIds, type TerminalEvent, type TerminalState } from '../terminal/terminal.js';
import type { Event } from './event.js';

/** A card and the center's record of it: two states, each evolved from its own events. */
export interface CardUnit {
  readonly unit: 'card';
  readonly card: CardState | undefined;
  readonly record: RecordState | undefined;
}

/** What a partition of cards keeps of a terminal: its ids (the cards' side) and its totals (the center's). */
export interface VisitorUnit {
  readonly unit: 'visitor';
  readonly terminal: string;
  readonly ids: VisitorIds;
  readonly totals: readonly BatchTotals[];
}

export interface TerminalUnit {
  readonly unit: 'terminal';
  readonly state: TerminalState;
}

export type State = CardUnit | VisitorUnit | TerminalUnit;

export const cardKey = (card: string): string => `card/${card}`;
/** Not placed by hash: it is wherever the terminal has touched a card. */
export const visitorKey = (terminal: string): string => `visitor/${terminal}`;
export const terminalKey = (terminal: string): string => `terminal/${terminal}`;

/** The kind of unit that a key names, and its id, which may hold slashes itself. */
export function parseKey(key: string): { readonly kind: State['unit']; readonly id: string } {
  const slash = key.indexOf('/');
  const kind = key.slice(0, slash);
  if (kind === 'card' || kind === 'visitor' || kind === 'terminal') return { kind, id: key.slice(slash + 1) };
  throw new Error(`${key} is no unit`);
}

export const isCard = (state: State | undefined): state is CardUnit => state?.unit === 'card';
export const isVisitor = (state: State | undefined): state is VisitorUnit => state?.unit === 'visitor';
export const isTerminal = (state: State | undefined): state is TerminalUnit => state?.unit === 'terminal';

/** The unit's state after an event. Events that are not about it leave it as it is. */
export function evolve(key: string, state: State | undefined, event: Event): State | undefined {
  const kind = state?.unit ?? parseKey(key).kind;
  if (kind === 'card') return evolveCardUnit(key, isCard(state) ? state : undefined, event);
  if (kind === 'visitor') return evolveVisitorUnit(key, isVisitor(state) ? state : undefined, event);
  return evolveTerminalUnit(key, isTerminal(state) ? state : undefined, event);
}

/** Work that must go on after a takeover (D12). */
export function isUnfinished(state: State): boolean {
  if (state.unit === 'terminal') return openIds(state.state) > 0;
  return state.unit === 'card' && state.record !== undefined && isUnpublished(state.record);
}

/** Whose state an event changes. */
type Owner = 'card' | 'record' | 'terminal';

const owners: Readonly<Record<Event['type'], Owner>> = {
  CardIssued: 'card',
  CardMoved: 'card',
  CardDeclined: 'card',
  CardReversed: 'card',
  CardLimitChanged: 'card',
  CardProhibitionChanged: 'card',
  CardActivated: 'card',
  RecordOpened: 'record',
  RecordMoved: 'record',
  RecordDeclined: 'record',
  RecordReversed: 'record',
  RecordLimitChanged: 'record',
  RecordProhibitionChanged: 'record',
  ProhibitionPublished: 'record',
  RecordActivated: 'record',
  TerminalRegistered: 'terminal',
  SessionOpened: 'terminal',
  ListHeld: 'terminal',
  TransactionOpened: 'terminal',
  TransactionClosed: 'terminal',
  TransactionRefused: 'terminal',
  ReversalOpened: 'terminal',
  ReversalClosed: 'terminal',
};

function isCardEvent(event: Event): event is CardEvent {
  return owners[event.type] === 'card';
}

export function isRecordEvent(event: Event): event is RecordEvent {
  return owners[event.type] === 'record';
}

function isTerminalEvent(event: Event): event is TerminalEvent {
  return owners[event.type] === 'terminal';
}

function evolveCardUnit(key: string, state: CardUnit | undefined, event: Event): CardUnit | undefined {
  if (isTerminalEvent(event)) return state;
  if (cardOf(event) !== (state?.card?.card ?? parseKey(key).id)) return state;
  if (isCardEvent(event)) {
    const card = evolveCard(state?.card, event);
    return card === state?.card ? state : { unit: 'card', card, record: state?.record };
  }
  const record = evolveRecord(state?.record, event);
  return record === state?.record ? state : { unit: 'card', card: state?.card, record };
}

function evolveVisitorUnit(
  key: string,
  state: VisitorUnit | undefined,
  event: Event,
): VisitorUnit | undefined {
  if (!('asked' in event)) return state;
  const { terminal } = event.asked.id;
  if (terminal !== (state?.terminal ?? parseKey(key).id)) return state;
  const before: VisitorUnit = state ?? { unit: 'visitor', terminal, ids: NO_IDS, totals: [] };
  if (isCardEvent(event)) {
    return { unit: 'visitor', terminal, ids: evolveVisitorIds(before.ids, event), totals: before.totals };
  }
  return { unit: 'visitor', terminal, ids: before.ids, totals: evolveTotals(before.totals, event) };
}

function evolveTerminalUnit(
  key: string,
  state: TerminalUnit | undefined,
  event: Event,
): TerminalUnit | undefined {
  if (!isTerminalEvent(event)) return state;
  if (terminalOf(event) !== (state?.state.terminal ?? parseKey(key).id)) return state;
  const evolved = evolveTerminal(state?.state, event);
  return evolved === undefined ? undefined : { unit: 'terminal', state: evolved };
}

function cardOf(event: CardEvent | RecordEvent): string {
  return 'asked' in event ? event.asked.card : event.card;
}

function terminalOf(event: TerminalEvent): string {
  if ('terminal' in event) return event.terminal;
  if ('opened' in event) return event.opened.id.terminal;
  return 'reversal' in event ? event.reversal.id.terminal : event.id.terminal;
}
