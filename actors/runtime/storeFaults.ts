/**
 * What Redis was caught at (D10): said in the log, counted, and shown to operators for a while. Nothing depends on it:
 * what was caught is not believed, and rebuilt from the journal.
 */
import { STORE_FAULT_LOG_MS, STORE_FAULT_SHOWN_MS } from '../bounds.js';
import type { Clock, Snapshot } from './ports.js';

export type StoreFault =
  | 'SNAPSHOT_MISSING'
  | 'SNAPSHOT_STALE'
  | 'SNAPSHOT_UNREADABLE'
  | 'PAGE_LOST'
  | 'CHECKPOINT_LOST'
  | 'READ_FAILED'
  | 'WRITE_FAILED';

const REBUILT = 'rebuilt from the journal';

/** Snapshots that were read together and do not count. */
export class RefusedSnapshots {
  readonly #missing: string[] = [];
  readonly #stale: string[] = [];

  add(unit: string, snapshot: Snapshot | undefined): void {
    (snapshot === undefined ? this.#missing : this.#stale).push(unit);
  }

  tell(faults: StoreFaults): void {
    const [missing, stale] = [this.#missing, this.#stale];
    if (missing.length > 0) {
      const text = `snapshot of ${some(missing)} is missing in Redis: ${REBUILT}`;
      faults.caught('SNAPSHOT_MISSING', text, missing.length);
    }
    if (stale.length > 0) {
      const text = `snapshot of ${some(stale)} in Redis is not of its last event: ${REBUILT}`;
      faults.caught('SNAPSHOT_STALE', text, stale.length);
    }
  }
}

function some([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${String(others.length)} others`;
}

interface Caught {
  count: number;
  text: string;
  at: number;
  loggedAt: number;
  /** Caught since the last line of the log. */
  unsaid: number;
}

export class StoreFaults {
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  readonly #caught = new Map<StoreFault, Caught>();

  constructor(clock: Clock, log: (line: string) => void) {
    this.#clock = clock;
    this.#log = log;
  }

  snapshotUnreadable(unit: string, error: unknown): void {
    this.caught('SNAPSHOT_UNREADABLE', `snapshot of ${unit} cannot be read (${String(error)}): ${REBUILT}`);
  }

  snapshotsUnread(error: unknown): void {
    this.caught('READ_FAILED', `snapshots cannot be read (${String(error)}): ${REBUILT}`);
  }

  /** `text`: what, and what is done about it. */
  caught(fault: StoreFault, text: string, count = 1): void {
    const now = this.#clock.elapsed();
    const before = this.#caught.get(fault);
    const caught = before ?? { count: 0, text, at: now, loggedAt: -Infinity, unsaid: 0 };
    if (before === undefined) this.#caught.set(fault, caught);
    caught.count += count;
    caught.text = text;
    caught.at = now;
    if (now - caught.loggedAt < STORE_FAULT_LOG_MS) {
      caught.unsaid += 1;
      return;
    }
    this.#log(
      caught.unsaid === 0 ? text : `${text} (and ${String(caught.unsaid)} times since the last line)`,
    );
    caught.loggedAt = now;
    caught.unsaid = 0;
  }

  /** Since the partition was taken. */
  counts(): readonly (readonly [StoreFault, number])[] {
    return [...this.#caught].map(([fault, { count }]) => [fault, count]);
  }

  /** The newest of each kind that was caught lately. */
  recent(): readonly string[] {
    const since = this.#clock.elapsed() - STORE_FAULT_SHOWN_MS;
    return [...this.#caught.values()].flatMap(({ at, text }) => (at < since ? [] : [text]));
  }
}
