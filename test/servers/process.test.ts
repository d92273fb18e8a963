import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { isAlive, markOf, type ProcessMark } from '../../servers/liveness.js';
import { freePorts, LOOPBACK } from '../../servers/ports.js';
import { startProcess, type ProcessPlan } from '../../servers/process.js';
import { startRedis, type RedisServer } from '../../servers/redis.js';
import { startOnPorts } from '../../servers/start.js';
import { AddressInUse } from '../../servers/errors.js';
import { rejection, removeTemporary, temporary } from './temporary.js';

describe('a server as a child process', () => {
  let dir: string;
  const running: RedisServer[] = [];
  const start = async (options: { port?: number } = {}) => {
    const redis = await startRedis({ dir, ...options });
    running.push(redis);
    return redis;
  };
  const shell = (script: string, more: Partial<ProcessPlan> = {}): ProcessPlan => ({
    ...{
      name: 'shell',
      dir,
      configPath: join(dir, 'shell.conf'),
      config: '',
      args: ['-c', script],
      ports: [],
    },
    binary: { path: '/bin/sh', libraries: [], version: '1.0.0', standing: 'wanted' },
    ...{ probe: async () => undefined, readyWithinMs: 10_000, stopWithinMs: 10_000, log: () => undefined },
    ...more,
  });

  beforeEach(async () => {
    dir = await temporary();
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
  });
  after(removeTemporary);

  it('is gone after stop, which may be called again', async () => {
    const redis = await start();
    const mark = markOf(redis.pid);
    expect(mark).not.to.equal(undefined);
    const exit = await redis.stop();
    expect(exit).to.deep.equal({ code: 0, signal: null, asked: true });
    expect(isAlive(mark!)).to.equal(false);
    expect(await redis.stop()).to.equal(exit);
  });

  it('reports kill -9 by its promise', async () => {
    const redis = await start();
    redis.kill('SIGKILL');
    expect(await redis.exited).to.deep.equal({ code: null, signal: 'SIGKILL', asked: false });
  });

  it('starts again on the same folder and port after kill -9', async () => {
    const first = await start();
    first.kill('SIGKILL');
    await first.exited;
    const second = await start({ port: first.port });
    expect(second.url).to.equal(first.url);
    expect(second.pid).not.to.equal(first.pid);
  });

  it('is stopped even while it is suspended', async () => {
    const redis = await start();
    redis.kill('SIGSTOP');
    expect(await redis.stop()).to.include({ signal: null, code: 0 });
  });

  it('is killed when it does not heed SIGTERM by the deadline', async () => {
    const ready = join(dir, 'ready');
    const server = await startProcess(
      shell(`trap '' TERM; : > '${ready}'; while :; do sleep 0.05; done`, {
        stopWithinMs: 50,
        probe: async () =>
          execFileSync('ls', [dir], { encoding: 'utf8' }).includes('ready') ? undefined : 'a file',
      }),
    );
    expect(await server.stop()).to.include({ signal: 'SIGKILL', asked: true });
  });

  it('that ends before it is ready is reported with its last lines', async () => {
    const never = { probe: async () => 'an answer' };
    const error = await rejection(startProcess(shell('echo cannot open the safe; exit 3', never)));
    expect(error).to.include({ code: 'SERVER_START_FAILED' });
    expect(error.message).to.include('code 3').and.include('cannot open the safe');
  });

  it('that is not ready in time is reported with what is missing, and ended', async () => {
    const seen: number[] = [];
    const probe = async (pid: number) => {
      seen.push(pid);
      return 'nobody greets';
    };
    const error = await rejection(startProcess(shell('exec sleep 600', { probe, readyWithinMs: 30 })));
    expect(error).to.include({ code: 'SERVER_NOT_READY' });
    expect(error.message).to.include('nobody greets');
    expect(markOf(seen[0]!)).to.equal(undefined);
  });

  it('that cannot be executed leaves the folder free', async () => {
    const binary = {
      path: join(dir, 'absent'),
      libraries: [],
      version: '1.0.0',
      standing: 'wanted' as const,
    };
    const error = await rejection(startProcess(shell('', { binary, probe: async () => 'an answer' })));
    expect(error).to.include({ code: 'SERVER_START_FAILED' });
    await start();
  });

  it('says that the port it was given is taken', async () => {
    const holder = createServer((socket) => socket.destroy()).listen(0, LOOPBACK);
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    expect(await rejection(startRedis({ dir, port }))).to.include({ code: 'ADDRESS_IN_USE' });
    holder.close();
    await once(holder, 'close');
  });

  it('is tried on another port when a free one is taken in between', async () => {
    const tried: (readonly number[])[] = [];
    const result = await startOnPorts([undefined], async (ports) => {
      tried.push(ports);
      if (tried.length < 3) throw new AddressInUse('test', ports);
      return 'started';
    });
    expect(result).to.equal('started');
    expect(tried).to.have.length(3);
  });

  it('gets ports that differ from one another', async () => {
    expect(new Set(await freePorts(20)).size).to.equal(20);
  });
});

