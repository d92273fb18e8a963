import type { Clock } from '../actors/runtime/ports.js';
import type { SentNumbers } from './sentNumbers.js';
import type { TerminalSession } from './terminalSession.js';
import { Window, type Ending } from './window.js';

/** Somebody among whom the room is divided: a connection. By partition, what it has there, repeats included. */
export interface Holder {
  readonly held: Map<number, number>;
}

/** Decides which new transactions are sent on to the partitions of their terminals (D8, D16). */
export class Admission {
  private readonly clock: Pick<Clock, 'elapsed'>;
  private readonly windows: readonly Window[];
  private refusals = 0;

  constructor(partitions: number, clock: Pick<Clock, 'elapsed'>) {
    this.clock = clock;
    this.windows = Array.from({ length: partitions }, () => new Window());
  }

  /** Since the start. */
  get refused(): number {
    return this.refusals;
  }

  /** All that partitions may have, and have. */
  get size(): number {
    return this.windows.reduce((sum, { size }) => sum + size, 0);
  }

  get open(): number {
    return this.windows.reduce((sum, { open }) => sum + open, 0);
  }

  /**
   * A place, or the time in milliseconds after which one may be asked for again. What is never refused, because it is not
   * new, counts for its holder only: else one who repeats itself without end would have all others refused.
   */
  enter({ partition, sent }: TerminalSession, number: number, holder: Holder): Place | number {
    const window = this.windows[partition];
    if (window === undefined) throw new RangeError(`partition ${partition} does not exist`);
    const now = this.clock.elapsed();
    const isNew = sent.isNew(number);
    const held = holder.held.get(partition) ?? 0;
    if (isNew && !window.hasRoomFor(held)) {
      sent.refuse(number);
      window.refuse(now);
      this.refusals += 1;
      return window.retryAfterMs;
    }
    sent.send(number);
    holder.held.set(partition, held + 1);
    if (isNew) window.begin(now);
    return new Place({ window, holder, partition, beganAt: now, clock: this.clock, sent, number, isNew });
  }
}

interface PlaceParts {
  readonly window: Window;
  readonly holder: Holder;
  readonly partition: number;
  readonly beganAt: number;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly sent: SentNumbers;
  readonly number: number;
  readonly isNew: boolean;
}

/** Of one transaction, from when it was let in until it is answered. To be left once. */
export class Place {
  private readonly parts: PlaceParts;

  constructor(parts: PlaceParts) {
    this.parts = parts;
  }

  get retryAfterMs(): number {
    return this.parts.window.retryAfterMs;
  }

  leave(ending: Ending): void {
    const { window, holder, partition, beganAt, clock, sent, number, isNew } = this.parts;
    const left = (holder.held.get(partition) ?? 1) - 1;
    if (left > 0) holder.held.set(partition, left);
    else holder.held.delete(partition);
    if (!isNew) return;
    if (ending === 'overloaded') sent.refuse(number);
    window.end(ending, beganAt, clock.elapsed());
  }
}
