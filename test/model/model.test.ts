/** The formal model of docs/model: what must hold holds in every state, what is broken is refuted with a trace. */
import { expect } from 'chai';
import { check } from './checker.js';
import { findTools, type Tools } from './tools.js';
import { readVariants } from './variants.js';

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
