/** The processes that run worlds: how they end, whoever ends first. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { isAlive, markOf } from '../../../servers/liveness.js';
import { tiedToParent } from '../../../servers/tie.js';
import { runVirtual, type WorldNode } from '../../../simulator/virtual/run.js';
import { fakeProgram, rejection, removeTemporary, temporary } from '../../servers/temporary.js';
import { until } from '../../support/until.js';

const markIn = async (pidFile: string) => markOf(Number(await readFile(pidFile, 'utf8')));
const RUN = new URL('../../../simulator/virtual/run.js', import.meta.url).href;

describe('the processes of virtual worlds', function () {
  this.timeout(60_000);
  after(removeTemporary);

  /** Seeds 7 to 20 on a program that is no Node. */
  const runOn = async (script: string, jobs: number, signal?: AbortSignal) => {
    const path = await fakeProgram(join(await temporary(), 'node'), script);
    const node: WorldNode = { words: [path], version: '0.0.0' };
    return rejection(runVirtual({ from: 7, to: 20, jobs, node, signal, onSeed: () => undefined }));
  };

  for (const [script, how] of [
    ['exit 3', 'code 3'],
    ['kill -9 $$', 'SIGKILL'],
  ] as const) {
    it(`that end by themselves (${how}) are reported with their seed`, async () => {
      const error = await runOn(script, 1);
      expect(error).to.include({ name: 'WorldProcessError', seed: 7 });
      expect(error.message).to.include(`(${how})`).and.include('--seeds 7 --trace');
    });
  }

  it('that cannot be started are reported as well', async () => {
    const node: WorldNode = { words: ['/absent/node'], version: '0.0.0' };
    const error = await rejection(runVirtual({ from: 7, to: 20, jobs: 2, node, onSeed: () => undefined }));
    expect(error).to.include({ name: 'WorldProcessError' });
    expect(error.message).to.include('ENOENT');
  });

  it('end with the first of them that ends', async () => {
    const folder = await temporary();
    // One of the two makes the folder, and hangs; the other ends.
    const error = await runOn(`mkdir ${folder}/first 2>/dev/null && exec sleep 600; exit 3`, 2);
    expect(error).to.include({ name: 'WorldProcessError' });
  });

  it('end when the run is aborted, whatever they do', async () => {
    const abort = new AbortController();
    const pidFile = join(await temporary(), 'pid');
    const running = runOn(`echo $$ > ${pidFile}; exec sleep 600`, 1, abort.signal);
    const child = await until(() => markIn(pidFile), { what: 'the child runs' });
    abort.abort(new Error('enough'));
    expect((await running).message).to.equal('enough');
    expect(isAlive(child)).to.equal(false);
  });

  /** A program that runs worlds on this script, and the process of the script, which has to write `pidFile`. */
  async function startProgram(tie: boolean, script: (pidFile: string) => string) {
    const folder = await temporary();
    const pidFile = join(folder, 'pid');
    const path = await fakeProgram(join(folder, 'node'), script(pidFile));
    const words = JSON.stringify(tie ? await tiedToParent([path]) : [path]);
    const program = `
      import { runVirtual } from ${JSON.stringify(RUN)};
      const node = { words: ${words}, version: '0.0.0' };
      await runVirtual({ from: 1, to: 1000, jobs: 1, node, onSeed: ({ seed }) => process.send(seed) });
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const child = await until(() => markIn(pidFile), { what: 'the child runs' });
    return { parent, child };
  }

  it('leave Ctrl-C to the program that started them, and end with it, even by kill -9', async () => {
    const script = (pidFile: string) => `echo $$ > ${pidFile}; exec ${process.execPath} "$@"`;
    const { parent, child } = await startProgram(false, script);
    try {
      await once(parent, 'message');
      process.kill(child.pid, 'SIGINT');
      await once(parent, 'message');
      parent.kill('SIGKILL');
      await until(() => !isAlive(child), { what: 'the child ends' });
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('end with it even when they hang, where the system can do that', async function () {
    if ((await tiedToParent(['true'])).length === 1) this.skip();
    const { parent, child } = await startProgram(true, (pidFile) => `echo $$ > ${pidFile}; exec sleep 600`);
    parent.kill('SIGKILL');
    await until(() => !isAlive(child), { what: 'the child ends' });
  });
});
