import { ACKNOWLEDGED_TERMINALS, RETRY_MS } from '../actors/bounds.js';
import type { Connection } from './connection.js';
import { RejectedError } from './errors.js';
import type { ListVersion } from './heldList.js';
import { pauseMs } from './patience.js';

/**
 * Tells the gateway which list version the terminals of a connection hold: one acknowledgement at a time, always of
 * the newest version, so that a list that changes quickly does not pile them up.
 */
export class Acknowledger {
  private readonly connection: Connection;
  private readonly version: () => ListVersion | undefined;
  /** Called for each terminal whose acknowledgement the gateway has confirmed. */
  private readonly onAcknowledged: (terminal: string) => void;
  private readonly due = new Set<string>();
  private underWay = false;
  /** Rejections since the last one that was confirmed. */
  private rejections = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    connection: Connection,
    version: () => ListVersion | undefined,
    onAcknowledged: (terminal: string) => void,
  ) {
    this.connection = connection;
    this.version = version;
    this.onAcknowledged = onAcknowledged;
  }

  /** These terminals have to say (again) what they hold. */
  owe(terminals: Iterable<string>): void {
    for (const terminal of terminals) this.due.add(terminal);
    this.next();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.due.clear();
  }

  private next(): void {
    const version = this.version();
    if (this.underWay || version === undefined || this.due.size === 0) return;
    this.underWay = true;
    const terminals = [...this.due].slice(0, ACKNOWLEDGED_TERMINALS);
    for (const terminal of terminals) this.due.delete(terminal);
    this.connection.send({ listAcknowledgement: { terminals, version } }, (answer) => {
      this.underWay = false;
      if (!(answer instanceof Error)) {
        this.rejections = 0;
        for (const terminal of terminals) this.onAcknowledged(terminal);
        this.next();
      } else if (answer instanceof RejectedError) {
        this.again(terminals, answer);
      }
    });
  }

  private again(terminals: readonly string[], error: RejectedError): void {
    for (const terminal of terminals) this.due.add(terminal);
    const pause = pauseMs(error, this.rejections, 0) ?? RETRY_MS;
    this.rejections += 1;
    this.timer = setTimeout(() => {
      this.next();
    }, pause);
  }
}
