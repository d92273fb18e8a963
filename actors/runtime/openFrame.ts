/** The frame that collects turns until it is sealed, and what leaves once it is acknowledged (D1). */
import { MAX_FRAME_BYTES, MAX_FRAME_TURNS, MAX_TURN_BYTES } from '../bounds.js';
import type { Ask, Turn } from './domain.js';
import { mostBytes, type TurnRecord } from './frame.js';
import type { Origin } from './outbox.js';
import type { Rejection } from './rejection.js';
import type { Unit } from './units.js';

export interface OpenFrame<State> {
  readonly position: number;
  /** Of its first turn: an owner may have been idle since the frame was begun. */
  time: number;
  readonly turns: TurnRecord[];
  bytes: number;
  decided: number;
  /** The journal goes on in another segment after it. */
  endsSegment: boolean;
  readonly staged: Map<Unit<State>, State | undefined>;
  readonly replies: {
    origin: Origin;
    bytes?: Uint8Array;
    meaning?: unknown;
    rejection?: Rejection;
    detail?: string;
  }[];
  /** By key. */
  readonly asks: Map<string, Ask>;
  readonly notices: Uint8Array[];
}

export function openFrame<State>(position: number): OpenFrame<State> {
  return {
    position,
    time: 0,
    turns: [],
    bytes: 0,
    decided: 0,
    endsSegment: false,
    staged: new Map(),
    replies: [],
    asks: new Map(),
    notices: [],
  };
}

/** Whether any turn at all would still fit: a turn is decided for the frame in which it is stored. */
export function hasRoom({ bytes, decided }: OpenFrame<unknown>): boolean {
  return bytes + MAX_TURN_BYTES <= MAX_FRAME_BYTES && decided < MAX_FRAME_TURNS;
}

/**
 * Bytes of the turn in its frame, a few too many. A turn that could exceed a frame must not exist; one that touches
 * units of others is a programming error.
 */
export function checkedSize(turn: Turn<unknown>, events: readonly Uint8Array[]): number {
  if (events.length > 0 && turn.units.length === 0) throw new Error('a turn with events but without units');
  const size = mostBytes({ units: turn.units, events });
  if (size > MAX_TURN_BYTES)
    throw new Error(`a turn of ${String(size)} bytes exceeds ${String(MAX_TURN_BYTES)}`);
  return size;
}

/** Of a frame that was found, not acknowledged: what depends on it leaves with the next one, which must be stored now. */
export function putOff(found: OpenFrame<unknown>, next: OpenFrame<unknown>): void {
  next.decided += 1;
  next.replies.unshift(...found.replies.splice(0));
  next.notices.unshift(...found.notices.splice(0));
  for (const [key, ask] of found.asks) if (!next.asks.has(key)) next.asks.set(key, ask);
  found.asks.clear();
}
