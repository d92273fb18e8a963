import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { isUsable } from '../../servers/binary.js';
import { archivesInSources, archivesOf } from '../../servers/archive.js';
import { cacheFolder, cachedBinary, openStaging } from '../../servers/cache.js';
import { fetchServer, type FetchWay } from '../../servers/fetch.js';
import { natsFromGitHub } from '../../servers/github.js';
import { natsKind } from '../../servers/kind.js';
import { freePorts, LOOPBACK } from '../../servers/ports.js';
import { fakeServer, rejection, removeTemporary, temporary } from './temporary.js';

const giving = (prints: string): FetchWay => ({
  from: 'a test',
  unpack: async (staging) => {
    await fakeServer(join(staging.root, 'nats-server'), prints);
    return { binary: 'root/nats-server', libraries: [] };
  },
});
const failing: FetchWay = { from: 'nowhere', unpack: () => Promise.reject(new Error('not reachable')) };

describe('fetching a server', () => {
  let cache: string;
  const fetchBy = (ways: FetchWay[], tried: string[] = []) =>
    fetchServer(natsKind, cache, { log: () => undefined, tried }, ways);

  beforeEach(async () => {
    cache = await temporary();
  });
  after(removeTemporary);

  it('goes on to the next way and notes why one failed', async () => {
    const tried: string[] = [];
    const binary = await fetchBy([failing, giving('nats-server: v2.15.1')], tried);
    expect(binary).to.include({ version: '2.15.1' });
    expect(tried).to.deep.equal(['nowhere: not reachable']);
  });

  it('leaves a server in the cache that is found again, and nothing else', async () => {
    await fetchBy([giving('nats-server: v2.15.1')]);
    expect(await cachedBinary(natsKind, cache)).to.include({ version: '2.15.1' });
    expect(await readdir(cache)).to.have.length(1);
  });

  it('never makes what does not run, or is too old, an entry of the cache', async () => {
    const tried: string[] = [];
    expect(await fetchBy([giving('nothing'), giving('nats-server: v2.9.10')], tried)).to.equal(undefined);
    expect(tried).to.have.length(2);
    expect(await readdir(cache)).to.deep.equal([]);
  });

  it('gives both of two programs that fetch at once a server that runs', async () => {
    const ways = [giving('nats-server: v2.15.1')];
    const binaries = await Promise.all([fetchBy(ways), fetchBy(ways), fetchBy(ways)]);
    for (const binary of binaries) expect(binary).to.include({ version: '2.15.1' });
    expect(await readdir(cache)).to.have.length(1);
  });

  it('detects a half entry of the cache and replaces it', async () => {
    await fetchBy([giving('nats-server: v2.15.1')]);
    const [entry = ''] = await readdir(cache);
    await rm(join(cache, entry, 'root/nats-server'));
    const broken = await cachedBinary(natsKind, cache);
    expect(broken !== undefined && !isUsable(broken)).to.equal(true);
    expect(await fetchBy([giving('nats-server: v2.15.2')])).to.include({ version: '2.15.2' });
    expect(await cachedBinary(natsKind, cache)).to.include({ version: '2.15.2' });
  });

  it('keeps the cache where the environment says', () => {
    expect(cacheFolder({ EMONEY_CACHE: '/a', XDG_CACHE_HOME: '/b' })).to.equal('/a');
    expect(cacheFolder({ XDG_CACHE_HOME: '/b' })).to.equal('/b/emoney');
    expect(cacheFolder({})).to.match(/\/\.cache\/emoney$/);
  });
});

describe("Debian's archive", () => {
  it('is what apt uses for main of the running release, nothing else', () => {
    const listed = [
      'http://one.example/debian/|bookworm|main',
      'http://one.example/debian/|bookworm-updates|main',
      'http://two.example/linux/debian/|bookworm|stable',
      '',
    ].join('\n');
    expect(archivesOf(listed, 'bookworm')).to.deep.equal(['http://one.example/debian/']);
  });

  it('is found in a sources file where apt says nothing', () => {
    const text = [
      'Types: deb\nURIs: http://one.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n',
      'Types: deb\nURIs: http://two.example/debian-security\nSuites: bookworm-security\nComponents: main\n',
    ].join('\n');
    expect(archivesInSources(text, 'bookworm')).to.deep.equal(['http://one.example/debian']);
  });
});

describe('the releases of nats-server', () => {
  const files = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const file = files.get(request.url?.split('/').at(-1) ?? '');
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  let releases: string;
  let folder: string;

  /** Serves any tarball that is asked for: the name depends on the machine that runs the test. */
  const publish = async (sumOf: (tarball: Buffer) => string) => {
    const { platform, arch } = process;
    const name = `nats-server-v2.15.1-${platform}-${{ x64: 'amd64', arm64: 'arm64', arm: 'arm7' }[arch as string] ?? ''}`;
    await mkdir(join(folder, name));
    await fakeServer(join(folder, name, 'nats-server'), 'nats-server: v2.15.1');
    execFileSync('tar', ['-czf', 'release.tar.gz', name], { cwd: folder });
    const tarball = await readFile(join(folder, 'release.tar.gz'));
    files.set(`${name}.tar.gz`, tarball);
    files.set(
      'SHA256SUMS',
      Buffer.from(`${'0'.repeat(64)}  other.tar.gz\n${sumOf(tarball)}  ${name}.tar.gz\n`),
    );
  };

  before((done) => {
    server.listen(0, LOOPBACK, done);
  });
  beforeEach(async () => {
    folder = await temporary();
    releases = `http://${LOOPBACK}:${(server.address() as { port: number }).port}`;
    files.clear();
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await removeTemporary();
  });

  it('are taken when the checksum fits', async () => {
    await publish((tarball) => createHash('sha256').update(tarball).digest('hex'));
    const staging = await openStaging(folder);
    const { binary } = await natsFromGitHub(staging, releases);
    expect(execFileSync(join(staging.folder, binary), { encoding: 'utf8' })).to.include('v2.15.1');
  });

  it('are refused when the checksum does not fit', async () => {
    await publish(() => 'f'.repeat(64));
    const error = await rejection(natsFromGitHub(await openStaging(folder), releases));
    expect(error.message).to.include('does not have the checksum');
  });

  it('fail with a short reason when they cannot be reached', async () => {
    const [port = 0] = await freePorts(1);
    const staging = await openStaging(folder);
    await writeFile(join(staging.work, 'x'), '');
    const error = await rejection(natsFromGitHub(staging, `http://${LOOPBACK}:${port}`));
    expect(error.message).to.match(/^not reachable \(.+\)$/);
  });
});
