import { expect } from 'chai';
import fc from 'fast-check';
import { Latencies } from '../../../bench/support/latencies.js';

const samples = fc.array(
  fc.record({
    begun: fc.double({ min: 0, max: 1_000, noNaN: true }),
    took: fc.double({ min: 0, max: 1_000, noNaN: true }),
  }),
  { minLength: 1, maxLength: 300 },
);

describe('latencies of a bench', () => {
  it('are the exact percentiles, by nearest rank, of what began in a phase', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 0, max: 1_000 }), (all, cut) => {
        const latencies = new Latencies();
        for (const { begun, took } of all) latencies.add(begun, took);
        const found = latencies.between(cut);
        const expected = all.filter(({ begun }) => begun >= cut).map(({ took }) => took);
        const sorted = expected.sort((a, b) => a - b);
        expect(found.count).to.equal(sorted.length);
        const half = sorted.filter((took) => took <= found.p50Ms).length;
        expect(half).to.be.at.least(sorted.length / 2);
        expect(found.maxMs).to.equal(sorted.at(-1) ?? 0);
      }),
    );
  });

  it('of a hundred values name the 50th, the 99th and the last', () => {
    const latencies = new Latencies();
    for (let value = 100; value >= 1; value -= 1) latencies.add(0, value);
    expect(latencies.between()).to.deep.equal({
      ...{ count: 100, meanMs: 50.5, p50Ms: 50, p99Ms: 99, p999Ms: 100, maxMs: 100 },
    });
  });

  it('keep every sample beyond the room that they began with', () => {
    const latencies = new Latencies();
    for (let value = 0; value < 70_000; value += 1) latencies.add(value, value);
    expect(latencies.count).to.equal(70_000);
    expect(latencies.between(0, 70_000).maxMs).to.equal(69_999);
    expect(latencies.between(69_999).count).to.equal(1);
  });

  it('tell the longest time without an answer, at the ends of the phase too', () => {
    const latencies = new Latencies();
    latencies.add(0, 100);
    latencies.add(50, 450);
    latencies.add(490, 10);
    expect(latencies.longestSilence(0, 600)).to.equal(400);
    expect(latencies.longestSilence(0, 2_000)).to.equal(1_500);
    expect(latencies.longestSilence(450, 550)).to.equal(50);
  });

  it('are cut into steps by when they should have begun', () => {
    const latencies = new Latencies();
    latencies.add(10, 1);
    latencies.add(110, 2);
    latencies.add(199, 3);
    const steps = latencies.steps(0, 300, 100);
    expect(steps.map(({ from, count }) => [from, count])).to.deep.equal([
      [0, 1],
      [100, 2],
      [200, 0],
    ]);
  });
});
