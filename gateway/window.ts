import {
  ADMISSION_INTERVAL_MS,
  ADMISSION_MEMORY_MS,
  ADMISSION_TARGET_MAX_MS,
  ADMISSION_TARGET_MS,
  ADMISSION_TOLERANCE,
  CLIENT_RETRY_MAX_MS,
  FIRST_WINDOW,
  HAND_OVER_ROOM_MS,
  MAX_WINDOW,
  MIN_WINDOW,
  OVERLOADED_RETRY_MS,
} from '../actors/bounds.js';

/** Answers without which an interval says nothing. */
const LEAST_ANSWERS = 8;
/**
 * How much a usual latency may rise in one interval, to the double within half a minute: more slowly than a queue that
 * begins to stand. With the smallest window nothing stands, and it is learnt at once.
 */
const USUAL_RISE = 1.002;
const SMALLEST_RISE = 2;
/** How fast it falls to a lower mean. */
const USUAL_FALL = 0.1;
/** How much further it opens in an interval in which nobody was refused: to the double within a second. */
const REOPENING = 1.1;
/** And in one in which somebody was, and the target was just kept: else a latency like the target's would never be left. */
const LEAST_PROBING = 1.02;
/** So many times what it needs a window may be until there is an overload: pauses are borne, and the first still served. */
const WIDE = 2;

/** What became of something that was let in; `moved`: a partition changed hands meanwhile, and that is what it waited for. */
export type Ending = 'answered' | 'overloaded' | 'lost' | 'moved';

/**
 * How many new transactions one gateway has in one partition at a time. By Little's law, as many as it answers within
 * the target; measured again and again, so nobody has to know what the partition can carry, how many gateways there
 * are, or what is slow: its processor, its disk, the network, or the partitions of the cards.
 *
 * What is refused here is the cheapest there is: it never leaves the gateway. Times are milliseconds of one clock.
 */
export class Window {
  private limit = FIRST_WINDOW;
  private inside = 0;
  /** For a partition that changes hands: not measured, and in nobody's way. */
  private waiting = 0;
  /** Mean latency while nobody is refused. */
  private usualMs: number | undefined;
  private pressure = 0;
  private since = 0;
  private admitted = 0;
  private refused = 0;
  private answers = 0;
  /** Those of what was let in after the window grew last, or became the smallest. */
  private fresh = 0;
  private changedAt = 0;
  private tookMs = 0;
  private refusedThere = false;
  /** Since when there is anything inside, or since the last look; and before that, in this interval. */
  private busySince = 0;
  private busyMs = 0;
  /** The end of the first of the last intervals that were all slow. */
  private slowSince: number | undefined;
  private readonly throughput = new Throughput();

  /** How many it may be. */
  get size(): number {
    return this.limit;
  }

  /** How many it is. What could not be refused is not among them, and is not measured. */
  get open(): number {
    return this.inside + this.waiting;
  }

  /** What an answer may take on average. */
  get targetMs(): number {
    const tolerated = ADMISSION_TOLERANCE * (this.usualMs ?? 0);
    return Math.min(ADMISSION_TARGET_MAX_MS, Math.max(ADMISSION_TARGET_MS, tolerated));
  }

  /** Who is refused comes back later the more are refused, so that those who come back are as few as can be let in. */
  get retryAfterMs(): number {
    return Math.round(Math.min(CLIENT_RETRY_MAX_MS, OVERLOADED_RETRY_MS * (1 + this.pressure)));
  }

  /**
   * Whether somebody who has `held` in this partition already may have one more: never more than is left for all
   * others, so that one who wants everything leaves half, and two leave a third.
   */
  hasRoomFor(held: number): boolean {
    return held < this.limit - this.inside;
  }

  /**
   * The same while a partition changes hands. A hand-over is no overload, and must not become a refusal: there is room
   * for all that usually comes meanwhile, and never less than before anything was measured.
   */
  hasRoomToWait(held: number): boolean {
    const usual = this.throughput.perMs * HAND_OVER_ROOM_MS;
    return held < Math.min(MAX_WINDOW, Math.max(FIRST_WINDOW, this.limit, usual)) - this.open;
  }

