import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { FetchWay } from '../../servers/fetch.js';
import { findNode } from '../../servers/node.js';
import { nodeFromRegistry } from '../../servers/registry.js';
import { judge, nodePolicy } from '../../servers/versions.js';
import { fakeProgram, fakeServer, removeTemporary, temporary } from './temporary.js';

const OLD = { path: '/running/node', version: '20.19.0' };

const giving = (prints: string): FetchWay => ({
  from: 'a test',
  unpack: async (staging) => {
    await fakeServer(join(staging.root, 'node'), prints);
    return { binary: 'root/node', libraries: [] };
  },
});
const never: FetchWay = { from: 'a test', unpack: () => expect.fail('was fetched') };

describe('the Node of virtual worlds', () => {
  let cache: string;
  let said: string[];
  const find = (running: typeof OLD, ...ways: FetchWay[]) =>
    findNode({ env: { EMONEY_CACHE: cache }, log: (line) => said.push(line), running, ways });
  /** The way of the npm registry, with a fake npm before everything else on PATH. */
  const byNpm = async (script: string): Promise<FetchWay> => {
    const folder = await temporary();
    await fakeProgram(join(folder, 'npm'), script);
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    return { from: 'the npm registry', unpack: (staging) => nodeFromRegistry(staging, env) };
  };

  beforeEach(async () => {
    cache = await temporary();
    said = [];
  });
  after(removeTemporary);

  for (const [version, fast] of [
    ['20.19.0', false],
    ['24.18.0', false],
    ['25.9.9', false],
    ['26.0.0-nightly', false],
    ['26.0.0', true],
    ['26.10.0', true],
    ['27.0.0', true],
    ['100.1.0', true],
  ] as const) {
    it(`${fast ? 'may be' : 'is better not'} the running one, if that is ${version}`, () => {
      expect(judge(nodePolicy, version) !== 'refused').to.equal(fast);
    });
  }

  it('is the running one without a word, if that is new enough', async () => {
    const running = { path: '/running/node', version: '26.0.0' };
    expect(await find(running, never)).to.deep.equal(running);
    expect(said).to.deep.equal([]);
    expect(await readdir(cache)).to.deep.equal([]);
  });

  it('is fetched once, which is said in one line, and then found', async () => {
    const fetched = await find(OLD, giving('v26.10.0'));
    expect(fetched.version).to.equal('26.10.0');
    expect(said).to.have.length(1);
    expect(said[0]).to.include(cache).and.include('(once)');
    expect(await find(OLD, never)).to.deep.equal(fetched);
    expect(said).to.have.length(1);
  });

  it('is fetched anew, if the cached one does not run or is too old', async () => {
    const entry = `node-${process.platform}-${process.arch}`;
    for (const prints of ['nothing', 'v22.1.0']) {
      await find(OLD, giving('v26.10.0'));
      await fakeServer(join(cache, entry, 'root', 'node'), prints);
      expect((await find(OLD, giving('v26.11.0'))).version).to.equal('26.11.0');
      cache = await temporary();
    }
  });

  it('is one that runs for each of two programs that fetch it at once', async () => {
    const found = await Promise.all([find(OLD, giving('v26.10.0')), find(OLD, giving('v26.10.0'))]);
    expect(found[0]).to.include({ version: '26.10.0' });
    expect(found[1]).to.deep.equal(found[0]);
    expect(await readdir(cache)).to.have.length(1);
  });

  for (const [script, reason] of [
    ['echo "npm error network is down" >&2; exit 1', 'npm: npm error network is down'],
    // So ends the real one when it cannot fetch a package that is optional.
    ['exit 0', 'npm could not install'],
  ] as const) {
    it(`is the running one, if npm says: ${script}`, async () => {
      expect(await find(OLD, await byNpm(script))).to.deep.equal(OLD);
      expect(said).to.have.length(2);
      expect(said[1]).to.include('20.19.0').and.include('third longer').and.include(reason);
      expect(await readdir(cache)).to.deep.equal([]);
    });
  }

  it('is installed by npm from what the sources pin, without links and scripts', async function () {
    if (!['linux-x64', 'linux-arm64'].includes(`${process.platform}-${process.arch}`)) this.skip();
    const script = `
      set -e
      [ "$1" = ci ] && [ -f package.json ] && [ -f package-lock.json ]
      case "$*" in *--no-bin-links*--ignore-scripts*) ;; *) exit 1 ;; esac
      mkdir -p node_modules/node-linux-${process.arch}/bin
      cd node_modules/node-linux-${process.arch}/bin
      printf '#!/bin/sh\\necho v26.10.0\\n' > node && chmod +x node
    `;
    const found = await find(OLD, await byNpm(script));
    expect(found, said.join()).to.include({ version: '26.10.0' });
    expect(await readdir(join(cache, `node-linux-${process.arch}`))).to.have.members(['entry.json', 'root']);
  });

  it('is pinned: exact versions, with checksums, from whatever registry npm uses', async () => {
    const read = async (file: string) =>
      JSON.parse(await readFile(new URL(`../../servers/node/${file}`, import.meta.url), 'utf8')) as unknown;
    const wanted = (await read('package.json')) as { optionalDependencies: Record<string, string> };
    const lock = (await read('package-lock.json')) as { packages: Record<string, Record<string, string>> };
    for (const [name, version] of Object.entries(wanted.optionalDependencies)) {
      expect(version).to.equal(nodePolicy.wanted);
      expect(lock.packages[`node_modules/${name}`]).to.include({ version }).and.not.have.property('resolved');
      expect(lock.packages[`node_modules/${name}`]?.['integrity']).to.match(/^sha512-/);
    }
  });
});
