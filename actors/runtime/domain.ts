/**
 * What actors are to the runtime: pure functions over opaque commands, events and states. The registry implements
 * this interface with the money; tests implement it with counters.
 */
import type { Rejection } from './rejection.js';

/**
 * Something asked of somebody else and repeated until it is settled (D1, D6, D12). It leaves only after the frame of
 * its turn is acknowledged. A later ask with the same key replaces this one.
 */
export interface Ask {
  readonly key: string;
  /** The unit that asks, and that gets the answer as a command. */
  readonly from: string;
  /** A partition, or a named outlet of the worker (`prohibitions`). */
  readonly to: { readonly partition: number } | { readonly outlet: string };
  /** A Command for a partition; whatever the outlet understands otherwise. */
  readonly command: Uint8Array;
  /** The Command itself, for a partition in the same process: it need be neither written nor read. */
  readonly meaning?: unknown;
}

/**
 * What the sender of the command gets. `wait`: the reply comes with a later turn's release of that key. `hold`: nothing
 * is decided yet; the command is decided again once `ready` says so, and rejected if that takes too long. A turn that
 * holds has no effects.
 */
export type Response =
  | {
      readonly kind: 'reply';
      readonly bytes: Uint8Array;
      /** What whoever asked would read in the bytes, for one in the same process. */
      readonly meaning?: unknown;
    }
  | { readonly kind: 'reject'; readonly rejection: Rejection; readonly detail: string }
  | { readonly kind: 'wait'; readonly key: string }
  | {
      readonly kind: 'hold';
      readonly ready: () => boolean;
      readonly rejection: Rejection;
      readonly detail: string;
    }
  | { readonly kind: 'none' };

/** Answers those who wait for `key`, once this turn's frame is acknowledged (D1). */
export interface Release {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** The result of deciding one command. All of it happens, or none. */
export interface Turn<Event> {
  /** Units that evolve from the events: a subset of `unitsOf(command)`. Empty when there are no events. */
  readonly units: readonly string[];
  readonly events: readonly Event[];
  readonly response: Response;
  readonly asks: readonly Ask[];
  readonly releases: readonly Release[];
  /** Keys of asks that need no answer any more. */
  readonly settles: readonly string[];
  /** Told once, after the acknowledgement, to whoever listens then; never repeated. Absent: none. */
  readonly notices?: readonly Uint8Array[];
}

export interface TurnContext {
  /** The partition's time, milliseconds: max(owner's clock, time of its last frame) (D13). */
  readonly time: number;
  /** Sequence that the frame of this turn will have. */
  readonly position: number;
  /** For each of the command's units, in order, the sequence of its last event so far (0: none). */
  readonly lastPositions: readonly number[];
}

/** Events and states of one partition's actors. Every function is pure; `decide` never reads a clock. */
export interface Domain<Command, Event, State> {
  /** Throws MalformedError, whose message says what is wrong with the bytes. */
  decodeCommand(bytes: Uint8Array): Command;
  /** The `meaning` of another partition's ask, checked as decodeCommand checks what it has read; throws as that does. */
  understood(meaning: unknown): Command;
  /** Keys of all units that the decision may look at. Never empty, never a key twice. */
  unitsOf(command: Command): readonly string[];
  /**
   * Asks, answers and reversals, and the repeat of what is open: admitted when ordinary commands are refused as
   * OVERLOADED (D8). `stateOf`: of a unit, undefined if it is not in memory, where what has open ids always is (D12).
   */
  isReserved(command: Command, stateOf: (unit: string) => State | undefined): boolean;
  /**
   * Much work for which nobody waits at a terminal: it is taken between all other. A partition has one such command at a
   * time: a later one takes the place of one that waits.
   */
  isBackground(command: Command): boolean;
  decide(command: Command, states: readonly (State | undefined)[], context: TurnContext): Turn<Event>;
  /** Assigns, never refuses. Ignores events that are not about this unit. */
  evolve(unit: string, state: State | undefined, event: Event): State | undefined;

  encodeEvent(event: Event): Uint8Array;
  decodeEvent(bytes: Uint8Array): Event;
  encodeState(state: State): Uint8Array;
  decodeState(bytes: Uint8Array): State;

  /** Work that must go on after a takeover: such a unit is never passivated (D12). */
  isUnfinished(state: State): boolean;
  /** Its kind is small, and a partition has many of it: those that nobody uses are kept in memory as bytes. */
  maySleep(state: State): boolean;
  /** What an unfinished unit asks after a takeover. */
  resume(unit: string, state: State): readonly Ask[];
  /** Units that look at the clock though nothing has happened to them yet. In memory from the first moment. */
  readonly standing: readonly string[];
  /** What a standing or unfinished unit does by itself at this time; undefined: nothing. Decided like any command. */
  wake(unit: string, state: State | undefined, time: number): Command | undefined;
  /** The answer to an ask, as a command to the unit that asked. `meaning`: what the reply's bytes say, where it is known. */
  answered(ask: Ask, reply: Uint8Array, meaning?: unknown): Command;
}

/** What a genesis frame fixes for ever. */
export interface Deployment {
  readonly deployment: string;
  readonly partition: number;
  readonly partitions: number;
  /** The domain's own rules, as it encoded them at creation. */
  readonly rules: Uint8Array;
}
