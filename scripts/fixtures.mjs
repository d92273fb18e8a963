// npm run fixtures: records the formats of this version under test/replay/, in a folder beside those of the versions
// before, which stay as they are. `npm run fixtures -- --digests` writes today's digests into the recordings: after
// states have got a field that old events fill, and only then.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildIfNeeded, install, root, say } from './prepare.mjs';

async function main() {
  process.chdir(root);
  const { recordNext, renewDigests } = await import('../dist/test/replay/recordings.js');
  if (process.argv.includes('--digests')) {
    const changed = await renewDigests();
    say(changed.length === 0 ? 'every digest is as recorded' : `digests renewed: ${changed.join(', ')}`);
    return;
  }
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const folder = await recordNext(`emoney ${version}, npm run fixtures`);
  say(`recorded: ${folder}; commit it, and run npm test -- test/replay`);
}

try {
  await install();
  await buildIfNeeded();
  await main();
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
