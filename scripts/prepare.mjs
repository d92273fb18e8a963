// What has to be there before anything runs: dependencies and a build. Only node builtins: in a fresh clone
// there is nothing else yet. Everything is said on stderr, because stdout may belong to a JSON document.
import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stamp = join(dist, '.built');

/** Folders of TypeScript sources, as in tsconfig.json. */
const sources = ['proto', 'actors', 'gateway', 'client', 'simulator', 'operator', 'servers', 'bench', 'test'];
/** Folders from which files other than TypeScript are copied, because tsc only writes what it compiles. */
const assets = [join('proto', 'generated'), join('servers', 'node')];

export const say = (line) => process.stderr.write(`${line}\n`);

/** Runs a program to its end. `output: 'capture'` collects what it prints, else it prints on stderr. */
export function run(command, args, { output = 'stderr', env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = output === 'capture' ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2];
    const child = spawn(command, args, { cwd: root, env, stdio });
    const text = [];
    child.stdout?.on('data', (chunk) => text.push(chunk));
    child.stderr?.on('data', (chunk) => text.push(chunk));
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ ok: code === 0, code: code ?? signal, text: Buffer.concat(text).toString() }),
    );
  });
}

/** The script behind a package's command: started with this node, not with whichever the shell finds. */
export const packageScript = (...path) => join(root, 'node_modules', ...path);

const readJson = async (path) => JSON.parse(await readFile(path, 'utf8'));

/**
 * Whether node_modules holds what package-lock.json asks for. Compares versions with npm's own record of the
 * installed tree: times of files say little after a `git checkout`.
 */
async function installed() {
  let present;
  try {
    present = await readJson(join(root, 'node_modules', '.package-lock.json'));
  } catch {
    return false; // no node_modules, or an installation that was interrupted
  }
  const wanted = await readJson(join(root, 'package-lock.json'));
  return Object.entries(wanted.packages).every(
    ([path, { version, optional, devOptional, peer }]) =>
      path === '' || present.packages[path]?.version === version || optional || devOptional || peer,
  );
}

export async function install() {
  if (await installed()) return;
  say('installing dependencies (npm ci)');
  // The npm that runs us, when there is one. --include=dev: we build here, also with NODE_ENV=production.
  const [command, prefix] = process.env['npm_execpath']?.endsWith('.js')
    ? [process.execPath, [process.env['npm_execpath']]]
    : ['npm', []];
  const args = [...prefix, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { ok, text } = await run(command, args, { output: 'capture' });
  if (ok) return;
  say(text.trimEnd());
  throw new Error('npm ci failed: the dependencies of package-lock.json could not be installed');
}

async function* walk(folder) {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    yield { path, isFile: entry.isFile() };
    if (entry.isDirectory()) yield* walk(path);
  }
}

const modified = async (path) => (await stat(path).catch(() => undefined))?.mtimeMs;

/** Whether something changed since the last build. The times of folders tell of deleted and renamed files. */
async function built() {
  const since = await modified(stamp);
  if (since === undefined) return false;
  const newer = async (path) => ((await modified(path)) ?? 0) > since;
  for (const path of ['tsconfig.json', 'package-lock.json', ...sources]) {
    if (await newer(join(root, path))) return false;
  }
  for (const folder of sources) {
    for await (const { path } of walk(join(root, folder))) if (await newer(path)) return false;
  }
  return true;
}

async function copyAssets() {
  for (const folder of assets) {
    for await (const { path, isFile } of walk(join(root, folder))) {
      if (!isFile || path.endsWith('.ts')) continue;
      const target = join(dist, relative(root, path));
      await mkdir(dirname(target), { recursive: true });
      await cp(path, target);
    }
  }
}

/** Removes output whose source is gone: mocha would go on running a deleted test. */
async function prune() {
  for (const folder of sources) {
    for await (const { path, isFile } of walk(join(dist, folder))) {
      if (!isFile) continue;
      const origin = join(root, relative(dist, path));
      const candidates = [origin, origin.replace(/\.js(\.map)?$/, '.ts')];
      const found = await Promise.all(candidates.map(modified));
      if (found.every((time) => time === undefined)) await rm(path);
    }
  }
}

/** Compiles what changed. Throws after tsc has named the errors. */
export async function build() {
  const begin = new Date();
  await rm(stamp, { force: true });
  const tsc = packageScript('typescript', 'bin', 'tsc');
  const colour = process.stderr.isTTY ? ['--pretty'] : [];
  const { ok } = await run(process.execPath, [tsc, '-p', root, ...colour]);
  if (!ok) throw new Error('the build failed');
  await prune();
  await copyAssets();
  await writeFile(stamp, '');
  // Dated at the beginning: what is saved while tsc runs belongs to the next build.
  await utimes(stamp, begin, begin);
}

export async function buildIfNeeded() {
  if (await built()) return;
  say('building');
  await build();
}
