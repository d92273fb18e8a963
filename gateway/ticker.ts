/** Something that collects during a tick. */
export interface Ticking {
  tick(): void;
}

/** Calls everything that asked for it once, at the end of the present tick: one callback for all of them. */
export class Ticker {
  private readonly soon: (callback: () => void) => void;
  private waiting: Ticking[] = [];

  constructor(soon: (callback: () => void) => void) {
    this.soon = soon;
  }

  /** To be called at most once a tick by each. */
  add(ticking: Ticking): void {
    this.waiting.push(ticking);
    if (this.waiting.length > 1) return;
    this.soon(() => {
      const due = this.waiting;
      this.waiting = [];
      for (const each of due) each.tick();
    });
  }
}
