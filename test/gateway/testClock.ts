import type { Cancel, Clock } from '../../actors/runtime/ports.js';

/** Real turns of the event loop (sockets need them), but time passes only when a test says so. */
export class TestClock implements Clock {
  private time = Date.UTC(2026, 0, 5, 3);
  private readonly timers = new Set<{ readonly due: number; readonly callback: () => void }>();

  now(): number {
    return this.time;
  }

  elapsed(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): Cancel {
    const timer = { due: this.time + ms, callback };
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  }

  soon(callback: () => void): void {
    setImmediate(callback);
  }

  /** Lets `ms` pass at once and runs what became due, by time. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const [first] = [...this.timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
      if (first === undefined) break;
      this.timers.delete(first);
      this.time = Math.max(this.time, first.due);
      first.callback();
    }
    this.time = end;
  }
}
