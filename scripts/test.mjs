// npm test: installs, builds, checks, runs every test. The last line is `N passed, N failed`, checks included.
// Without arguments in two lanes side by side, one core each: tests of whole deployments, which mostly wait, in one;
// the checks and all other tests, which mostly compute, in the other. Each lane's output is in one piece.
// `npm test -- --grep A4` or `npm test -- test/actors/card` runs those tests only, in one lane, without the checks.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { build, install, packageScript, root, run, say } from './prepare.mjs';

const ALL = 'dist/test/**/*.test.js';
const DEPLOYMENTS = ['acceptance', 'operator', 'simulator/city', 'simulator/replay'].map(
  (folder) => `dist/test/${folder}/**/*.test.js`,
);

const args = process.argv.slice(2);
const total = { passed: 0, failed: 0, names: [] };
/** By Ctrl-C, which the terminal sends to all that runs: it ends by itself, and nothing more is begun. */
let interrupted = false;
const env = { ...process.env };
if (!process.stdout.isTTY) {
  delete env.FORCE_COLOR;
  env.NO_COLOR = '1';
}

function count(name, ok) {
  if (ok) total.passed += 1;
  else {
    total.failed += 1;
    total.names.push(name);
  }
}

const checks = [
  ['generated code is fresh', join(root, 'scripts', 'proto.mjs'), '--check'],
  ['buf lint', packageScript('@bufbuild', 'buf', 'bin', 'buf'), 'lint'],
  ['eslint', packageScript('eslint', 'bin', 'eslint.js'), '--max-warnings=0', '.'],
  ['prettier', packageScript('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level=warn', '.'],
];

async function runChecks() {
  console.log('\n  checks');
  for (const [name, ...command] of checks) {
    if (interrupted) return;
    const begin = performance.now();
    const { ok, text } = await run(process.execPath, command, { output: 'capture', env });
    const seconds = (performance.now() - begin) / 1000;
    count(`check: ${name}`, ok);
    console.log(`    ${ok ? '✔' : '✖'} ${name} (${seconds.toFixed(1)} s)`);
    if (!ok) console.log(text.trimEnd());
  }
}

/** Arguments for mocha: sources become their compiled files; without any file, all tests. */
function mochaArguments() {
  const takesValue = /^(-[gftRsOrn]|--(grep|fgrep|timeout|reporter|slow|retries|require|jobs|ignore|file))$/;
  let files = 0;
  const mapped = args.map((arg, i) => {
    if (arg.startsWith('-') || takesValue.test(args[i - 1] ?? '')) return arg;
    files += 1;
    const path = relative(root, resolve(arg));
    if (!path.startsWith('test')) return arg;
    if (path.endsWith('.ts')) return join('dist', path.replace(/\.ts$/, '.js'));
    return existsSync(join(root, path)) ? join('dist', path, '**', '*.test.js') : join('dist', path);
  });
  return files > 0 ? mapped : [...mapped, ALL];
}

/** Runs mocha to its end. What it prints is held back until `turn`; without, it has the terminal for itself. */
async function runMocha(mochaArgs, turn) {
  if (interrupted) return;
  const folder = await mkdtemp(join(tmpdir(), 'emoney-test-'));
  const file = join(folder, 'result.json');
  const colour = process.stdout.isTTY ? '--color' : '--no-color';
  const child = spawn(process.execPath, [packageScript('mocha', 'bin', 'mocha.js'), colour, ...mochaArgs], {
    cwd: root,
    stdio: turn === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: { ...env, EMONEY_TEST_RESULT: file },
  });
  const printed = turn === undefined ? undefined : printAfter(turn, child);
  process.on('SIGINT', () => (interrupted = true));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const code = await new Promise((done) => child.once('close', (status, signal) => done(status ?? signal)));
  await printed;
  const { passed, failed } = await readFile(file, 'utf8').then(JSON.parse, () => ({ passed: 0, failed: [] }));
  await rm(folder, { recursive: true, force: true });
  total.passed += passed;
  for (const name of failed) count(name, false);
  if (failed.length > 0) return;
  if (code !== 0) count(`mocha ended with ${code}`, false);
  else if (passed === 0) count('mocha: no test ran', false);
}

async function printAfter(turn, child) {
  let held = [];
  const print = (chunk) => (held === undefined ? process.stdout.write(chunk) : held.push(chunk));
  child.stdout.on('data', print);
  child.stderr.on('data', print);
  await turn;
  for (const chunk of held) process.stdout.write(chunk);
  held = undefined;
}

async function runEverything() {
  const others = DEPLOYMENTS.flatMap((files) => ['--ignore', files]);
  const first = runChecks().then(() => runMocha([...others, ALL]));
  await Promise.all([first, runMocha(DEPLOYMENTS, first)]);
}

try {
  await install();
  await build();
  if (args.length === 0) await runEverything();
  else {
    say('checks skipped: arguments were given');
    await runMocha(mochaArguments());
  }
} catch (error) {
  say(error.message);
  count(error.message, false);
}
if (total.names.length > 0)
  console.log(`failed, and told of above:\n${total.names.map((name) => `  ${name}\n`).join('')}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
