// npm test: installs, builds, checks, runs every test. The last line is `N passed, N failed`, checks included.
// `npm test -- --grep A4` or `npm test -- test/actors/card` runs those tests only, without the checks.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { build, install, packageScript, root, run, say } from './prepare.mjs';

const args = process.argv.slice(2);
const total = { passed: 0, failed: 0, names: [] };
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
  const running = checks.map(async ([name, ...command]) => {
    const begin = performance.now();
    const result = await run(process.execPath, command, { output: 'capture', env });
    return { name, ...result, seconds: (performance.now() - begin) / 1000 };
  });
  console.log('\n  checks');
  for (const check of running) {
    const { name, ok, text, seconds } = await check;
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
  return files > 0 ? mapped : [...mapped, 'dist/test/**/*.test.js'];
}

async function runMocha() {
  const folder = await mkdtemp(join(tmpdir(), 'emoney-test-'));
  const file = join(folder, 'result.json');
  const colour = process.stdout.isTTY ? [] : ['--no-color'];
  const command = [packageScript('mocha', 'bin', 'mocha.js'), ...colour, ...mochaArguments()];
  const child = spawn(process.execPath, command, {
    cwd: root,
    stdio: 'inherit',
    env: { ...env, EMONEY_TEST_RESULT: file },
  });
  // The terminal signals mocha too: it ends, and then so do we, with a last line.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const code = await new Promise((done) => child.once('close', (status, signal) => done(status ?? signal)));
  const { passed, failed } = await readFile(file, 'utf8').then(JSON.parse, () => ({ passed: 0, failed: 0 }));
  await rm(folder, { recursive: true, force: true });
  total.passed += passed;
  total.failed += failed;
  if (failed > 0) total.names.push('tests, listed above');
  else if (code !== 0) count(`mocha ended with ${code}`, false);
  else if (passed === 0) count('mocha: no test ran', false);
}

try {
  await install();
  await build();
  if (args.length === 0) await runChecks();
  else say('checks skipped: arguments were given');
  await runMocha();
} catch (error) {
  say(error.message);
  count(error.message, false);
}
if (total.names.length > 0) console.log(`failed: ${total.names.join('; ')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
