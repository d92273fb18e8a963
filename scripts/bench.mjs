// npm run bench: installs and builds when needed, then runs the benches. Arguments after `--` are passed on;
// --profile FOLDER writes a CPU profile of every process of ours (node's own --cpu-prof) into it.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { buildIfNeeded, install, root, say } from './prepare.mjs';

function profiling(args) {
  const at = args.indexOf('--profile');
  if (at < 0) return { node: [], rest: args };
  const [, folder] = args.splice(at, 2);
  if (folder === undefined) throw new Error('--profile needs a folder');
  return { node: ['--cpu-prof', `--cpu-prof-dir=${resolve(folder)}`], rest: args };
}

try {
  const { node, rest } = profiling(process.argv.slice(2));
  await install();
  await buildIfNeeded();
  const child = spawn(process.execPath, [...node, join(root, 'dist', 'bench', 'main.js'), ...rest], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('close', (code) => {
    process.exitCode = code ?? 1;
  });
} catch (error) {
  say(`bench: ${error.message}`);
  process.exitCode = 1;
}
