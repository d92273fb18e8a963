import { Redis } from 'ioredis';
import {
  READ_TIMEOUT_MS,
  REDIS_RECONNECT_PAUSE_MAX_MS,
  REDIS_RECONNECT_PAUSE_MS,
  REDIS_SILENCE_MS,
} from '../../bounds.js';
import { StoreUnavailableError } from '../../runtime/errors.js';
import { propertyOf } from './suitability.js';
import { writeNewerScript } from './writeNewer.js';

export type RedisStatus = 'away' | 'ready';

export interface RedisConnectionOptions {
  /** Shown by CLIENT LIST. */
  readonly name: string;
  /** Called when Redis went away, at each further attempt that failed, with its reason, and when it is back. */
  readonly onStatus?: (status: RedisStatus, reason: string) => void;
}

/** Host and port: the URL may hold a password. */
export function addressOf(url: string): string {
  return new URL(url).host;
}

/**
 * A connection that fails at once while Redis is away, instead of collecting commands, and comes back by itself.
 * Commands that were under way when it broke are failed, never sent again: a write that comes late is harmless, one
 * that nobody waits for any more is only load.
 */
export class RedisConnection {
  readonly #url: string;
  readonly #client: Redis;
  #lastError = 'not connected yet';
  #closing = false;
  #looking = false;

  constructor(url: string, { name, onStatus }: RedisConnectionOptions) {
    this.#url = url;
    this.#client = new Redis(url, {
      connectionName: name,
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: READ_TIMEOUT_MS,
      connectTimeout: READ_TIMEOUT_MS,
      // A command that times out leaves the connection as it is: a dead one would be used for ever.
      socketTimeout: REDIS_SILENCE_MS,
      retryStrategy: (times) =>
        Math.min(REDIS_RECONNECT_PAUSE_MS * 2 ** Math.min(times, 10), REDIS_RECONNECT_PAUSE_MAX_MS),
      // Never by itself (true, or 2 to send the command again): see #followPrimary.
      reconnectOnError: ({ message }) => {
        if (message.includes('READONLY')) void this.#followPrimary();
        return false;
      },
      scripts: { [writeNewerScript.name]: { lua: writeNewerScript.lua } },
    });
    // Without a listener the client prints every failed attempt.
    this.#client.on('error', (error: Error) => {
      // Several addresses of one name fail together, without a message.
      const { message, name, code = name } = error as NodeJS.ErrnoException;
      this.#lastError = message === '' ? code : message;
    });
    this.#client.on('ready', () => {
      this.#lastError = 'the connection ended';
      onStatus?.('ready', '');
    });
    this.#client.on('close', () => {
      if (!this.#closing) onStatus?.('away', this.#lastError);
    });
    // A first attempt that fails is followed by others; who needs Redis now asks `run`.
    this.#client.connect().catch(() => undefined);
  }

  /** Whether commands are taken now. */
  get isReady(): boolean {
    return this.#client.status === 'ready';
  }

  /** Resolves when Redis answers; throws StoreUnavailableError when it does not within READ_TIMEOUT_MS. */
  async ready(): Promise<void> {
    if (this.isReady) return;
    await new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#client.off('ready', onReady);
        settle();
      };
      const onReady = () => finish(resolve);
      const timer = setTimeout(
        () => finish(() => reject(this.#unavailable(this.#lastError))),
        READ_TIMEOUT_MS,
      );
      this.#client.on('ready', onReady);
    });
  }

  /** One command, or several, on the client; whatever goes wrong is a StoreUnavailableError. */
  async run<T>(command: (client: Redis) => Promise<T>): Promise<T> {
    if (!this.isReady) throw this.#unavailable(this.#lastError);
    try {
      return await command(this.#client);
    } catch (error) {
      throw this.#unavailable(error instanceof Error ? error.message : String(error), error);
    }
  }

  /** Waits for what is under way, then ends. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.isReady) await this.#client.quit().catch(() => undefined);
    this.#client.disconnect();
  }

  /**
   * Redis has become a replica: it answers reads and refuses writes, and its address may lead to another server
   * meanwhile. Where it does not, a new connection is no better, and would fail reads at each write: so this one is
   * left only when the address has been seen to lead to a primary.
   */
  async #followPrimary(): Promise<void> {
    if (this.#looking || this.#closing) return;
    this.#looking = true;
    const other = this.#client.duplicate({ retryStrategy: () => null, reconnectOnError: null });
    // As above: what it says is of no interest.
    other.on('error', () => undefined);
    try {
      await other.connect();
      const isPrimary = propertyOf(await other.info('replication'), 'role') === 'master';
      if (isPrimary && this.isReady) this.#client.disconnect(true);
    } catch {
      // Nobody there takes writes; the next one that is refused looks again.
    } finally {
      other.disconnect();
      this.#looking = false;
    }
  }

  #unavailable(reason: string, cause?: unknown): StoreUnavailableError {
    return new StoreUnavailableError(`redis at ${addressOf(this.#url)} cannot be asked: ${reason}`, {
      cause,
    });
  }
}
