import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  HANDSHAKE_MS,
  MAX_CLIENT_MESSAGE_BYTES,
  MAX_CONNECTIONS,
  MAX_SOCKETS,
  WRONG_FRAME_GRACE_MS,
} from '../actors/bounds.js';
import { ClientWebSocket } from './closing.js';
import { Connection } from './connection.js';
import { dispatch } from './dispatch.js';
import { Desk } from './desk.js';
import {
  SUBPROTOCOL_NEEDED,
  chooseCodec,
  declineUpgrade,
  refuseUpgrade,
  wantsWebSocket,
} from './handshake.js';
import { httpHandler, pathOf } from './http.js';
import { Inbox } from './inbox.js';
import type { GatewayOptions } from './options.js';

export type { GatewayDeployment, GatewayOptions } from './options.js';

export interface Gateway {
  /** For clients: ws://host:port/v1 */
  readonly url: string;
  /** For people and probes: http://host:port */
  readonly address: string;
  readonly port: number;
  /** Stops accepting, answers nothing new, closes every connection with 1001. */
  close(): Promise<void>;
}

const webSocketPaths: ReadonlySet<string> = new Set(['/', '/v1']);

/** Starts a gateway: WebSocket for terminals and operators, HTTP for those who watch it. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const desk = new Desk(options, `gateway-${randomUUID()}`);
  const { metrics } = desk;
  const answer = httpHandler({ metrics, readiness: () => desk.readiness(), webSocketPaths });
  const server = createServer(
    {
      headersTimeout: HANDSHAKE_MS,
      requestTimeout: HANDSHAKE_MS,
      connectionsCheckingInterval: HANDSHAKE_MS / 4,
    },
    answer,
  );
  server.maxConnections = MAX_SOCKETS;
  const webSockets = new WebSocketServer({
    noServer: true,
    WebSocket: ClientWebSocket,
    perMessageDeflate: false,
    maxPayload: MAX_CLIENT_MESSAGE_BYTES,
    clientTracking: false,
    // The codec was chosen before; without this ws would take the client's first offer.
    handleProtocols: (_offered, request) => chooseCodec(request)?.subprotocol ?? false,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (wantsWebSocket(request)) upgrade(webSockets, desk, { request, socket: socket as Socket, head });
    else answer(request, declineUpgrade(request, socket as Socket));
  });
  try {
    await desk.open();
    await listen(server, options.host, options.port);
  } catch (error) {
    await desk.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `ws://${host}:${port}/v1`,
    address: `http://${host}:${port}`,
    port,
    close: () => close(server, desk),
  };
}

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
}

function upgrade(webSockets: WebSocketServer, desk: Desk, { request, socket, head }: Upgrade): void {
  const codec = chooseCodec(request);
  if (!webSocketPaths.has(pathOf(request))) {
    refuseUpgrade(socket, 404, 'the WebSocket is at /v1');
  } else if (codec === undefined) {
    refuseUpgrade(socket, 400, SUBPROTOCOL_NEEDED);
  } else if (desk.closing || desk.connections.count >= MAX_CONNECTIONS) {
    refuseUpgrade(
      socket,
      503,
      desk.closing ? 'the gateway is closing' : 'too many connections, try another gateway',
    );
  } else {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const { ticker, metrics, backlogs } = desk;
      const whenRead = (callback: () => void) => socket.once('drain', callback);
      const onDisconnect = metrics.disconnected.bind(metrics);
      const parts = { webSocket, socket, codec, ticker, backlogs, whenRead, onDisconnect };
      serve(webSocket, new Connection(parts), desk);
    });
  }
}

function serve(webSocket: WebSocket, connection: Connection, desk: Desk): void {
  desk.connections.add(connection);
  const take = (data: Buffer, isBinary: boolean): void => {
    if (isBinary === connection.codec.binary) dispatch(data, connection, desk);
    else refuseFrame(webSocket, connection, desk);
  };
  const inbox = new Inbox({ connection, ticker: desk.ticker, take });
  webSocket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!connection.open) return;
    connection.heard = true;
    inbox.add(data, isBinary);
  });
  webSocket.on('pong', () => {
    connection.heard = true;
  });
  // A frame that breaks the protocol, or is too large: ws has sent the close code (1002, 1007, 1009) already.
  webSocket.on('error', () => {
    desk.metrics.disconnected('protocol');
  });
  webSocket.on('close', () => {
    inbox.drop();
    desk.left(connection);
  });
}

/**
 * 1003, after a moment: who sends the wrong kind of frame often sends frames that break RFC 6455 as well, and then
 * the close code must say that (1002, 1007), which can no longer be said once 1003 is sent.
 */
function refuseFrame(webSocket: WebSocket, connection: Connection, desk: Desk): void {
  const { subprotocol, binary } = connection.codec;
  connection.mute();
  const cancel = desk.after(WRONG_FRAME_GRACE_MS, () => {
    connection.close(1003, `${subprotocol} has ${binary ? 'binary' : 'text'} frames only`, 'frame');
  });
  webSocket.once('close', cancel);
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function close(server: Server, desk: Desk): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  await desk.close();
  server.closeAllConnections();
  await closed;
}
