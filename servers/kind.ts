import { natsPolicy, nodePolicy, redisPolicy, spinPolicy, type VersionPolicy } from './versions.js';

/** What differs between the programs while they are fetched and kept. */
export interface ProgramKind {
  readonly name: 'nats-server' | 'redis-server' | 'spin' | 'node';
  readonly policy: VersionPolicy;
  /** Makes the program say its version; default `--version`. */
  readonly versionFlag?: string;
}

/** And while looking for them. */
export interface ServerKind extends ProgramKind {
  /** The environment variable that names a binary and wins over everything else. */
  readonly variable: string;
  /** What a person can do when nothing else works. */
  readonly hint: string;
}

export const natsKind: ServerKind = {
  name: 'nats-server',
  variable: 'NATS_SERVER_BIN',
  policy: natsPolicy,
  hint: hintFor(
    'brew install nats-server',
    'install it from https://github.com/nats-io/nats-server/releases',
    'NATS_SERVER_BIN',
    'NATS_URL',
  ),
};

export const redisKind: ServerKind = {
  name: 'redis-server',
  variable: 'REDIS_SERVER_BIN',
  policy: redisPolicy,
  hint: hintFor('brew install redis', 'apt-get install redis-server', 'REDIS_SERVER_BIN', 'REDIS_URL'),
};

/** The model checker of docs/model: no server, but found and fetched in the same way. */
export const spinKind: ServerKind = {
  name: 'spin',
  variable: 'SPIN_BIN',
  policy: spinPolicy,
  versionFlag: '-V',
  hint: `${process.platform === 'darwin' ? 'brew install spin' : 'apt-get install spin'}, or set SPIN_BIN to a binary`,
};

/** For virtual worlds: never looked for, because the running one does it too. */
export const nodeKind: ProgramKind = { name: 'node', policy: nodePolicy };

function hintFor(onMac: string, elsewhere: string, variable: string, url: string): string {
  const install = process.platform === 'darwin' ? onMac : elsewhere;
  return `${install}, or set ${variable} to a binary, or ${url} to a running server`;
}
