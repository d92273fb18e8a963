import { join } from 'node:path';
import { expect } from 'chai';
import { findServer } from '../../servers/find.js';
import { natsKind } from '../../servers/kind.js';
import { fakeServer, rejection, removeTemporary, temporary } from './temporary.js';

describe('looking for a server', () => {
  let folder: string;
  const env = (more: NodeJS.ProcessEnv = {}) => ({
    PATH: join(folder, 'bin'),
    EMONEY_CACHE: folder,
    ...more,
  });
  const find = (more: NodeJS.ProcessEnv = {}, log?: (line: string) => void) =>
    findServer(natsKind, { env: env(more), fetch: false, log });

  beforeEach(async () => {
    folder = await temporary();
  });
  after(removeTemporary);

  it('takes the binary that its variable names before everything else', async () => {
    await fakeServer(join(folder, 'bin/nats-server'), 'nats-server: v2.16.0');
    const named = await fakeServer(join(folder, 'mine'), 'nats-server: v2.15.2');
    expect(await find({ NATS_SERVER_BIN: named })).to.include({ path: named, version: '2.15.2' });
  });

  it('refuses a variable that names something unusable, instead of looking on', async () => {
    await fakeServer(join(folder, 'bin/nats-server'), 'nats-server: v2.16.0');
    const old = await fakeServer(join(folder, 'old'), 'nats-server: v2.9.10');
    expect(await rejection(find({ NATS_SERVER_BIN: old }))).to.include({ code: 'SERVER_UNUSABLE' });
    expect((await rejection(find({ NATS_SERVER_BIN: '/absent' }))).message).to.include('not installed');
  });

  it('takes a wanted version without a word', async () => {
    const lines: string[] = [];
    const path = await fakeServer(join(folder, 'bin/nats-server'), 'nats-server: v2.15.0');
    expect(await find({}, (line) => lines.push(line))).to.include({ path, standing: 'wanted' });
    expect(lines).to.deep.equal([]);
  });

  it('takes an accepted version with a warning of one line', async () => {
    const lines: string[] = [];
    const named = await fakeServer(join(folder, 'mine'), 'nats-server: v2.11.0');
    await find({ NATS_SERVER_BIN: named }, (line) => lines.push(line));
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include('slower, not less safe');
  });

  it('prefers a wanted version further back on PATH to an accepted one in front', async () => {
    await fakeServer(join(folder, 'first/nats-server'), 'nats-server: v2.12.0');
    const path = await fakeServer(join(folder, 'second/nats-server'), 'nats-server: v2.15.1');
    const PATH = `${join(folder, 'first')}:${join(folder, 'second')}`;
    expect(await find({ PATH })).to.include({ path });
  });

  it('says in one line what to install and what was tried when there is none', async function () {
    await fakeServer(join(folder, 'bin/nats-server'), 'nats-server: v2.9.10');
    const error = await find().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) this.skip(); // This machine has a nats-server of its own.
    const { code, message } = error as Error & { code: string };
    expect(code).to.equal('SERVER_NOT_FOUND');
    expect(message).not.to.include('\n');
    expect(message).to.include('NATS_SERVER_BIN').and.include('2.9.10 is older than 2.11.0');
  });
});
