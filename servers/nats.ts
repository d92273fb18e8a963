import { createHash } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hear } from './dialogue.js';
import { findServer } from './find.js';
import { natsKind } from './kind.js';
import { silent } from './log.js';
import { makeFolder } from './makeFolder.js';
import { LOOPBACK } from './ports.js';
import { startProcess, type ServerProcess } from './process.js';
import { startOnPorts, timesOf, type StartOptions } from './start.js';

export { syncFolder } from './sync.js';

/** `always`: acknowledged means on disk. `interval`: the server's default, for showing what is lost with it. */
export type NatsSync = 'always' | 'interval';

export interface NatsOptions extends StartOptions {
  /** The HTTP port with `/healthz`, `/varz`, `/jsz`. Default: a free one. */
  readonly monitorPort?: number | undefined;
  readonly sync?: NatsSync | undefined;
  /** Largest message in bytes. Default 1,048,576. */
  readonly maxPayload?: number | undefined;
}

export interface NatsServer extends ServerProcess {
  /** `nats://127.0.0.1:PORT` */
  readonly url: string;
  /** `http://127.0.0.1:PORT` */
  readonly monitorUrl: string;
  readonly port: number;
  readonly monitorPort: number;
  readonly dir: string;
  readonly version: string;
}

export interface NatsConfig {
  readonly serverName: string;
  readonly port: number;
  readonly monitorPort: number;
  readonly storeDir: string;
  readonly sync: NatsSync;
  readonly maxPayload: number;
  readonly maxMemoryBytes: number;
  readonly maxFileBytes: number;
  readonly extra: readonly string[];
}

const MAX_PAYLOAD = 1_048_576;
const MAX_MEMORY_BYTES = 256 * 1_048_576;
const PROBE_TIMEOUT_MS = 1_000;

/**
 * Starts nats-server with JetStream on a folder and waits until it greets, data recovered. May be
 * called again on the same folder (and port) when the server has ended.
 * @throws ServerError see errors.ts
 */
export async function startNats(options: NatsOptions): Promise<NatsServer> {
  const binary = options.binary ?? (await findServer(natsKind, options));
  const dir = resolve(options.dir);
  const configPath = join(dir, 'nats-server.conf');
  await makeFolder(dir);
  return startOnPorts([options.port, options.monitorPort], async ([port = 0, monitorPort = 0]) => {
    const config = renderNatsConfig(await configOf(dir, { ...options, port, monitorPort }));
    const server = await startProcess({
      ...{ name: natsKind.name, binary, dir, configPath, config, args: ['-c', configPath] },
      ...{ ports: [port, monitorPort], ...timesOf(options), log: options.log ?? silent },
      probe: () => probe(port, serverName(dir)),
    });
    const [url, monitorUrl] = [`nats://${LOOPBACK}:${port}`, `http://${LOOPBACK}:${monitorPort}`];
    return { ...server, url, monitorUrl, port, monitorPort, dir, version: binary.version };
  });
}

/** The configuration file. No authentication: it listens on loopback only. */
export function renderNatsConfig(config: NatsConfig): string {
  return [
    `server_name: ${quote(config.serverName)}`,
    `host: "${LOOPBACK}"`,
    `port: ${config.port}`,
    `http: "${LOOPBACK}:${config.monitorPort}"`,
    `max_payload: ${config.maxPayload}`,
    'write_deadline: "10s"',
    'jetstream {',
    `  store_dir: ${quote(config.storeDir)}`,
    ...(config.sync === 'always' ? ['  sync_interval: always'] : []),
    `  max_mem: ${config.maxMemoryBytes}`,
    `  max_file: ${config.maxFileBytes}`,
    '}',
    ...config.extra,
    '',
  ].join('\n');
}

async function configOf(
  dir: string,
  options: NatsOptions & { port: number; monitorPort: number },
): Promise<NatsConfig> {
  const { port, monitorPort, sync = 'always', maxPayload = MAX_PAYLOAD, extraConfig: extra = [] } = options;
  const place = { serverName: serverName(dir), port, monitorPort, storeDir: join(dir, 'store') };
  const limits = { maxPayload, maxMemoryBytes: MAX_MEMORY_BYTES, maxFileBytes: await diskShare(dir) };
  return { ...place, ...limits, sync, extra };
}

/** Nine tenths of the file system's size. The server's own default shrinks at each start with what is free. */
async function diskShare(dir: string): Promise<number> {
  const { blocks, bsize } = await statfs(dir);
  return Math.floor(blocks * bsize * 0.9);
}

/** The same for a folder at every start; by it the prober knows that the right server answers. */
function serverName(dir: string): string {
  return `emoney-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`;
}

async function probe(port: number, name: string): Promise<string | undefined> {
  const heard = await hear({
    port,
    say: '',
    until: (text) => text.includes('\r\n'),
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  if (heard === undefined) return `nobody greets on port ${port}`;
  if (!heard.includes(`"server_name":"${name}"`)) return `another server answers on port ${port}`;
  return heard.includes('"jetstream":true') ? undefined : 'JetStream is not enabled';
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
