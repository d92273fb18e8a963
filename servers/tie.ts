import { runCommand } from './command.js';

export type CommandWords = readonly [program: string, ...args: string[]];

let supported: Promise<boolean> | undefined;

/**
 * Where the system can do it (Linux, setpriv of util-linux), the child gets SIGTERM from the kernel
 * when the thread that started it ends, kill -9 of the parent included; the process id stays the
 * child's. Elsewhere the words come back unchanged, and the next start ends what was left behind.
 */
export async function tiedToParent(words: readonly string[]): Promise<CommandWords> {
  const [program, ...args] = words;
  if (program === undefined) throw new Error('no program to start');
  supported ??= setprivWorks();
  return (await supported) ? ['setpriv', '--pdeathsig', 'TERM', '--', program, ...args] : [program, ...args];
}

async function setprivWorks(): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const probe = await runCommand('setpriv', ['--pdeathsig', 'TERM', '--', 'true'], { timeoutMs: 5_000 });
  return probe.ok;
}
