import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './command.js';
import type { Staging, Unpacked } from './cache.js';

const RELEASES = 'https://github.com/nats-io/nats-server/releases/download';
const VERSION = '2.15.1';
const SUMS_TIMEOUT_MS = 5_000;
const TARBALL_TIMEOUT_MS = 120_000;
const SYSTEMS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin' };
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', arm: 'arm7' };

/**
 * nats-server from its project's releases. The checksums come first, with a short deadline: where
 * GitHub cannot be reached that is known within seconds.
 */
export async function natsFromGitHub(staging: Staging, releases: string = RELEASES): Promise<Unpacked> {
  const name = `nats-server-v${VERSION}-${target(process.platform, process.arch)}`;
  const folder = `${releases}/v${VERSION}`;
  const sums = (await download(`${folder}/SHA256SUMS`, SUMS_TIMEOUT_MS)).toString('utf8');
  const tarball = await download(`${folder}/${name}.tar.gz`, TARBALL_TIMEOUT_MS);
  if (sumOf(sums, `${name}.tar.gz`) !== createHash('sha256').update(tarball).digest('hex')) {
    throw new Error(`${name}.tar.gz does not have the checksum of its release`);
  }
  const file = join(staging.work, 'nats-server.tar.gz');
  await writeFile(file, tarball);
  const result = await runCommand('tar', ['-xzf', file, '-C', staging.root], { timeoutMs: 60_000 });
  if (!result.ok) throw new Error(`tar: ${result.reason}`);
  return { binary: `root/${name}/nats-server`, libraries: [] };
}

function target(platform: string, arch: string): string {
  const system = SYSTEMS[platform];
  const architecture = ARCHITECTURES[arch];
  if (system !== undefined && architecture !== undefined) return `${system}-${architecture}`;
  throw new Error(`no release for ${platform}-${arch}`);
}

/** The checksum of a file in a `SHA256SUMS`, whose lines are `HEX  NAME`. */
function sumOf(sums: string, name: string): string | undefined {
  const line = sums.split('\n').find((each) => each.trim().endsWith(` ${name}`));
  return line?.trim().split(/\s+/)[0];
}

async function download(url: string, timeoutMs: number): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) }).catch((error: unknown) => {
    throw new Error(`not reachable (${causeOf(error)})`);
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? (cause.message.split('\n')[0] ?? cause.name) : String(cause);
}
