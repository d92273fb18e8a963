import { expect } from 'chai';
import fc from 'fast-check';
import {
  ADMISSION_INTERVAL_MS,
  ADMISSION_TARGET_MAX_MS,
  ADMISSION_TARGET_MS,
  CLIENT_RETRY_MAX_MS,
  FIRST_WINDOW,
  MAX_WINDOW,
  MIN_WINDOW,
  OVERLOADED_RETRY_MS,
} from '../../actors/bounds.js';
import { Window } from '../../gateway/window.js';

/** Milliseconds without load, and answers a second when it is busy. */
interface Station {
  readonly quietMs: number;
  readonly perSecond: number;
  /** It stands still for `stopMs` in each. */
  readonly everyMs?: number;
  readonly stopMs?: number;
}

/** A partition that answers one after the other, behind a window; what is refused goes away. */
class Queue {
  readonly window = new Window();
  readonly latencies: number[] = [];
  refused = 0;
  mostOpen = 0;
  now = 1_000_000;
  station: Station;
  private readonly leaving: { readonly at: number; readonly beganAt: number }[] = [];
  private freeAt = 0;

  constructor(station: Station) {
    this.station = station;
  }

  /** Open loop: so many arrivals a second, for so long. */
  offer(perSecond: number, forMs: number): void {
    this.latencies.length = 0;
    this.refused = 0;
    this.mostOpen = 0;
    const end = this.now + forMs;
    for (let arrivals = 0; this.now < end; this.now += 1) {
      this.answer();
      for (arrivals += perSecond / 1_000; arrivals >= 1; arrivals -= 1) this.arrive();
      this.mostOpen = Math.max(this.mostOpen, this.window.open);
    }
  }

  percentile(share: number): number {
    const sorted = this.latencies.toSorted((a, b) => a - b);
    return sorted[Math.floor(share * sorted.length)] ?? 0;
  }

  private arrive(): void {
    if (!this.window.hasRoomFor(0)) {
      this.window.refuse(this.now);
      this.refused += 1;
      return;
    }
    this.window.begin(this.now);
    this.freeAt = this.running(Math.max(this.now, this.freeAt)) + 1_000 / this.station.perSecond;
    this.leaving.push({ at: this.freeAt + this.station.quietMs, beganAt: this.now });
  }

  /** When it next runs, from then on. */
  private running(from: number): number {
    const { everyMs = 1, stopMs = 0 } = this.station;
    const within = from % everyMs;
    return within < stopMs ? from - within + stopMs : from;
  }

  private answer(): void {
    for (let [first] = this.leaving; first !== undefined && first.at <= this.now; [first] = this.leaving) {
      this.leaving.shift();
      this.latencies.push(this.now - first.beganAt);
      this.window.end('answered', first.beganAt, this.now);
    }
  }
}

const anyStation = fc.record({
  quietMs: fc.integer({ min: 1, max: 250 }),
  perSecond: fc.integer({ min: 200, max: 10_000 }),
});

