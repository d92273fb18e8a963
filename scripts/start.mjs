// npm start: installs and builds when needed, then runs the main job. Flags after `--` are passed on.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { buildIfNeeded, install, root, say } from './prepare.mjs';

/** Two signals closer than this are one key press: the terminal signals the whole group, and npm repeats it. */
const SAME_PRESS_MS = 400;

function main() {
  const args = [join(root, 'bin', 'emoney'), 'up', '--demo', ...process.argv.slice(2)];
  // A process group of its own, out of the terminal's reach: Ctrl-C arrives once, from here, not three times.
  const child = spawn(process.execPath, args, { stdio: 'inherit', detached: true });
  let last = -Infinity;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - last > SAME_PRESS_MS) child.kill(signal);
      last = now;
    });
  }
  child.once('error', (error) => {
    say(`start: ${error.message}`);
    process.exitCode = 1;
  });
  child.once('close', (code, signal) => {
    process.exit(code ?? 128 + constants.signals[signal]);
  });
}

try {
  await install();
  await buildIfNeeded();
  main();
} catch (error) {
  say(`start: ${error.message}`);
  process.exitCode = 1;
}
