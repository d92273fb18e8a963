import { STATUS_CODES, ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { JSON_SUBPROTOCOL, PROTOBUF_SUBPROTOCOL, type Codec } from './codec/codec.js';
import { binaryCodec } from './codec/binary.js';
import { jsonCodec } from './codec/json.js';

const codecs: ReadonlyMap<string, Codec> = new Map(
  [binaryCodec, jsonCodec].map((codec) => [codec.subprotocol, codec]),
);

/** The first subprotocol of the client's list that is spoken here. */
export function chooseCodec(request: IncomingMessage): Codec | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',');
  for (const name of offered) {
    const codec = codecs.get(name.trim());
    if (codec !== undefined) return codec;
  }
  return undefined;
}

export const SUBPROTOCOL_NEEDED = `name a subprotocol in Sec-WebSocket-Protocol: ${PROTOBUF_SUBPROTOCOL} or ${JSON_SUBPROTOCOL}`;

/** Answers an upgrade with an HTTP error and one line that says what to do. Who does not close by itself is closed. */
export function refuseUpgrade(socket: Duplex, status: number, line: string): void {
  const body = `${line}\n`;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.on('error', () => undefined);
  // Node lets a client keep its half of what was upgraded: it would hold one of MAX_SOCKETS for as long as it likes.
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

export function wantsWebSocket(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket';
}

/** Who offers a protocol that is not spoken here, as `Upgrade: h2c` does, is answered as if it had not; then closed. */
export function declineUpgrade(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  socket.on('error', () => undefined);
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.destroySoon();
  });
  return response;
}
