import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { removeData, startEmbedded, startNats, startRedis, syncFolder } from '../../servers/embedded.js';
import { markOf } from '../../servers/liveness.js';
import { rejection, removeTemporary, temporary } from './temporary.js';

/** One inline command to redis-server and the first bytes of its answer. */
async function ask(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${command}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString('utf8');
}

describe('the embedded servers', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await temporary();
  });
  after(removeTemporary);

  it('both answer with fsync on, and both are gone after stop', async () => {
    const embedded = await startEmbedded({ dataDir });
    const varz = await fetch(`${embedded.natsMonitorUrl!}/varz`);
    const { jetstream } = (await varz.json()) as { jetstream: { config: Record<string, unknown> } };
    expect(jetstream.config).to.include({ sync_always: true });
    expect(await ask(embedded.redis!.port, 'CONFIG GET appendfsync')).to.include('always');
    expect(embedded.pids).to.have.length(2);
    await embedded.stop();
    expect(embedded.pids.map(markOf)).to.deep.equal([undefined, undefined]);
  });

  it('continue on their data', async () => {
    const first = await startEmbedded({ dataDir });
    expect(first.folder).to.equal('created');
    await ask(first.redis!.port, 'SET card 1000');
    await first.stop();
    const second = await startEmbedded({ dataDir });
    expect(second.folder).to.equal('continued');
    expect(await ask(second.redis!.port, 'GET card')).to.include('1000');
    await second.stop();
  });

  it('are refused to a second program on the same folder, whose data cannot be removed either', async () => {
    const embedded = await startEmbedded({ dataDir });
    const { message } = await rejection(startEmbedded({ dataDir }));
    expect(message).to.include(`already running: pid ${process.pid}, data folder ${dataDir}:`);
    const removal = await rejection(removeData(dataDir));
    expect(removal).to.include({ code: 'ALREADY_RUNNING' });
    expect(removal.message).to.include(`data folder ${dataDir}:`);
    expect(await ask(embedded.redis!.port, 'PING')).to.include('PONG');
    await embedded.stop();
    await removeData(dataDir);
  });

  it('are given to one of two programs that start at once, both of them', async () => {
    const outcomes = await Promise.allSettled([startEmbedded({ dataDir }), startEmbedded({ dataDir })]);
    const started = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(started).to.have.length(1);
    expect(started[0]!.value.pids).to.have.length(2);
    await started[0]!.value.stop();
  });

  it('report the one that ends unasked, by name', async () => {
    const embedded = await startEmbedded({ dataDir });
    embedded.nats!.kill('SIGKILL');
    expect(await embedded.failed).to.include({ name: 'nats-server', signal: 'SIGKILL' });
    await embedded.stop();
  });

  it('leave one out whose address is given', async () => {
    const embedded = await startEmbedded({ dataDir, natsUrl: 'nats://one.example' });
    expect(embedded.natsUrl).to.equal('nats://one.example');
    expect(embedded.pids).to.deep.equal([embedded.redis!.pid]);
    expect(await readdir(dataDir)).to.have.members(['emoney.json', 'redis']);
    await embedded.stop();
  });

  it('are none when one of them cannot start', async () => {
    await (await startEmbedded({ dataDir })).stop();
    const holder = await startRedis({ dir: join(dataDir, 'redis') });
    expect(await rejection(startEmbedded({ dataDir }))).to.include({ code: 'ALREADY_RUNNING' });
    expect(await readdir(join(dataDir, 'nats'))).not.to.include('running.json');
    await holder.stop();
  });

  it('start alone, on the same port and folder again after kill -9', async () => {
    const first = await startNats({ dir: dataDir });
    first.kill('SIGKILL');
    await first.exited;
    const { dir, port, monitorPort } = first;
    const second = await startNats({ dir, port, monitorPort });
    expect(second.url).to.equal(first.url);
    expect(await (await fetch(`${second.monitorUrl}/healthz`)).json()).to.include({ status: 'ok' });
    await second.stop();
    expect(await readFile(second.logPath, 'utf8')).to.include('Server is ready');
  });

  it('have folders that can be forced onto the disk while they run', async () => {
    const nats = await startNats({ dir: dataDir });
    await syncFolder(nats.dir);
    await nats.stop();
    expect(await rejection(syncFolder(join(dataDir, 'absent')))).to.include({ code: 'ENOENT' });
  });
});
