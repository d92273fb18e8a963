import { expect } from 'chai';
import type { HotSlice } from '../../../bench/hot/hot.js';
import { slower } from '../../../bench/hot/present.js';
import { HEATS, SLICE_MS, slicesOf, spreadOf, SWITCH_MS } from '../../../bench/hot/slices.js';

describe('bench: hot, in slices', () => {
  it('has every heat once a round, and in every place as often as the others', () => {
    const slices = slicesOf(6);
    expect(slices).to.have.length(6 * HEATS.length);
    for (const heat of HEATS) {
      const own = slices.filter((slice) => slice.heat === heat);
      expect(own.map(({ round }) => round)).to.deep.equal([0, 1, 2, 3, 4, 5]);
      const places = own.map(({ begin }) => (begin / SLICE_MS) % HEATS.length);
      expect(places.sort()).to.deep.equal([0, 0, 1, 1, 2, 2]);
    }
    for (const [at, { begin, from, to }] of slices.entries()) {
      expect([begin, from, to]).to.deep.equal([
        at * SLICE_MS,
        at * SLICE_MS + SWITCH_MS,
        (at + 1) * SLICE_MS,
      ]);
    }
  });

  it('tells median and quartiles', () => {
    expect(spreadOf([5, 1, 4, 2, 3])).to.deep.equal({ median: 3, low: 2, high: 4 });
    expect(spreadOf([]).median).to.be.NaN;
  });

  it('finds what a heat costs although the machine becomes slower and slower', () => {
    const slices = slicesOf(9).map((slice): HotSlice => {
      const meanMs = (10 + slice.round * 10) * (slice.heat === 'card' ? 1.2 : 1);
      const others = { count: 1, meanMs, p50Ms: meanMs, p99Ms: 3 * meanMs, p999Ms: 0, maxMs: 0 };
      return { ...slice, ratePerSecond: 1, others };
    });
    expect(slower('card', slices).meanRatio).to.be.closeTo(1.2, 1e-9);
    expect(slower('card', slices).p99Ratio).to.be.closeTo(1.2, 1e-9);
    expect(slower('terminal', slices)).to.deep.equal({ meanRatio: 1, p99Ratio: 1, low: 1, high: 1 });
    expect(slower('even', slices).meanRatio).to.be.lessThan(1);
  });
});
