import type { OnResult, Reply, Station } from '../client/index.js';

/**
 * What a device does besides: nothing; the same number again, at once or once answered (a second tap); a reversal of
 * it, at once (as if the answer were lost) or once answered.
 */
export type Follow = 'none' | 'repeatAtOnce' | 'repeatLater' | 'reverseAtOnce' | 'reverseLater';

/** What is sent each time that a command is. */
export interface Sent {
  /** Undefined: the next one. */
  readonly number: number | undefined;
  /** Milliseconds, of the terminal's clock. */
  readonly timeMs: number;
}

/** Something that a device asks of a card, and what is made of the answers. */
export interface Command {
  /** For counts. */
  readonly kind: string;
  readonly card: string;
  /** Minor units; 0 where none is stated. For messages. */
  readonly amount: number;
  readonly follow: Follow;
  /** False: it belongs to a measurement, and not to what the load is. */
  readonly counted: boolean;
  /** Returns the number that was used. */
  send(station: Station, sent: Sent, done: OnResult): number;
  /** What is wrong with the first answer; undefined: nothing. */
  implausible(reply: Reply): string | undefined;
  /** It may change the card from now on. */
  begun(): void;
  /** Its first answer is here, or never will be. */
  ended(): void;
  /** What the card held at an answer, of the command or of its reversal. */
  learn(reply: Reply): void;
}
