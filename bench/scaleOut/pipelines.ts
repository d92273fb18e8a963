/** Processes that measure the same at the same time, and share nothing but the machine. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { YOUNG_SPACE } from '../../operator/cli/system/child.js';
import type { PipelineOptions } from '../inProcess/pipeline.js';
import type { Throughput } from '../support/closedLoop.js';
import { Endings } from '../support/ending.js';
import { nodeOn } from './cores.js';

const ENTRY = fileURLToPath(new URL('pipelineProcess.js', import.meta.url));

/** `cores`: one process on each; undefined: wherever the machine has time for it. */
export async function runPipelines(
  cores: readonly (number | undefined)[],
  options: Omit<PipelineOptions, 'log'>,
): Promise<readonly Throughput[]> {
  const endings = new Endings();
  const children = cores.map((core) => {
    // Not on the terminal itself: two progress bars would write over each other.
    const child = fork(ENTRY, { ...nodeOn(core, [YOUNG_SPACE, ...process.execArgv]), silent: true });
    child.stderr?.pipe(process.stderr);
    endings.push(async () => {
      if (child.connected) child.disconnect();
    });
    return child;
  });
  try {
    const ready = Promise.all(children.map((child) => said(child)));
    for (const child of children) child.send(options);
    await ready;
    const measured = Promise.all(children.map((child) => said(child)));
    for (const child of children) child.send('go');
    return (await measured) as readonly Throughput[];
  } finally {
    await endings.end();
  }
}

/** What it says next. Throws when it ends instead. */
async function said(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      reject(new Error('a process of the scale-out bench has ended before it had measured'));
    };
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}
