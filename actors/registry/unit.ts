/** Units of a partition: their keys, their states, and how these evolve from events. */
import { type CardEvent, type CardState, evolveCard } from '../card/card.js';
import { evolveVisitorIds, NO_IDS, type VisitorIds } from '../card/visitor.js';
import { type BorrowersState, chunkOf, evolveBorrowers, NO_BORROWERS } from '../center/borrowers.js';
import { evolveOffice, isAtRest, NEW_OFFICE, type OfficeState } from '../center/office.js';
import { evolveRecord, isUnpublished, type RecordEvent, type RecordState } from '../center/record.js';
import { BORROWER_CHUNKS, MAX_KEPT_KEYS } from '../bounds.js';
import { OFFICE_ID } from '../money/ids.js';
import { evolveTotals } from '../center/totals.js';
import type { BatchTotals } from '../money/totals.js';
import { evolveTerminal } from '../terminal/evolveTerminal.js';
import { evolveShard, NEW_SHARD, type ShardState } from '../center/shard.js';
import { hasClosingBatch } from '../terminal/batch.js';
import { openIds, type TerminalEvent, type TerminalState } from '../terminal/terminal.js';
import {
  type Event,
  isCardEvent,
  isOfficeEvent,
  isRecordEvent,
  isShardEvent,
  isTerminalEvent,
} from './event.js';

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

/** What the center keeps in this partition beside its records. */
export interface ShardUnit {
  readonly unit: 'shard';
  readonly state: ShardState;
}

/** The cards of one chunk that an interest run visits. */
export interface BorrowersUnit {
  readonly unit: 'borrowers';
  readonly state: BorrowersState;
}

/** What the center does for the whole deployment: in one partition. */
export interface OfficeUnit {
  readonly unit: 'office';
  readonly state: OfficeState;
}

export type State = CardUnit | VisitorUnit | TerminalUnit | ShardUnit | BorrowersUnit | OfficeUnit;

export const cardKey = keyOf('card');
/** Not placed by hash: it is wherever the terminal has touched a card. */
export const visitorKey = keyOf('visitor');
export const terminalKey = keyOf('terminal');
/** Every partition has one: keys need not tell them apart. */
export const SHARD_KEY = 'shard/center';
const borrowersKeys = Array.from({ length: BORROWER_CHUNKS }, (_, chunk) => `borrowers/${chunk}`);
export const borrowersKey = (chunk: number): string => borrowersKeys[chunk] ?? `borrowers/${chunk}`;
export const OFFICE_KEY = `office/${OFFICE_ID}`;

/**
 * Keys of a kind, those of lately kept: every payment asks for several, and a string that is put together anew has to
 * be hashed anew wherever it is looked up.
 */
function keyOf(kind: string): (id: string) => string {
  const keys = new Map<string, string>();
  return (id) => {
    const known = keys.get(id);
    if (known !== undefined) return known;
    if (keys.size >= MAX_KEPT_KEYS) keys.clear();
    const key = `${kind}/${id}`;
    keys.set(id, key);
    return key;
  };
}

const unitKinds: readonly string[] = ['card', 'visitor', 'terminal', 'shard', 'borrowers', 'office'];

function isKind(kind: string): kind is State['unit'] {
  return unitKinds.includes(kind);
}

/** The kind of unit that a key names, and its id, which may hold slashes itself. */
export function parseKey(key: string): { readonly kind: State['unit']; readonly id: string } {
  const slash = key.indexOf('/');
  const kind = key.slice(0, slash);
  if (isKind(kind)) return { kind, id: key.slice(slash + 1) };
  throw new Error(`${key} is no unit`);
}

export const isCard = (state: State | undefined): state is CardUnit => state?.unit === 'card';
export const isVisitor = (state: State | undefined): state is VisitorUnit => state?.unit === 'visitor';
export const isShard = (state: State | undefined): state is ShardUnit => state?.unit === 'shard';
export const isBorrowers = (state: State | undefined): state is BorrowersUnit => state?.unit === 'borrowers';
export const isOffice = (state: State | undefined): state is OfficeUnit => state?.unit === 'office';
export const isTerminal = (state: State | undefined): state is TerminalUnit => state?.unit === 'terminal';

/** The unit's state after an event. Events that are not about it leave it as it is. */
export function evolve(key: string, state: State | undefined, event: Event): State | undefined {
  const kind = state?.unit ?? parseKey(key).kind;
  if (kind === 'card') return evolveCardUnit(key, isCard(state) ? state : undefined, event);
  if (kind === 'visitor') return evolveVisitorUnit(key, isVisitor(state) ? state : undefined, event);
  if (kind === 'shard') return evolveShardUnit(isShard(state) ? state : undefined, event);
  if (kind === 'borrowers') return evolveBorrowersUnit(key, isBorrowers(state) ? state : undefined, event);
  if (kind === 'office') return evolveOfficeUnit(isOffice(state) ? state : undefined, event);
  return evolveTerminalUnit(key, isTerminal(state) ? state : undefined, event);
}

/** Work that must go on after a takeover (D12). */
export function isUnfinished(state: State): boolean {
  if (state.unit === 'terminal') return openIds(state.state) > 0 || hasClosingBatch(state.state);
  if (state.unit === 'office') return !isAtRest(state.state);
  return state.unit === 'card' && state.record !== undefined && isUnpublished(state.record);
}

function evolveCardUnit(key: string, state: CardUnit | undefined, event: Event): CardUnit | undefined {
  if (!isCardEvent(event) && !isRecordEvent(event)) return state;
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

function evolveShardUnit(state: ShardUnit | undefined, event: Event): ShardUnit | undefined {
  if (!isShardEvent(event) && event.type !== 'RecordListed') return state;
  return { unit: 'shard', state: evolveShard(state?.state ?? NEW_SHARD, event) };
}

function evolveBorrowersUnit(
  key: string,
  state: BorrowersUnit | undefined,
  event: Event,
): BorrowersUnit | undefined {
  if (event.type !== 'RecordListed' || borrowersKey(chunkOf(event.card)) !== key) return state;
  return { unit: 'borrowers', state: evolveBorrowers(state?.state ?? NO_BORROWERS, event) };
}

function evolveOfficeUnit(state: OfficeUnit | undefined, event: Event): OfficeUnit | undefined {
  if (!isOfficeEvent(event)) return state;
  return { unit: 'office', state: evolveOffice(state?.state ?? NEW_OFFICE, event) };
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
