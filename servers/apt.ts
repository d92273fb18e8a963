import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, type CommandResult } from './command.js';

/**
 * apt-get with all its folders inside a work folder: needs no root, changes nothing on the system,
 * checks signatures as ever. `lists` says whose package lists are read.
 */
export interface Apt {
  readonly archives: string;
  readonly sources: string;
  run(args: readonly string[]): Promise<CommandResult>;
}

export type AptLists = 'system' | 'own';

const TIMEOUT_MS = 180_000;
const NO_HOOKS = ['APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success', 'DPkg::Post-Invoke'];

export async function openApt(folder: string, lists: AptLists): Promise<Apt> {
  const at = (name: string) => join(folder, name);
  for (const name of ['archives/partial', 'lists/partial', 'sources']) {
    await mkdir(at(name), { recursive: true });
  }
  await writeFile(at('apt.conf'), NO_HOOKS.map((hook) => `#clear ${hook};\n`).join(''));
  const settings = {
    ...ownFolders(folder),
    ...(lists === 'own' ? { 'Dir::State::Lists': at('lists') } : {}),
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const run = (args: readonly string[]) =>
    runCommand('apt-get', ['-q', '-c', at('apt.conf'), ...flags, ...args], {
      timeoutMs: TIMEOUT_MS,
      cwd: at('archives'),
      env: { ...process.env, LC_ALL: 'C' },
    });
  return { archives: at('archives'), sources: at('sources'), run };
}

/** Unpacks the packages in the archives folder; never the C library, which must fit the running system. */
export async function unpackArchives(apt: Apt, root: string): Promise<void> {
  const names = (await readdir(apt.archives)).filter(
    (name) => name.endsWith('.deb') && !name.startsWith('libc6_'),
  );
  for (const name of names) {
    const result = await runCommand('dpkg', ['-x', join(apt.archives, name), root], {
      timeoutMs: TIMEOUT_MS,
    });
    if (!result.ok) throw new Error(`dpkg: ${result.reason}`);
  }
}

function ownFolders(folder: string): Record<string, string> {
  return {
    'Dir::Cache': folder,
    'Dir::Cache::archives': join(folder, 'archives'),
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '15',
    'Acquire::https::Timeout': '15',
  };
}
