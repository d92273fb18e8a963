import { WebSocket } from 'ws';
import { MAX_CLIENT_MESSAGE_BYTES } from '../actors/bounds.js';

/** What ws closes by itself, when a frame breaks the rules: it says the code, and no word. */
const reasons: ReadonlyMap<number, string> = new Map([
  [1002, 'a frame that RFC 6455 does not allow'],
  [1007, 'a text that is not UTF-8'],
  [1009, `a message may have at most ${MAX_CLIENT_MESSAGE_BYTES} bytes`],
]);

/** A WebSocket that always says why it is closed. */
export class ClientWebSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, reason ?? reasons.get(code ?? 0));
  }
}
