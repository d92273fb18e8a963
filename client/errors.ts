import type { RejectionName } from './names.js';

/** An attempt was rejected (D8): nothing is said about the id. `retryAfterMs` 0: repeating it unchanged is no use. */
export class RejectedError extends Error {
  readonly code: RejectionName;
  readonly detail: string;
  readonly retryAfterMs: number;
  constructor(code: RejectionName, detail: string, retryAfterMs: number) {
    super(detail === '' ? code : `${code}: ${detail}`);
    this.name = 'RejectedError';
    this.code = code;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The connection ended before the answer came: connect again and repeat, or reverse, the same number. */
export class ConnectionLostError extends Error {
  /** Of the WebSocket; 1006: it broke without a word. */
  readonly closeCode: number;
  constructor(closeCode: number, reason: string) {
    super(`the connection to the gateway ended (${closeCode}${reason === '' ? '' : `: ${reason}`})`);
    this.name = 'ConnectionLostError';
    this.closeCode = closeCode;
  }
}

/**
 * Nothing was answered for so long that the connection is taken for lost; it is broken off. As with every lost
 * connection: connect again and repeat, or reverse, the same number.
 */
export class NoAnswerError extends ConnectionLostError {
  readonly waitedMs: number;
  constructor(waitedMs: number) {
    super(1006, `no answer within ${waitedMs} ms`);
    this.name = 'NoAnswerError';
    this.waitedMs = waitedMs;
  }
}
