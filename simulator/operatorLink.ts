import { connectOperator, ConnectionLostError, RejectedError, type Operator } from '../client/index.js';

export interface OperatorLinkOptions {
  /** ws://host:port/v1 */
  readonly url: string;
  readonly secret: string;
  /** Ends what is under way, with the signal's reason, also while the gateway is away. */
  readonly signal?: AbortSignal | undefined;
  /** Once each time: the gateway is away and is tried again, with why and for how long (ms); it is back. */
  readonly onAway?: ((reason: string, patienceMs: number) => void) | undefined;
  readonly onBack?: (() => void) | undefined;
}

/** Nobody answers at the address. */
export class GatewayUnreachableError extends Error {
  constructor(url: string, cause: unknown) {
    super(`no gateway answers at ${addressOf(url)}: start one (emoney up), or correct the address`, {
      cause,
    });
    this.name = 'GatewayUnreachableError';
  }
}

/** Somebody answers, but does not speak the gateway's protocol. */
export class NoGatewayError extends Error {
  constructor(url: string, cause: unknown) {
    super(
      `what answers at ${addressOf(url)} is no gateway of emoney (${reasonOf(cause)}): correct the address`,
      { cause },
    );
    this.name = 'NoGatewayError';
  }
}

const PAUSE_MS = 250;
/** A gateway that is started again takes less. */
const PATIENCE_MS = 30_000;

/** An operator's session that comes back when its gateway does. */
export class OperatorLink {
  readonly #options: OperatorLinkOptions;
  #operator: Promise<Operator> | undefined;
  #away = false;
  /** What the signal ends: one listener for all, however many are under way. */
  readonly #endable = new Set<(reason: unknown) => void>();

  private constructor(options: OperatorLinkOptions) {
    this.#options = options;
    options.signal?.addEventListener('abort', () => {
      for (const end of this.#endable) end(options.signal?.reason);
    });
  }

  /** Throws GatewayUnreachableError, NoGatewayError, or RejectedError (UNAUTHORIZED). */
  static async open(options: OperatorLinkOptions): Promise<OperatorLink> {
    const link = new OperatorLink(options);
    try {
      await link.#unlessEnded(link.#connected());
      return link;
    } catch (error) {
      if (options.signal?.aborted === true || error instanceof RejectedError) throw error;
      throw isConnectionError(error)
        ? new GatewayUnreachableError(options.url, error)
        : new NoGatewayError(options.url, error);
    }
  }

  /**
   * Does `work`; again, on a new connection, when the connection is lost in between: only for what may be done twice.
   * Throws GatewayUnreachableError when no gateway has come back within 30 s.
   */
  async use<T>(work: (operator: Operator) => Promise<T>): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const session = this.#connected();
      try {
        const result = await this.#unlessEnded(session.then(work));
        this.#back();
        return result;
      } catch (error) {
        if (!isConnectionError(error)) throw error;
        if (performance.now() > deadline) throw new GatewayUnreachableError(this.#options.url, error);
        // Of several that were under way the first to fail has begun a new one perhaps.
        if (this.#operator === session) this.#operator = undefined;
        this.#gone(error);
        await this.#unlessEnded(new Promise((resolve) => setTimeout(resolve, PAUSE_MS)));
      }
    }
  }

  async close(): Promise<void> {
    const closing = this.#operator?.then(
      (operator) => operator.close(),
      () => undefined,
    );
    // What was ended by the signal waits for nobody.
    if (this.#options.signal?.aborted !== true) await closing;
  }

  #gone(error: unknown): void {
    if (!this.#away) this.#options.onAway?.(reasonOf(error), PATIENCE_MS);
    this.#away = true;
  }

  #back(): void {
    if (this.#away) this.#options.onBack?.();
    this.#away = false;
  }

  #connected(): Promise<Operator> {
    this.#operator ??= connectOperator(this.#options);
    return this.#operator;
  }

  async #unlessEnded<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#options;
    if (signal === undefined) return work;
    let end: (reason: unknown) => void = () => undefined;
    const ended = new Promise<never>((_, reject) => {
      end = reject;
    });
    if (signal.aborted) end(signal.reason);
    this.#endable.add(end);
    try {
      return await Promise.race([work, ended]);
    } finally {
      this.#endable.delete(end);
    }
  }
}

/** The connection broke, or nobody listens there (yet). */
function isConnectionError(error: unknown): boolean {
  if (error instanceof ConnectionLostError) return true;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^E(CONN|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOST|NET)/.test(code)) return true;
  // A gateway that is closing or full, or a proxy before one that is away.
  return error instanceof Error && /^Unexpected server response: 50[234]$/.test(error.message);
}

function addressOf(url: string): string {
  return url.replace(/^ws/, 'http').replace(/\/v1$/, '');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Several addresses of one name, each with a failure of its own, come without a text.
  return error.message === '' && 'code' in error ? String(error.code) : error.message;
}
