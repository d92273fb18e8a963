import { AcknowledgedLog } from '../acknowledgedLog.js';
import { Attempt, type Counter } from '../attempt.js';
import type { Command } from '../command.js';
import { Tally } from '../tally.js';
import type { Place } from './places.js';

/** What became of a command: its end, with every answer that it asked for, or undefined where none ever came. */
export type Ended = Attempt | undefined;

/** Follows commands to their ends, counts them, and lets the terminals keep their books. */
export class Taps implements Counter {
  readonly tally = new Tally();
  readonly log = new AcknowledgedLog();
  readonly clock: () => number;
  /** Attempts that will never get an answer, and why. */
  readonly failures: string[] = [];
  failureCount = 0;
  readonly #open = new Map<Attempt, { readonly place: Place; readonly end: (ended: Ended) => void }>();

  constructor(clock: () => number) {
    this.clock = clock;
  }

  /** `intended`: ms of performance.now(), when it should have begun. */
  async tap(command: Command, place: Place, intended = performance.now()): Promise<Ended> {
    const attempt = new Attempt(command, place.device, intended, this);
    return new Promise((end) => {
      this.#open.set(attempt, { place, end });
      attempt.begin();
    });
  }

  finished(attempt: Attempt): void {
    const open = this.#open.get(attempt);
    this.#open.delete(attempt);
    if (open === undefined) return;
    enter(open.place, attempt);
    open.end(attempt);
  }

  failed(attempt: Attempt, reason: string): void {
    this.failure(`${attempt.name}: ${reason}`);
    const open = this.#open.get(attempt);
    this.#open.delete(attempt);
    open?.end(undefined);
  }

  /** Something that will never be answered. */
  failure(text: string): void {
    this.failureCount += 1;
    if (this.failures.length < 100) this.failures.push(text);
  }

  /** At the end of the drain. */
  unanswered(): void {
    for (const attempt of this.#open.keys())
      this.failure(`${attempt.name}: no answer at the end of the drain`);
  }
}

/** What the terminal knows of it, it keeps until it closes its batch. */
function enter({ book }: Place, { answer, reversal, command }: Attempt): void {
  const undone = answer?.outcome === 'REVERSED' || answer?.outcome === 'REVERSING';
  if (answer?.outcome === 'APPROVED') book.approved(answer);
  else if (answer !== undefined && !undone) book.declined(command.amount, answer.position);
  if (reversal !== undefined) book.reversed(reversal, answer?.outcome === 'APPROVED');
  else if (undone) book.reversed(answer, false);
}
