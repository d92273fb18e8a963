/** Worlds in which everything goes wrong: fixed ones, the same one twice, and ones in which a rule is broken. */
import { expect } from 'chai';
import { FAULTS } from '../../simulator/virtual/faults.js';
import { MUTATIONS } from '../../simulator/virtual/mutations/index.js';
import { reportOf, runVirtual, type WorldNode } from '../../simulator/virtual/run.js';
import { runSeed, type SeedResult } from '../../simulator/virtual/seed.js';
import { FIXED_SEEDS } from './fixedSeeds.js';
import { FOUND_IN } from './foundIn.js';

const LEAST_COMMANDS = 2_000;
/** Of these, begun while something is wrong: what comes after proves that all recovers, not that it endures. */
const LEAST_UNDER_FAULTS = 1_000;
/** The one that runs the tests: nothing is fetched for them. */
const NODE: WorldNode = { words: [process.execPath], version: process.versions.node };

describe('virtual world', function () {
  this.timeout(180_000);

  const results: SeedResult[] = [];

  for (const [seed, reason] of FIXED_SEEDS) {
    it(`seed ${seed}: ${reason}`, async () => {
      const result = await runSeed({ seed });
      results.push(result);
      expect(result.violations).to.deep.equal([]);
    });
  }

  it('is the same world for the same seed, byte for byte, and another for another', async () => {
    const lines: string[][] = [[], []];
    const [one, other] = [
      await runSeed({ seed: 4, print: (line) => lines[0]?.push(line) }),
      await runSeed({ seed: 4, print: (line) => lines[1]?.push(line) }),
    ];
    expect(lines[0]).to.deep.equal(lines[1]);
    expect(other).to.deep.equal(one);
    expect(await runSeed({ seed: 4 }), 'nobody reads its trace').to.deep.equal(one);
    const found = results.find(({ seed }) => seed !== 4);
    expect(found?.digest).to.be.a('string').and.not.equal(one.digest);
  });

  it('has one digest, whatever number of processes ran the seeds', async () => {
    const seeds = { from: 4, to: 5, node: NODE, onSeed: () => undefined };
    const [one, two] = [await runVirtual({ ...seeds, jobs: 1 }), await runVirtual({ ...seeds, jobs: 2 })];
    expect(two).to.deep.equal(one);
  });

  it('reports seeds in their order, whoever ran them first', () => {
    const [report, reversed] = [
      reportOf(results, NODE.version),
      reportOf(
        [...results].reverse().sort((a, b) => a.seed - b.seed),
        NODE.version,
      ),
    ];
    expect(report).to.deep.equal(reversed);
    expect(report.seeds).to.equal(FIXED_SEEDS.length);
    expect(report.verdict).to.equal('pass');
    expect(Object.keys(report.faults)).to.include.members([...FAULTS]);
  });

  it('has enough commands in every world, and many kinds of faults in a few', () => {
    const report = reportOf(results, NODE.version);
    expect(report.leastCommands).to.be.at.least(LEAST_COMMANDS);
    expect(report.leastUnderFaults).to.be.at.least(LEAST_UNDER_FAULTS);
    const never = FAULTS.filter((kind) => report.faults[kind] === 0);
    expect(never.length, `never: ${never.join()}`).to.be.at.most(FAULTS.length / 3);
  });
});

describe('broken rules', function () {
  this.timeout(180_000);

  /** Seeds that hold while no rule is broken: only in these something is found because a rule is. */
  const unbroken = new Map<number, boolean>();
  async function holdsUnbroken(seed: number): Promise<boolean> {
    const known = unbroken.get(seed) ?? (await runSeed({ seed })).violations.length === 0;
    unbroken.set(seed, known);
    return known;
  }

  it('each has a number of seeds within which it is found', () => {
    expect(Object.keys(FOUND_IN).sort()).to.deep.equal(MUTATIONS.map(({ name }) => name).sort());
  });

  for (const mutation of MUTATIONS) {
    const { hint, within } = FOUND_IN[mutation.name] ?? { hint: 1, within: 0 };
    it(`${mutation.name}: found within ${within} seeds`, async () => {
      const seeds = [hint, ...Array.from({ length: within }, (_, index) => index + 1)];
      for (const seed of seeds) {
        const { violations } = await runSeed({ seed, mutation });
        if (violations.length > 0 && (await holdsUnbroken(seed))) return;
      }
      expect.fail(`not found in the seeds 1 to ${within}`);
    });
  }
});
