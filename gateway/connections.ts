import { CLIENT_PING_MS, GATEWAY_CLOSE_MS } from '../actors/bounds.js';
import type { Cancel, Clock } from '../actors/runtime/ports.js';
import type { Connection } from './connection.js';

/** All open connections: keeps them alive, and ends them together. */
export class Connections {
  private readonly clock: Clock;
  private readonly all = new Set<Connection>();
  private cancelPing: Cancel;
  private onEmpty: (() => void) | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
    this.cancelPing = this.nextPing();
  }

  get count(): number {
    return this.all.size;
  }

  add(connection: Connection): void {
    this.all.add(connection);
  }

  remove(connection: Connection): void {
    this.all.delete(connection);
    if (this.all.size === 0) this.onEmpty?.();
  }

  /** Says "going away" to everyone and cuts who has not closed within GATEWAY_CLOSE_MS. */
  async close(): Promise<void> {
    this.cancelPing();
    for (const connection of this.all) connection.close(1001, 'the gateway is closing');
    if (this.all.size === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.clock.after(GATEWAY_CLOSE_MS, () => {
        for (const connection of this.all) connection.terminate();
      });
      this.onEmpty = () => {
        cancel();
        resolve();
      };
    });
  }

  private nextPing(): Cancel {
    return this.clock.after(CLIENT_PING_MS, () => {
      this.ping();
      this.cancelPing = this.nextPing();
    });
  }

  /** Whatever a client sends shows that it lives; only the quiet are asked. */
  private ping(): void {
    for (const connection of this.all) {
      if (connection.hasStalled()) {
        connection.terminate('stalled');
        continue;
      }
      // What it says is not read, so it is not missed.
      if (connection.isPaused) connection.heard = true;
      if (!connection.heard && connection.asked) {
        connection.terminate('silent');
        continue;
      }
      connection.asked = !connection.heard;
      if (connection.asked) connection.ping();
      connection.heard = false;
    }
  }
}
