/** Commands that came before what they need: decided when it is here, rejected when it has not come in time. */
import { HELD_MS, MAX_HELD } from '../bounds.js';
import type { Response } from './domain.js';
import type { Origin } from './outbox.js';
import type { Cancel, Clock } from './ports.js';

export type Hold = Extract<Response, { kind: 'hold' }>;

interface Entry<Command> {
  readonly command: Command;
  readonly origin: Origin;
  readonly hold: Hold;
  readonly deadline: number;
}

export interface HeldParts<Command> {
  readonly clock: Clock;
  /** Decides it (again). */
  readonly decide: (command: Command, origin: Origin) => void;
  readonly reject: (origin: Origin, hold: Hold) => void;
}

/** Never durable: whoever sent a command that is lost here sends it again. */
export class Held<Command> {
  readonly #parts: HeldParts<Command>;
  /** All wait equally long, so the oldest is first, and one timer serves all. */
  #entries: Entry<Command>[] = [];
  #timer: Cancel | undefined;
  #closed = false;

  constructor(parts: HeldParts<Command>) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#entries.length;
  }

  add(command: Command, origin: Origin, hold: Hold): void {
    if (this.#closed || this.#entries.length >= MAX_HELD) {
      this.#parts.reject(origin, hold);
      return;
    }
    this.#entries.push({ command, origin, hold, deadline: this.#parts.clock.elapsed() + HELD_MS });
    this.#timer ??= this.#parts.clock.after(HELD_MS, () => {
      this.#expire();
    });
  }

  /** Something has come that some may have waited for. */
  look(): void {
    if (this.#entries.length === 0) return;
    const due: Entry<Command>[] = [];
    const early: Entry<Command>[] = [];
    for (const entry of this.#entries) (entry.hold.ready() ? due : early).push(entry);
    this.#entries = early;
    if (early.length === 0) this.#stopTimer();
    for (const { command, origin } of due) this.#parts.decide(command, origin);
  }

  /** Forgets all, and rejects whatever comes from now on. */
  stop(): void {
    this.#closed = true;
    this.#entries = [];
    this.#stopTimer();
  }

  #stopTimer(): void {
    this.#timer?.();
    this.#timer = undefined;
  }

  #expire(): void {
    this.#timer = undefined;
    this.look();
    const now = this.#parts.clock.elapsed();
    const late = this.#entries.filter(({ deadline }) => deadline <= now);
    this.#entries = this.#entries.slice(late.length);
    for (const { origin, hold } of late) this.#parts.reject(origin, hold);
    const [next] = this.#entries;
    if (next === undefined) return;
    this.#timer = this.#parts.clock.after(Math.max(1, next.deadline - now), () => {
      this.#expire();
    });
  }
}