describe('the folder of a server', () => {
  let dir: string;
  const holders: ChildProcess[] = [];
  /** A server that another program started. */
  const holdElsewhere = async () => {
    const script = fileURLToPath(new URL('./holder.js', import.meta.url));
    const program = spawn(process.execPath, [script, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
    holders.push(program);
    const [line] = (await once(createInterface(program.stdout), 'line')) as [string];
    const { pid } = JSON.parse(line) as { pid: number };
    return { program, server: markOf(pid)! };
  };
  const killed = async (program: ChildProcess) => {
    program.kill('SIGKILL');
    await once(program, 'exit');
  };
  const gone = async (server: ProcessMark) => {
    while (isAlive(server)) await new Promise((resolve) => setImmediate(resolve));
  };

  beforeEach(async () => {
    dir = await temporary();
  });
  afterEach(() => {
    for (const holder of holders.splice(0)) holder.kill('SIGKILL');
  });
  after(removeTemporary);

  it('is refused to a second start while the first one runs', async () => {
    const redis = await startRedis({ dir });
    const error = await rejection(startRedis({ dir }));
    expect(error).to.include({ code: 'ALREADY_RUNNING', pid: process.pid });
    expect(error.message).to.include(`already running: pid ${process.pid}, data folder ${dir}`);
    await redis.stop();
  });

  it('is given to one of two starts at once', async () => {
    const outcomes = await Promise.allSettled([
      startRedis({ dir }),
      startRedis({ dir }),
      startRedis({ dir }),
    ]);
    const started = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(started).to.have.length(1);
    await started[0]!.value.stop();
  });

  it('is refused while another living program holds it, whose server stays', async () => {
    const { program, server } = await holdElsewhere();
    expect(await rejection(startRedis({ dir }))).to.include({ code: 'ALREADY_RUNNING', pid: program.pid });
    expect(isAlive(server)).to.equal(true);
    await killed(program);
    await (await startRedis({ dir })).stop();
  });

  it('is freed of the server of a dead program by the next start', async () => {
    const { program, server } = await holdElsewhere();
    process.kill(server.pid, 'SIGSTOP'); // So that it cannot end by itself with its parent.
    await killed(program);
    expect(isAlive(server)).to.equal(true);
    const lines: string[] = [];
    const redis = await startRedis({ dir, log: (line) => lines.push(line) });
    expect(isAlive(server)).to.equal(false);
    expect(lines.join()).to.include(`pid ${server.pid}`);
    await redis.stop();
  });

  it('does not cost a stranger its life who has the process id of a dead server', async () => {
    const stranger = spawn('sleep', ['600']);
    await once(stranger, 'spawn');
    const mark = markOf(stranger.pid!)!;
    const dead = { pid: process.pid, began: 'at another time' };
    await writeFile(join(dir, 'running.json'), JSON.stringify({ parent: dead, server: mark }));
    const redis = await startRedis({ dir });
    expect(isAlive(mark)).to.equal(true);
    await redis.stop();
    stranger.kill('SIGKILL');
  });

  it('is taken when a power cut left half a claim', async () => {
    await writeFile(join(dir, 'running.json'), '{"parent":{"pi');
    await (await startRedis({ dir })).stop();
  });

  it('loses its server together with the program that started it, kill -9 included', async function () {
    if (process.platform !== 'linux') this.skip();
    const { program, server } = await holdElsewhere();
    await killed(program);
    await gone(server);
  });
});
