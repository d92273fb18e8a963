// npm run model: checks every variant of docs/model, the long ones too, and prints a table. `npm run model -- ask`:
// those of one model. `--trace` also prints how each broken rule goes wrong.
import { buildIfNeeded, install, say } from './prepare.mjs';

const MAX_MEGABYTES = 8_000;

const args = process.argv.slice(2);
const wanted = args.filter((each) => !each.startsWith('--'));

function row({ model, title, switch: broken = '', bounds }, result) {
  const named = [broken, ...bounds].filter((each) => each !== '').join(' ');
  console.log(`| ${model} | ${title} | \`${named || 'defaults'}\` | ${result} |`);
}

async function main() {
  const { check } = await import('../dist/test/model/checker.js');
  const { findTools } = await import('../dist/test/model/tools.js');
  const { readVariants } = await import('../dist/test/model/variants.js');
  const tools = await findTools();
  console.log('| Model | Variant | Switches and bounds | Result | States | Seconds | MB |');
  console.log('| --- | --- | --- | --- | --: | --: | --: |');
  for (const variant of await readVariants()) {
    if (wanted.length > 0 && !wanted.includes(variant.model)) continue;
    try {
      const { violated, states, seconds, megabytes, trace } = await check(tools, variant, MAX_MEGABYTES);
      const asExpected = violated === variant.violates;
      if (!asExpected) process.exitCode = 1;
      const result = violated === undefined ? 'holds' : `refuted: ${violated}`;
      const measured = `${states.toLocaleString('en')} | ${seconds.toFixed(1)} | ${megabytes.toFixed(0)}`;
      row(variant, `${asExpected ? '' : 'UNEXPECTED '}${result} | ${measured}`);
      if (args.includes('--trace')) for (const line of trace) console.log(`    ${line}`);
    } catch (error) {
      process.exitCode = 1;
      row(variant, `not checked: ${error.message.split('\n')[0]} | | |`);
    }
  }
}

try {
  await install();
  await buildIfNeeded();
  await main();
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
