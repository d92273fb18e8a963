/** The frame that collects turns until it is sealed, and what leaves once it is acknowledged (D1). */
import { MAX_FRAME_BYTES, MAX_FRAME_LAG_MS, MAX_FRAME_TURNS, MAX_TURN_BYTES } from '../bounds.js';
import type { Ask, Domain, Response, Turn, TurnContext } from './domain.js';
import { mostBytes, type TurnRecord } from './frame.js';
import type { Origin } from './outbox.js';
import type { Clock } from './ports.js';
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
  /** Units that its turns have changed, each once. */
  readonly staged: Unit<State>[];
  /** What each of them was when the frame was sealed: meanwhile the next frame changes it. */
  states: readonly (State | undefined)[];
  readonly replies: {
    readonly origin: Origin;
    readonly response: Extract<Response, { kind: 'reply' | 'reject' }>;
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
    staged: [],
    states: [],
    replies: [],
    asks: new Map(),
    notices: [],
  };
}

/** What is known of a turn of the frame. Few look at where their units were changed last, so that is found then. */
export class TurnInFrame implements TurnContext {
  readonly time: number;
  readonly position: number;
  readonly #units: readonly Unit<unknown>[];

  constructor({ time, position }: OpenFrame<unknown>, units: readonly Unit<unknown>[]) {
    this.time = time;
    this.position = position;
    this.#units = units;
  }

  get lastPositions(): readonly number[] {
    return this.#units.map(({ position }) => position);
  }
}

/** The turn as a frame holds it. */
export function recordOf<Event>(
  domain: Pick<Domain<unknown, Event, unknown>, 'encodeEvent'>,
  { units, events }: Turn<Event>,
): TurnRecord {
  const encoded = new Array<Uint8Array>(events.length);
  let at = 0;
  for (const event of events) encoded[at++] = domain.encodeEvent(event);
  return { units, events: encoded };
}

/** Whether any turn at all may still be added: a turn is decided for the frame in which it is stored. */
export function takesMore(frame: OpenFrame<unknown>, clock: Pick<Clock, 'now'>): boolean {
  const hasRoom = frame.bytes + MAX_TURN_BYTES <= MAX_FRAME_BYTES && frame.decided < MAX_FRAME_TURNS;
  return hasRoom && !isLate(frame, clock);
}

/** It has waited for so long that its time, which is that of its first turn, is not that of another one. */
export function isLate({ decided, time }: OpenFrame<unknown>, clock: Pick<Clock, 'now'>): boolean {
  return decided > 0 && clock.now() - time > MAX_FRAME_LAG_MS;
}

/**
 * Bytes of the turn in its frame, a few too many. A turn that could exceed a frame must not exist; one that touches
 * units of others is a programming error.
 */
export function checkedSize(turn: TurnRecord): number {
  // Nothing of it is in the frame.
  if (turn.events.length === 0) return 0;
  if (turn.units.length === 0) throw new Error('a turn with events but without units');
  const size = mostBytes(turn);
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
