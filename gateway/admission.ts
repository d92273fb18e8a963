import type { Clock } from '../actors/runtime/ports.js';
import type { SentNumbers } from './sentNumbers.js';
import type { TerminalSession } from './terminalSession.js';
import { Window, type Ending } from './window.js';

/** Somebody among whom the room is divided: a connection. By partition, what it has there, repeats included. */
export interface Holder {
  readonly held: Map<number, number>;
  /** The same of what waits for a partition that changes hands. */
  readonly heldBack: Map<number, number>;
}

/** Since when a partition's owner has settled; Infinity: nobody serves it. Milliseconds of the clock. */
type SettledSince = (partition: number) => number;

/** Decides which new transactions are sent on to the partitions of their terminals (D8, D16). */
export class Admission {
  private readonly clock: Pick<Clock, 'elapsed'>;
  private readonly settledSince: SettledSince;
  private readonly windows: readonly Window[];
  private refusals = 0;

  constructor(partitions: number, clock: Pick<Clock, 'elapsed'>, settledSince: SettledSince) {
    this.clock = clock;
    this.settledSince = settledSince;
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
   *
   * `cardPartition`: which the terminal's asks. While it or the terminal's own changes hands, room is what comes
   * meanwhile, and nothing is measured: a hand-over is no overload.
   */
  enter(
    { partition, sent }: TerminalSession,
    number: number,
    holder: Holder,
    cardPartition: number,
  ): Place | number {
    const window = this.windows[partition];
    if (window === undefined) throw new RangeError(`partition ${partition} does not exist`);
    const now = this.clock.elapsed();
    const waits = this.settledSince(partition) > now || this.settledSince(cardPartition) > now;
    const isNew = sent.isNew(number);
    const all = waits ? holder.heldBack : holder.held;
    const held = all.get(partition) ?? 0;
    if (isNew && !(waits ? window.hasRoomToWait(held) : window.hasRoomFor(held))) {
      sent.refuse(number);
      if (!waits) window.refuse(now);
      this.refusals += 1;
      return window.retryAfterMs;
    }
    sent.send(number);
    all.set(partition, held + 1);
    if (isNew && waits) window.wait();
    else if (isNew) window.begin(now);
    const { clock, settledSince } = this;
    const place = { window, held: all, partition, cardPartition, beganAt: now, sent, number, isNew, waits };
    return new Place(place, clock, settledSince);
  }
}

interface PlaceParts {
  readonly window: Window;
  readonly held: Map<number, number>;
  readonly partition: number;
  readonly cardPartition: number;
  readonly beganAt: number;
  readonly sent: SentNumbers;
  readonly number: number;
  readonly isNew: boolean;
  /** It came while a partition changed hands. */
  readonly waits: boolean;
}

/** Of one transaction, from when it was let in until it is answered. To be left once. */
export class Place {
  private readonly parts: PlaceParts;
  private readonly clock: Pick<Clock, 'elapsed'>;
  private readonly settledSince: SettledSince;

  constructor(parts: PlaceParts, clock: Pick<Clock, 'elapsed'>, settledSince: SettledSince) {
    this.parts = parts;
    this.clock = clock;
    this.settledSince = settledSince;
  }

  get retryAfterMs(): number {
    return this.parts.window.retryAfterMs;
  }

  leave(ending: Ending): void {
    const { window, held, partition, beganAt, sent, number, isNew, waits } = this.parts;
    const left = (held.get(partition) ?? 1) - 1;
    if (left > 0) held.set(partition, left);
    else held.delete(partition);
    if (!isNew) return;
    if (ending === 'overloaded') sent.refuse(number);
    if (waits) window.waited();
    else
      window.end(ending === 'answered' && this.hasMoved() ? 'moved' : ending, beganAt, this.clock.elapsed());
  }

  /** One of its partitions has changed hands, or does, since it was let in. */
  private hasMoved(): boolean {
    const { partition, cardPartition, beganAt } = this.parts;
    return this.settledSince(partition) > beganAt || this.settledSince(cardPartition) > beganAt;
  }
}
