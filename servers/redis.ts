import { join, resolve } from 'node:path';
import { hear } from './dialogue.js';
import { findServer } from './find.js';
import { redisKind } from './kind.js';
import { silent } from './log.js';
import { LOOPBACK } from './ports.js';
import { startProcess, type ServerProcess } from './process.js';
import { startOnPorts, timesOf, type StartOptions } from './start.js';

/** When the append-only file reaches the disk: before each answer, every second, or when the kernel likes. */
export type RedisSync = 'always' | 'everysec' | 'no';

export interface RedisOptions extends StartOptions {
  readonly sync?: RedisSync | undefined;
}

export interface RedisServer extends ServerProcess {
  /** `redis://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  readonly version: string;
}

export interface RedisConfig {
  readonly port: number;
  readonly dir: string;
  readonly sync: RedisSync;
  readonly extra: readonly string[];
}

const PROBE_TIMEOUT_MS = 1_000;

/**
 * Starts redis-server on a folder and waits until it answers, data loaded. May be called again on
 * the same folder (and port) when the server has ended.
 * @throws ServerError see errors.ts
 */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const binary = options.binary ?? (await findServer(redisKind, options));
  const dir = resolve(options.dir);
  const configPath = join(dir, 'redis-server.conf');
  const { sync = 'always', extraConfig: extra = [] } = options;
  return startOnPorts([options.port], async ([port = 0]) => {
    const config = renderRedisConfig({ port, dir, sync, extra });
    const server = await startProcess({
      ...{ name: redisKind.name, binary, dir, configPath, config, args: [configPath] },
      ...{ ports: [port], ...timesOf(options), log: options.log ?? silent },
      probe: (pid) => probe(port, pid),
    });
    return { ...server, url: `redis://${LOOPBACK}:${port}`, port, dir, version: binary.version };
  });
}

/** `set-proc-title no` keeps the configuration's path in the command line, by which an orphan is known. */
export function renderRedisConfig(config: RedisConfig): string {
  return [
    `bind ${LOOPBACK}`,
    'protected-mode yes',
    `port ${config.port}`,
    `dir ${quote(config.dir)}`,
    'daemonize no',
    'set-proc-title no',
    'logfile ""',
    'save ""',
    'appendonly yes',
    `appendfsync ${config.sync}`,
    'maxmemory-policy noeviction',
    ...config.extra,
    '',
  ].join('\n');
}

/** Asks for the server's own process id first: another one may have taken the port. */
async function probe(port: number, pid: number): Promise<string | undefined> {
  const say = 'INFO server\r\nPING\r\n';
  const until = (text: string) => /(\+PONG|-[A-Z]+ [^\r]*)\r\n$/.test(text);
  const heard = await hear({ port, say, until, timeoutMs: PROBE_TIMEOUT_MS });
  if (heard === undefined) return `nobody answers on port ${port}`;
  if (!heard.includes(`process_id:${pid}\r\n`)) return `another server answers on port ${port}`;
  return heard.endsWith('+PONG\r\n') ? undefined : 'it still loads its data';
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
