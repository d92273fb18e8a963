/** One nats-server, or several that are a cluster, each on a folder of its own. */
import { join } from 'node:path';
import { startNats } from '../../../servers/embedded.js';
import type { NatsOptions, NatsServer, NatsSync } from '../../../servers/nats.js';
import { freePorts, LOOPBACK } from '../../../servers/ports.js';
import { Supervised } from './supervised.js';

/** Whoever gives no user is of the first account; loopback only, so the password is no secret. */
const ACCOUNTS = [
  'accounts {',
  '  EMONEY { jetstream: enabled, users: [{ user: emoney, password: emoney }] }',
  '  SYSTEM { users: [{ user: system, password: system }] }',
  '}',
  'system_account: SYSTEM',
  'no_auth_user: emoney',
];
/** Stands before the host in the address of a cluster's system account. */
export const SYSTEM_LOGIN = 'system:system@';

/** `disk`: the folder for the only one. */
export async function natsPlans(
  dataDir: string,
  nodes: number,
  { disk = dataDir, sync }: { readonly disk?: string | undefined; readonly sync?: NatsSync | undefined },
): Promise<readonly NatsOptions[]> {
  if (nodes === 1) return [{ dir: join(disk, 'nats'), sync }];
  const ports = await freePorts(nodes);
  const routes = ports.map((port) => `"nats://${LOOPBACK}:${port}"`).join(', ');
  return ports.map((port, at) => ({
    dir: join(dataDir, `nats-${at + 1}`),
    sync,
    extraConfig: [
      ...ACCOUNTS,
      'cluster {',
      '  name: emoney-chaos',
      `  listen: "${LOOPBACK}:${port}"`,
      `  routes: [${routes}]`,
      // Clients come through proxies, and may not learn of another way.
      '  no_advertise: true',
      '}',
    ],
  }));
}

/** It comes back at the address it had. */
export async function startNode(
  plan: NatsOptions,
  onFailed: (error: unknown) => void,
): Promise<Supervised<NatsServer>> {
  let ports: Pick<NatsOptions, 'port' | 'monitorPort'> = {};
  return Supervised.start({
    onFailed,
    start: async () => {
      const server = await startNats({ ...plan, ...ports });
      ports = { port: server.port, monitorPort: server.monitorPort };
      return server;
    },
  });
}

/** What `/varz` and `/jsz?streams=1` say, as far as it is read here. */
interface Variables {
  readonly server_name: string;
}
interface JetStream {
  readonly account_details?: readonly {
    readonly stream_detail?: readonly {
      readonly name: string;
      readonly cluster?: { readonly leader?: string };
    }[];
  }[];
}

/** How many of the journals each server of a cluster leads, as the first one knows it. */
export async function journalsLedBy(servers: readonly NatsServer[]): Promise<readonly number[]> {
  const names = await Promise.all(
    servers.map(async ({ monitorUrl }) => (await read<Variables>(`${monitorUrl}/varz`)).server_name),
  );
  const { account_details: accounts = [] } = await read<JetStream>(
    `${servers[0]?.monitorUrl ?? ''}/jsz?streams=1`,
  );
  const journals = accounts.flatMap(({ stream_detail: streams = [] }) =>
    streams.filter(({ name }) => name.includes('_JOURNAL_')),
  );
  return names.map((name) => journals.filter(({ cluster }) => cluster?.leader === name).length);
}

async function read<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  return (await response.json()) as T;
}
