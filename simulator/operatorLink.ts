import { connectOperator, ConnectionLostError, type Operator } from '../client/index.js';

export interface OperatorLinkOptions {
  /** ws://host:port/v1 */
  readonly url: string;
  readonly secret: string;
}

/** Nobody answers at the address. */
export class GatewayUnreachableError extends Error {
  constructor(url: string, cause: unknown) {
    const address = url.replace(/^ws/, 'http').replace(/\/v1$/, '');
    super(`no gateway answers at ${address}: start one (emoney up), or correct the address`, { cause });
    this.name = 'GatewayUnreachableError';
  }
}

const PAUSE_MS = 250;
/** A gateway that is started again takes less. */
const PATIENCE_MS = 30_000;

/** An operator's session that comes back when its gateway does. */
export class OperatorLink {
  readonly #options: OperatorLinkOptions;
  #operator: Promise<Operator> | undefined;

  private constructor(options: OperatorLinkOptions) {
    this.#options = options;
  }

  /** Throws GatewayUnreachableError, or RejectedError (UNAUTHORIZED). */
  static async open(options: OperatorLinkOptions): Promise<OperatorLink> {
    const link = new OperatorLink(options);
    try {
      await link.#connected();
      return link;
    } catch (error) {
      throw isConnectionError(error) ? new GatewayUnreachableError(options.url, error) : error;
    }
  }

  /**
   * Does `work`; again, on a new connection, when the connection is lost in between: only for what may be done twice.
   */
  async use<T>(work: (operator: Operator) => Promise<T>): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await work(await this.#connected());
      } catch (error) {
        if (!isConnectionError(error) || performance.now() > deadline) throw error;
        this.#operator = undefined;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  async close(): Promise<void> {
    const operator = await this.#operator?.catch(() => undefined);
    await operator?.close();
  }

  #connected(): Promise<Operator> {
    this.#operator ??= connectOperator(this.#options);
    return this.#operator;
  }
}

/** The connection broke, or nobody listens there (yet). */
function isConnectionError(error: unknown): boolean {
  if (error instanceof ConnectionLostError) return true;
  return error instanceof Error && 'code' in error && /^E(CONN|PIPE)/.test(String(error.code));
}
