import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Apt } from './apt.js';

const SOURCES = '/etc/apt/sources.list.d';
const OFFICIAL_HOST = 'deb.debian.org';

/**
 * Addresses at which Debian's archive may be found, best first: those that apt uses on this machine
 * for the running release (apt's own view, then the files it reads), then Debian's official one.
 */
export async function debianArchives(apt: Apt): Promise<string[]> {
  const release = await debianRelease();
  if (release === undefined) return [officialArchive()];
  const known = [...(await fromApt(apt, release)), ...(await fromSourceFiles(release)), officialArchive()];
  return [...new Set(known.map(withSlash))];
}

/** The lines `URI|RELEASE|COMPONENT` that `apt-get indextargets` prints; only main of this release. */
export function archivesOf(indexTargets: string, release: string): string[] {
  return indexTargets
    .split('\n')
    .map((line) => line.split('|'))
    .filter(([, suite, component]) => suite === release && component === 'main')
    .flatMap(([uri]) => (uri === undefined ? [] : [uri]));
}

/** The `URIs:` of the stanzas of a deb822 sources file that list main of this release. */
export function archivesInSources(text: string, release: string): string[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string) =>
      new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(stanza)?.[1]?.split(/\s+/) ?? [];
    const fits = field('Suites').includes(release) && field('Components').includes('main');
    return fits ? field('URIs').filter((uri) => uri !== '') : [];
  });
}

async function fromApt(apt: Apt, release: string): Promise<string[]> {
  const format = ['--format', '$(REPO_URI)|$(RELEASE)|$(COMPONENT)', 'Created-By: Packages'];
  const result = await apt.run(['indextargets', '--no-release-info', ...format]);
  return archivesOf(result.stdout, release);
}

async function fromSourceFiles(release: string): Promise<string[]> {
  const names = await readdir(SOURCES).catch(() => []);
  const files = names.filter((name) => name.endsWith('.sources')).map((name) => join(SOURCES, name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.flatMap((text) => archivesInSources(text, release));
}

async function debianRelease(): Promise<string | undefined> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID="?debian"?$/m.test(text)) return undefined;
  return /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(text)?.[1];
}

function officialArchive(): string {
  return `http://${OFFICIAL_HOST}/debian/`;
}

function withSlash(uri: string): string {
  return uri.endsWith('/') ? uri : `${uri}/`;
}
