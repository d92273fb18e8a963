import { REDIS_AWAY_SAID_MS } from '../../bounds.js';
import type { Clock } from '../../runtime/ports.js';
import { addressOf, type RedisStatus } from './connection.js';

export interface RedisReportParts {
  readonly url: string;
  /** What goes on, and what does not, while Redis is away. */
  readonly meanwhile: string;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly log: (line: string) => void;
}

/** Says which Redis does not answer: when that begins, then every REDIS_AWAY_SAID_MS, and when it answers again. */
export class RedisReport {
  readonly #parts: RedisReportParts;
  #said: number | undefined;

  constructor(parts: RedisReportParts) {
    this.#parts = parts;
  }

  /** `reason`: why an attempt to reach it failed. */
  seen(status: RedisStatus, reason: string): void {
    const { url, meanwhile, clock, log } = this.#parts;
    const redis = `Redis at ${addressOf(url)}`;
    const now = clock.elapsed();
    if (status === 'ready') {
      if (this.#said !== undefined) log(`${redis} answers again`);
      this.#said = undefined;
    } else if (this.#said === undefined || now - this.#said >= REDIS_AWAY_SAID_MS) {
      log(`${redis} does not answer (${reason}): ${meanwhile}; start it, or correct REDIS_URL`);
      this.#said = now;
    }
  }
}
