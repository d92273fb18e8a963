import { NATS_GREETING_MS, NATS_PING_INTERVAL_MS, NATS_RECONNECT_PAUSE_MS } from '../../bounds.js';
import type { NatsConnection } from '@nats-io/transport-node';
import { parseNatsAddress } from './address.js';
import { NatsBus } from './bus.js';
import { Inbox } from './inbox.js';
import { connectClient } from './transport.js';

export type ConnectionStatus = 'disconnected' | 'reconnected';

export interface ConnectOptions {
  /** Shown by the server's /connz. */
  readonly name: string;
  /** Called when the connection was lost and when it is back. */
  readonly onStatus?: (status: ConnectionStatus) => void;
}

/** One connection of this process to NATS, with everything that works on it. */
export interface Nats {
  readonly client: NatsConnection;
  readonly inbox: Inbox;
  readonly bus: NatsBus;
  /** Calls back after every reconnection: messages may have been missed. Ends with the returned function. */
  onReconnect(callback: () => void): () => void;
  /** Sends what is waiting, then ends. */
  close(): Promise<void>;
}

/**
 * Connects, and stays connected: a lost connection is tried again for ever, the first one only once.
 * @param url `nats://user:password@host:port`, several with commas; see address.ts
 * @throws NatsAddressError, or the client's error when nobody can be reached there
 */
export async function connectNats(url: string, options: ConnectOptions): Promise<Nats> {
  const client = await connectClient({
    ...parseNatsAddress(url),
    name: options.name,
    // By itself it gives up for ever after the second refusal of its life, also one for a greeting that came too late.
    ignoreAuthErrorAbort: true,
    // A stack trace for every request costs more than the request.
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: NATS_RECONNECT_PAUSE_MS,
    reconnectJitter: NATS_RECONNECT_PAUSE_MS,
    waitOnFirstConnect: false,
    pingInterval: NATS_PING_INTERVAL_MS,
    maxPingOut: 2,
    timeout: NATS_GREETING_MS,
  });
  const inbox = new Inbox(client);
  const reconnects = new Set<() => void>();
  let closing = false;
  void watch(client, (status) => {
    inbox.setConnected(status === 'reconnected');
    if (!closing) options.onStatus?.(status);
    if (status === 'reconnected') for (const callback of reconnects) callback();
  });
  return {
    client,
    inbox,
    bus: new NatsBus(client),
    onReconnect: (callback) => {
      reconnects.add(callback);
      return () => {
        reconnects.delete(callback);
      };
    },
    close: () => {
      closing = true;
      return close(client);
    },
  };
}

async function watch(client: NatsConnection, onStatus: (status: ConnectionStatus) => void): Promise<void> {
  for await (const { type } of client.status()) {
    if (type === 'disconnect' || type === 'close') onStatus('disconnected');
    if (type === 'reconnect') onStatus('reconnected');
  }
}

/** Draining waits for the server; without one there is nothing to wait for. */
async function close(client: NatsConnection): Promise<void> {
  if (client.isClosed()) return;
  const patience = setTimeout(() => void client.close(), NATS_RECONNECT_PAUSE_MS * 20);
  await client.drain().catch(() => client.close());
  clearTimeout(patience);
}
