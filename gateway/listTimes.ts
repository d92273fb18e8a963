import { MAX_WATCHED_PUSHES } from '../actors/bounds.js';
import type { ListVersion } from '../actors/prohibitions/ports.js';
import type { Connection } from './connection.js';
import { compareVersions } from './listVersion.js';

interface Push {
  readonly version: ListVersion;
  readonly at: number;
  /** Terminals that were connected when it was pushed and have not acknowledged it. */
  missing: number;
}

/** Measures how long it takes until the last connected terminal holds a version that was pushed. */
export class ListTimes {
  private readonly onComplete: (ms: number) => void;
  /** Version that each connected terminal holds, or was welcomed with. */
  private readonly held = new Map<Connection, Map<string, ListVersion>>();
  private pushes: Push[] = [];
  private terminals = 0;

  constructor(onComplete: (ms: number) => void) {
    this.onComplete = onComplete;
  }

  /** Connected terminals. */
  get count(): number {
    return this.terminals;
  }

  /** It gets what is pushed from now on; earlier pushes do not wait for it. */
  joined(connection: Connection, terminal: string, version: ListVersion): void {
    let terminals = this.held.get(connection);
    if (terminals === undefined) this.held.set(connection, (terminals = new Map<string, ListVersion>()));
    const before = terminals.get(terminal);
    if (before === undefined) this.terminals += 1;
    else this.settle(before, version);
    terminals.set(terminal, version);
  }

  pushed(version: ListVersion): void {
    if (this.terminals === 0) return;
    if (this.pushes.length >= MAX_WATCHED_PUSHES) this.pushes.shift();
    this.pushes.push({ version, at: performance.now(), missing: this.terminals });
  }

  acknowledged(connection: Connection, terminal: string, version: ListVersion): void {
    const terminals = this.held.get(connection);
    const before = terminals?.get(terminal);
    if (terminals === undefined || before === undefined || compareVersions(version, before) <= 0) return;
    terminals.set(terminal, version);
    this.settle(before, version);
  }

  left(connection: Connection): void {
    const terminals = this.held.get(connection);
    if (terminals === undefined) return;
    this.held.delete(connection);
    this.terminals -= terminals.size;
    for (const version of terminals.values()) this.settle(version, undefined);
  }

  /** A terminal that held `before` is not waited for any more, up to `until` (undefined: by no push). */
  private settle(before: ListVersion, until: ListVersion | undefined): void {
    let completed = false;
    for (const push of this.pushes) {
      if (compareVersions(push.version, before) <= 0) continue;
      if (until !== undefined && compareVersions(push.version, until) > 0) continue;
      push.missing -= 1;
      if (push.missing > 0) continue;
      completed = true;
      this.onComplete(performance.now() - push.at);
    }
    if (completed) this.pushes = this.pushes.filter((push) => push.missing > 0);
  }
}
