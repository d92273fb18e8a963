/** The formal model of docs/model: what must hold holds in every state, what is broken is refuted with a trace. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { MUTATIONS } from '../../simulator/virtual/mutations/index.js';
import { plain, readDocument, rowsOf, sectionsOf } from '../docs/markdown.js';
import { check } from './checker.js';
import { findTools, type Tools } from './tools.js';
import { readVariants } from './variants.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MAX_MEGABYTES = 1_000;
/** Fetching spin on a fresh machine takes longer than any run. */
const FETCH_TIMEOUT_MS = 180_000;
const RUN_TIMEOUT_MS = 120_000;

const variants = (await readVariants()).filter((each) => each.long !== true);

describe('the formal model', () => {
  let tools: Tools;

  before(async function () {
    this.timeout(FETCH_TIMEOUT_MS);
    tools = await findTools();
  });

  for (const variant of variants) {
    const { model, title, violates } = variant;
    it(`${model}: ${title}${violates === undefined ? ' holds' : `: ${violates}? no`}`, async function () {
      this.timeout(RUN_TIMEOUT_MS);
      const { violated, trace } = await check(tools, variant, MAX_MEGABYTES);
      expect(violated, trace.join('\n')).to.equal(violates);
      if (violates !== undefined) expect(trace).to.have.length.greaterThan(2);
    });
  }
});

describe('the tools of the formal model', () => {
  it('says in one line what to install where there is no C compiler', async () => {
    const error = await findTools({ ...process.env, CC: '/nowhere/gcc' }).catch((reason: unknown) => reason);
    expect(String(error)).to.match(/^Error: a C compiler is needed .*apt-get install gcc.*$/);
    expect(String(error)).not.to.include('\n');
  });
});

describe('docs/model/README.md', () => {
  it('names files and names of the code that exist', async () => {
    const document = await readDocument('model/README.md');
    const section = sectionsOf(document).find(({ heading }) => heading === 'From the model to the code');
    const rows = rowsOf(section?.text ?? '');
    expect(rows).to.have.length.greaterThan(30);
    const missing: string[] = [];
    for (const row of rows) {
      const file = plain(row['File']);
      const text = await readFile(join(ROOT, file), 'utf8').catch(() => '');
      for (const name of plain(row['Names']).split(', ')) {
        if (!new RegExp(`(?<![\\w#])${name}\\b`).test(text)) missing.push(`${file}: ${name}`);
      }
    }
    expect(missing).to.deep.equal([]);
  });

  it('names steps that the models have', async () => {
    const rows = rowsOf(await readDocument('model/README.md')).filter((row) => row['Step'] !== undefined);
    const missing: string[] = [];
    for (const row of rows) {
      const model = plain(row['Model']);
      const text = await readDocument(`model/${model}.pml`);
      for (const [, step = ''] of (row['Step'] ?? '').matchAll(/`(\w+)`/g)) {
        if (!new RegExp(`\\b${step}\\b`).test(text)) missing.push(`${model}: ${step}`);
      }
    }
    expect(missing).to.deep.equal([]);
  });

  it('says of every broken rule of the virtual world which variant refutes it, or why none does', async () => {
    const all = await readVariants();
    const rows = rowsOf(await readDocument('model/README.md')).filter(
      (row) => row['Broken rule'] !== undefined,
    );
    expect(rows.map((row) => plain(row['Broken rule'])).sort()).to.deep.equal(
      MUTATIONS.map(({ name }) => name).sort(),
    );
    for (const row of rows) {
      const [rule, models, variant, reason] = ['Broken rule', 'Model', 'Refuted variant', 'Why none'].map(
        (name) => plain(row[name]),
      );
      if (variant === '') {
        expect(reason, rule).to.have.length.greaterThan(20);
        continue;
      }
      expect(models, rule).not.to.equal('');
      for (const model of models?.split(', ') ?? []) {
        const refuted = all.filter(
          (each) => each.model === model && each.title === variant && each.violates !== undefined,
        );
        // Those of the tests, not only the long ones: what is refuted there is seen on every run.
        expect(
          refuted.some(({ long }) => long !== true),
          `${rule}: ${model}: ${variant ?? ''} is not refuted`,
        ).to.equal(true);
      }
    }
  });

  it('knows every switch and every property that a variant names', async () => {
    const all = await readVariants();
    for (const { model, switch: broken, bounds, violates } of all) {
      const text = await readDocument(`model/${model}.pml`);
      for (const name of [...(broken === undefined ? [] : [broken]), ...bounds]) {
        expect(text, name).to.match(new RegExp(`\\b${name.replace(/=.*/, '')}\\b`));
      }
      if (violates !== undefined) expect(text).to.include(`"VIOLATED: ${violates}\\n"`);
    }
  });
});