  wait(): void {
    this.waiting += 1;
  }

  waited(): void {
    this.waiting -= 1;
  }

  refuse(now: number): void {
    this.refused += 1;
    this.look(now);
  }

  begin(now: number): void {
    if (this.inside === 0) this.busySince = now;
    this.inside += 1;
    this.admitted += 1;
  }

  /** `beganAt`: when it was let in. */
  end(ending: Ending, beganAt: number, now: number): void {
    this.inside -= 1;
    if (this.inside === 0 && ending !== 'moved') this.busyMs += now - this.busySince;
    if (ending === 'overloaded') this.refusedThere = true;
    if (ending === 'answered') {
      this.answers += 1;
      if (beganAt >= this.changedAt) this.fresh += 1;
      this.tookMs += Math.max(0, now - beganAt);
    }
    this.look(now);
  }

  private look(now: number): void {
    const passedMs = now - this.since;
    if (passedMs < ADMISSION_INTERVAL_MS) return;
    const before = this.limit;
    if (this.answers >= LEAST_ANSWERS) {
      if (this.inside > 0) this.busyMs += now - this.busySince;
      this.throughput.add(this.answers, this.busyMs);
      this.set(this.tookMs / this.answers, this.throughput.perMs, now);
    } else if (!this.refusedThere) return;
    if (this.refusedThere) this.limit /= 2;
    const limit = Math.min(MAX_WINDOW, Math.max(MIN_WINDOW, Math.round(this.limit)));
    if (limit === MIN_WINDOW && limit !== before) this.changedAt = now;
    this.limit = limit;
    this.pressure = this.refused / Math.max(1, this.admitted);
    this.since = now;
    this.admitted = 0;
    this.refused = 0;
    this.answers = 0;
    this.fresh = 0;
    this.tookMs = 0;
    this.busySince = now;
    this.busyMs = 0;
    this.refusedThere = false;
  }

  private learn(meanMs: number, rise: number): void {
    const usual = this.usualMs ?? meanMs;
    this.usualMs = Math.min(usual * rise, usual + (meanMs - usual) * (meanMs < usual ? USUAL_FALL : 1));
  }

  private set(meanMs: number, perMs: number, now: number): void {
    const isLimited = this.refused > 0;
    if (!isLimited) this.learn(meanMs, USUAL_RISE);
    else if (this.limit === MIN_WINDOW && this.fresh === this.answers && meanMs > this.targetMs) {
      this.learn(meanMs, SMALLEST_RISE);
    }
    const needed = perMs * this.targetMs;
    if (meanMs <= this.targetMs) this.slowSince = undefined;
    else this.slowSince ??= now;
    if (this.slowSince !== undefined) {
      // What stood still for a moment has soon done what waited for it: only a queue that stays is too long.
      const stays = now - this.slowSince >= this.targetMs;
      this.limit = Math.min(this.limit, stays ? needed : WIDE * needed);
    } else if (!isLimited) {
      // The next pause is borne as if there had been no overload, however little comes meanwhile.
      this.grow(REOPENING, Math.max(FIRST_WINDOW, WIDE * needed));
    } else if (this.fresh >= LEAST_ANSWERS) {
      // Half of the way, on a logarithmic scale, and not again before answers tell what came of it.
      this.changedAt = now;
      this.grow(
        Math.min(2, Math.max(LEAST_PROBING, Math.sqrt(this.targetMs / Math.max(1, meanMs)))),
        WIDE * needed,
      );
    }
  }

  private grow(factor: number, most: number): void {
    this.limit = Math.max(this.limit, Math.min(most, Math.ceil(this.limit * factor)));
  }
}

/** Answers a millisecond while there was something to answer: a mean of the last seconds, since they come in bursts. */
class Throughput {
  private answers = 0;
  private ms = 0;

  get perMs(): number {
    return this.answers / Math.max(1, this.ms);
  }

  add(answers: number, ms: number): void {
    const kept = Math.exp(-ms / ADMISSION_MEMORY_MS);
    this.answers = this.answers * kept + answers;
    this.ms = this.ms * kept + ms;
  }
}
