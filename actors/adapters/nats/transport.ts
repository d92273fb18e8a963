import { NatsConnectionImpl, setTransportFactory } from '@nats-io/nats-core/internal';
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import { NodeTransport, nodeResolveHost } from '@nats-io/transport-node/lib/node_transport.js';

/**
 * The client's own leaves the socket of an attempt that came to nothing open: to somebody who accepts and never greets
 * it would hold a process that has failed, and one more for each time that a worker tries again.
 */
class LettingGo extends NodeTransport {
  override async close(error?: Error): Promise<void> {
    await super.close(error);
    if (!this.connected) this.discard();
  }
}

/** As the client's `connect`. @throws its errors */
export async function connectClient(options: NodeConnectionOptions): Promise<NatsConnection> {
  setTransportFactory({ factory: () => new LettingGo(), dnsResolveFn: nodeResolveHost });
  return NatsConnectionImpl.connect(options);
}
