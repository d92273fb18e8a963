import { access, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApt, unpackArchives, type Apt, type AptLists } from './apt.js';
import { debianArchives } from './archive.js';
import { runCommand } from './command.js';
import type { Staging, Unpacked } from './cache.js';

const KEYRINGS = [
  '/usr/share/keyrings/debian-archive-keyring.gpg',
  '/usr/share/keyrings/debian-archive-keyring.pgp',
];
const BINARY_FOLDERS = ['root/usr/bin', 'root/usr/sbin'];

/** nats-server of Debian's unstable suite; its binary runs on Debian 12. Signatures are checked by apt. */
export async function natsFromDebian(staging: Staging): Promise<Unpacked> {
  const apt = await openApt(staging.work, 'own');
  const keyring = await installedKeyring();
  const architecture = await dpkgArchitecture();
  let reason = 'no archive known';
  for (const uri of await debianArchives(apt)) {
    await writeFile(join(apt.sources, 'sid.sources'), sidSource(uri, architecture, keyring));
    reason = await downloadFromSid(apt);
    if (reason === '') return unpacked(apt, staging, 'nats-server');
  }
  throw new Error(reason);
}

/** redis-server of the system's own suite, with those libraries that the system lacks. */
export async function redisFromApt(staging: Staging): Promise<Unpacked> {
  await download(staging, ['install', '-y', '--no-install-recommends', '--download-only', 'redis-server']);
  return unpacked(await openApt(staging.work, 'system'), staging, 'redis-server');
}

/** spin of the system's own suite; it needs the C library only. */
export async function spinFromApt(staging: Staging): Promise<Unpacked> {
  await download(staging, ['download', 'spin']);
  return unpacked(await openApt(staging.work, 'system'), staging, 'spin');
}

async function download(staging: Staging, args: readonly string[]): Promise<void> {
  const withPresentLists = await downloadBy(staging, 'system', args);
  const reason = withPresentLists.ok ? '' : (await downloadBy(staging, 'own', args)).reason;
  if (reason !== '') throw new Error(reason);
}

/** A machine that never ran `apt-get update` has no lists: then they are read into the work folder. */
async function downloadBy(
  staging: Staging,
  lists: AptLists,
  args: readonly string[],
): Promise<{ ok: boolean; reason: string }> {
  const apt = await openApt(staging.work, lists);
  if (lists === 'own') {
    const update = await apt.run(['update']);
    if (!update.ok) return update;
  }
  return apt.run(args);
}

async function downloadFromSid(apt: Apt): Promise<string> {
  const onlySid = ['-o', 'Dir::Etc::SourceList=/dev/null', '-o', `Dir::Etc::SourceParts=${apt.sources}`];
  const update = await apt.run([...onlySid, '-o', 'APT::Update::Error-Mode=any', 'update']);
  if (!update.ok) return update.reason;
  return (await apt.run([...onlySid, 'download', 'nats-server'])).reason;
}

function sidSource(uri: string, architecture: string, keyring: string): string {
  return [
    'Types: deb',
    `URIs: ${uri}`,
    'Suites: sid',
    'Components: main',
    `Architectures: ${architecture}`,
    'Targets: Packages',
    `Signed-By: ${keyring}`,
    '',
  ].join('\n');
}

async function installedKeyring(): Promise<string> {
  for (const keyring of KEYRINGS) {
    if (await exists(keyring)) return keyring;
  }
  throw new Error("Debian's archive keyring is not installed");
}

async function dpkgArchitecture(): Promise<string> {
  const result = await runCommand('dpkg', ['--print-architecture'], { timeoutMs: 10_000 });
  if (!result.ok) throw new Error(`dpkg: ${result.reason}`);
  return result.stdout.trim();
}

async function unpacked(apt: Apt, staging: Staging, name: string): Promise<Unpacked> {
  await unpackArchives(apt, staging.root);
  for (const folder of BINARY_FOLDERS) {
    const binary = `${folder}/${name}`;
    if (await exists(join(staging.folder, binary)))
      return { binary, libraries: await libraryFolders(staging) };
  }
  throw new Error(`the packages hold no ${name}`);
}

/** Relative to the staging folder: every folder of `lib` and `usr/lib` in which a shared library lies. */
async function libraryFolders(staging: Staging): Promise<string[]> {
  const folders: string[] = [];
  for (const base of ['root/lib', 'root/usr/lib']) {
    const below = await readdir(join(staging.folder, base), { withFileTypes: true }).catch(() => []);
    const names = ['', ...below.filter((entry) => entry.isDirectory()).map((entry) => `/${entry.name}`)];
    for (const name of names) {
      const files = await readdir(join(staging.folder, base + name)).catch(() => []);
      if (files.some((file) => /\.so(\.|$)/.test(file))) folders.push(base + name);
    }
  }
  return folders;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