describe('gateway: window', () => {
  it('refuses nothing below capacity, and keeps latency and throughput when five times as much comes', () => {
    const queue = new Queue({ quietMs: 10, perSecond: 2_000 });
    queue.offer(1_000, 5_000);
    expect(queue.refused).to.equal(0);
    queue.offer(10_000, 2_000);
    queue.offer(10_000, 10_000);
    expect(queue.percentile(0.99)).to.be.below(3 * ADMISSION_TARGET_MS);
    expect(queue.percentile(0.5)).to.be.below(2 * ADMISSION_TARGET_MS);
    expect(queue.latencies.length / 10, 'answered a second').to.be.above(0.95 * 2_000);
    queue.offer(1_000, 1_000);
    queue.offer(1_000, 5_000);
    expect(queue.refused, 'afterwards').to.equal(0);
    expect(queue.percentile(0.99)).to.be.below(20);
  });

  it('so for every station, whatever it can carry: bounded, busy, and as before afterwards', () => {
    fc.assert(
      fc.property(anyStation, fc.integer({ min: 2, max: 10 }), (station, factor) => {
        const queue = new Queue(station);
        const normal = station.perSecond / 2;
        queue.offer(normal, 3_000);
        const before = queue.percentile(0.99);
        // What was let in before anything was measured leaves first.
        queue.offer(factor * station.perSecond, 12_000);
        queue.offer(factor * station.perSecond, 5_000);
        // With the smallest window so many wait, and what that takes is tolerated as what is usual.
        const least = (1_000 * MIN_WINDOW) / station.perSecond + station.quietMs;
        const bound = Math.max(2.5 * ADMISSION_TARGET_MS, 5 * before, 5 * least);
        expect(queue.percentile(0.99), 'during').to.be.below(bound);
        expect(queue.latencies.length / 5, 'answered a second').to.be.above(0.8 * station.perSecond);
        expect(queue.mostOpen).to.be.below((station.perSecond * bound) / 1_000 + 2 * MIN_WINDOW);
        queue.offer(normal, 2_000);
        queue.offer(normal, 2_000);
        expect(queue.refused, 'afterwards').to.equal(0);
        expect(queue.percentile(0.99)).to.be.below(before + 2);
      }),
      {
        numRuns: 15,
        // With a first window they answer in just the time that is aimed at: nothing is too slow, and nothing too quick.
        examples: [
          [{ quietMs: ADMISSION_TARGET_MS - 1, perSecond: 6_415 }, 2],
          [{ quietMs: ADMISSION_TARGET_MS - 1, perSecond: 10_000 }, 3],
        ],
      },
    );
  });

  it('lets in what comes below capacity although answers come in bursts, nearly as if there had been no overload', () => {
    for (const stopMs of [100, 200, 300]) {
      const queue = new Queue({ quietMs: 100, perSecond: 200, everyMs: 2_000, stopMs });
      const normal = 0.7 * 200 * (1 - stopMs / 2_000);
      queue.offer(normal, 10_000);
      const before = queue.refused;
      queue.offer(1_000, 10_000);
      queue.offer(normal, 5_000);
      queue.offer(normal, 10_000);
      expect(queue.refused, `afterwards, with pauses of ${stopMs} ms`).to.be.at.most(
        before + 0.02 * 10 * normal,
      );
    }
  });

  it('bears the second long pause as it bore the first, however little comes', () => {
    const queue = new Queue({ quietMs: 10, perSecond: 1_000, everyMs: 60_000, stopMs: 3_000 });
    for (const pause of ['first', 'second', 'third']) {
      queue.offer(20, 60_000);
      expect(queue.mostOpen, `${pause} pause`).to.be.at.least(50);
      // Who comes while those who waited are answered, all at once, may be sent away.
      expect(queue.refused, `${pause} pause`).to.be.at.most(2);
    }
  });

  it('does not grow because what was let in before an overload is answered in time', () => {
    const queue = new Queue({ quietMs: 150, perSecond: 170 });
    queue.offer(120, 5_000);
    queue.offer(850, 10_000);
    expect(queue.mostOpen).to.be.at.most(FIRST_WINDOW);
  });

  it('is not made narrow by a quiet hour', () => {
    const queue = new Queue({ quietMs: 10, perSecond: 1_000 });
    queue.offer(10_000, 10_000);
    queue.offer(0, 1_000);
    queue.now += 3_600_000;
    queue.offer(500, 5_000);
    expect(queue.window.size).to.be.above(1.5 * 500 * (ADMISSION_TARGET_MS / 1_000));
  });

  it('follows a station that becomes slower while there is too much, and faster again', () => {
    const queue = new Queue({ quietMs: 5, perSecond: 4_000 });
    queue.offer(20_000, 5_000);
    queue.station = { quietMs: 5, perSecond: 400 };
    queue.offer(20_000, 5_000);
    queue.offer(20_000, 5_000);
    expect(queue.percentile(0.99)).to.be.below(3 * ADMISSION_TARGET_MS);
    queue.station = { quietMs: 5, perSecond: 4_000 };
    queue.offer(20_000, 3_000);
    queue.offer(20_000, 5_000);
    expect(queue.latencies.length / 5).to.be.above(0.9 * 4_000);
  });

  it('does not take slow storage for overload: the target rises with what a quiet station takes, to a bound', () => {
    const slow = new Queue({ quietMs: 200, perSecond: 2_000 });
    slow.offer(100, 5_000);
    expect(slow.window.targetMs).to.be.above(2 * ADMISSION_TARGET_MS);
    slow.offer(10_000, 5_000);
    slow.offer(10_000, 5_000);
    expect(slow.latencies.length / 5, 'answered a second').to.be.above(0.9 * 2_000);
    const slowest = new Queue({ quietMs: 900, perSecond: 2_000 });
    slowest.offer(100, 20_000);
    expect(slowest.window.targetMs).to.equal(ADMISSION_TARGET_MAX_MS);
  });

  it('becomes slow storage while there is too much: the target is found again from the smallest window', () => {
    const queue = new Queue({ quietMs: 5, perSecond: 2_000 });
    queue.offer(10_000, 5_000);
    queue.station = { quietMs: 300, perSecond: 2_000 };
    queue.offer(10_000, 90_000);
    queue.offer(10_000, 5_000);
    expect(queue.latencies.length / 5, 'answered a second').to.be.above(0.5 * 2_000);
  });

  it('never gives one holder more than it leaves for all others', () => {
    const window = new Window();
    let greedy = 0;
    for (; greedy < FIRST_WINDOW && window.hasRoomFor(greedy); greedy += 1) window.begin(0);
    expect(greedy).to.equal(FIRST_WINDOW / 2);
    let second = 0;
    for (; second < FIRST_WINDOW && window.hasRoomFor(second); second += 1) window.begin(0);
    expect(second).to.equal(FIRST_WINDOW / 4);
    let single = 0;
    for (; single < FIRST_WINDOW && window.hasRoomFor(0); single += 1) window.begin(0);
    expect(single, 'others have room').to.equal(FIRST_WINDOW / 4);
  });

  it('tells to come back later the more are refused, within bounds', () => {
    const of = (refusals: number): number => {
      const window = new Window();
      window.begin(0);
      for (let each = 0; each < refusals; each += 1) window.refuse(0);
      window.end('overloaded', 0, ADMISSION_INTERVAL_MS);
      return window.retryAfterMs;
    };
    expect(of(0)).to.equal(OVERLOADED_RETRY_MS);
    expect(of(4)).to.equal(5 * OVERLOADED_RETRY_MS);
    expect(of(1_000_000)).to.equal(CLIENT_RETRY_MAX_MS);
  });

  it('is halved where the partition itself refuses, and never below the least', () => {
    const window = new Window();
    const sizes: number[] = [];
    for (let at = 1; at <= 12; at += 1) {
      window.begin(0);
      window.end('overloaded', 0, at * ADMISSION_INTERVAL_MS);
      sizes.push(window.size);
    }
    expect(sizes.slice(0, 3)).to.deep.equal([FIRST_WINDOW / 2, FIRST_WINDOW / 4, FIRST_WINDOW / 8]);
    expect(sizes.at(-1)).to.equal(MIN_WINDOW);
  });

  it('does not grow by what was lost, nor by what nobody was refused for', () => {
    const window = new Window();
    for (let at = 1; at <= 1_000; at += 1) {
      window.begin(0);
      window.end(at % 2 === 0 ? 'lost' : 'answered', 10 * at - 1, 10 * at);
    }
    expect(window.size).to.equal(FIRST_WINDOW);
    expect(window.open).to.equal(0);
    expect(MAX_WINDOW).to.be.above(FIRST_WINDOW);
  });
});
