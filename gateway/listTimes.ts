import { MAX_WATCHED_PUSHES } from '../actors/bounds.js';
import type { ListVersion } from '../actors/prohibitions/ports.js';
import { compareVersions } from './listVersion.js';
import type { Arrival } from './prohibitionTimes.js';

/** One push of the list: to every terminal that was connected then. */
export interface Push {
  readonly version: ListVersion;
  /** By the gateway's clock, ms. */
  readonly at: number;
  readonly arrivals: readonly Arrival[];
}

interface Watching extends Push {
  /** When the last acknowledgement so far came. */
  acknowledgedAt: number | undefined;
}

export interface ListTimesOptions {
  /** The gateway's clock, ms. */
  readonly now: () => number;
  /** Every terminal that was connected at the push, and still is, has acknowledged it; the last of them at `at`. */
  readonly onComplete: (push: Push, at: number) => void;
  /** It is not measured: too many are waited for, or all terminals left without a word. */
  readonly onForgotten: (push: Push) => void;
}

/** Whoever speaks for terminals: a connection. */
type Speaker = object;

interface Watched {
  readonly speaker: Speaker;
  /** Of the list that it was welcomed with. */
  readonly since: ListVersion;
  /** Number of the first push that it has not acknowledged. */
  level: number;
  /** It has acknowledged a list since it was welcomed. */
  acknowledged: boolean;
}

/**
 * Which pushes of the list the connected terminals have acknowledged, and when the last of them had. Pushes are
 * numbered; a terminal stands at the first that it has not acknowledged, and only how many stand at each is counted: so
 * an acknowledgement costs the same however many terminals there are.
 */
export class ListTimes {
  private readonly options: ListTimesOptions;
  private readonly terminals = new Map<string, Watched>();
  /** Pushes that are waited for, oldest first, and how many terminals stand at each. */
  private pushes: Watching[] = [];
  private standing: number[] = [];
  /** Number of the oldest of them. */
  private first = 0;
  /** Terminals that stand at one of them. */
  private behind = 0;
  /** Terminals that have acknowledged everything. */
  private current = 0;
  private toldCount = 0;

  constructor(options: ListTimesOptions) {
    this.options = options;
  }

  /** Connected terminals. */
  get count(): number {
    return this.terminals.size;
  }

  /** Terminals that were connected at the newest push. */
  get told(): number {
    return this.toldCount;
  }

  /** Connected terminals that have not acknowledged the newest version; those just welcomed are among them. */
  get unacknowledged(): number {
    return this.terminals.size - this.current;
  }

  /**
   * It gets what is pushed from now on; earlier pushes do not wait for it. Whoever spoke for it before does not any
   * more.
   */
  joined(speaker: Speaker, terminal: string, version: ListVersion): void {
    this.remove(terminal);
    this.terminals.set(terminal, { speaker, since: version, level: this.next, acknowledged: false });
    this.settle();
  }

  pushed(version: ListVersion, arrivals: readonly Arrival[]): void {
    this.toldCount = this.terminals.size;
    if (this.toldCount === 0) return;
    if (this.pushes.length >= MAX_WATCHED_PUSHES) this.forgetOldest();
    this.pushes.push({ version, at: this.options.now(), arrivals, acknowledgedAt: undefined });
    this.standing.push(this.toldCount - this.behind);
    this.behind = this.toldCount;
    this.current = 0;
  }

  acknowledged(speaker: Speaker, terminal: string, version: ListVersion): void {
    const watched = this.terminals.get(terminal);
    if (watched?.speaker !== speaker) return;
    const from = this.levelOf(watched);
    const level = Math.max(from, this.firstAfter(version));
    const now = this.options.now();
    for (const push of this.pushes.slice(from - this.first, level - this.first)) push.acknowledgedAt = now;
    this.counted(watched, -1);
    watched.acknowledged ||= compareVersions(version, watched.since) >= 0;
    watched.level = level;
    this.counted(watched, 1);
    this.settle();
  }

  /** The speaker is gone: nobody waits for the terminals that it speaks for. */
  left(speaker: Speaker, terminals: Iterable<string>): void {
    for (const terminal of terminals) {
      if (this.terminals.get(terminal)?.speaker === speaker) this.remove(terminal);
    }
    this.settle();
  }

  /** Number of the next push. */
  private get next(): number {
    return this.first + this.pushes.length;
  }

  private remove(terminal: string): void {
    const watched = this.terminals.get(terminal);
    if (watched === undefined) return;
    this.terminals.delete(terminal);
    this.counted(watched, -1);
  }

  /** Those who stood at a push that was forgotten stand at the next. */
  private levelOf({ level }: Watched): number {
    return Math.max(level, this.first);
  }

  private firstAfter(version: ListVersion): number {
    const { pushes } = this;
    let index = pushes.length;
    // From the end: nearly always it is the newest that is acknowledged.
    for (; index > 0; index -= 1) {
      const push = pushes[index - 1];
      if (push === undefined || compareVersions(push.version, version) <= 0) break;
    }
    return this.first + index;
  }

  private counted(watched: Watched, sign: 1 | -1): void {
    const level = this.levelOf(watched);
    if (level < this.next) {
      const index = level - this.first;
      this.standing[index] = (this.standing[index] ?? 0) + sign;
      this.behind += sign;
    } else if (watched.acknowledged) this.current += sign;
  }

  private settle(): void {
    while (this.standing[0] === 0) {
      const push = this.shift();
      if (push?.acknowledgedAt !== undefined) this.options.onComplete(push, push.acknowledgedAt);
      else if (push !== undefined) this.options.onForgotten(push);
    }
  }

  private forgetOldest(): void {
    const [standing = 0] = this.standing;
    const push = this.shift();
    this.standing[0] = (this.standing[0] ?? 0) + standing;
    if (push !== undefined) this.options.onForgotten(push);
  }

  private shift(): Watching | undefined {
    this.first += 1;
    this.standing.shift();
    return this.pushes.shift();
  }
}
