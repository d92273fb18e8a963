import { expect } from 'chai';
import fc from 'fast-check';
import { build } from 'hdr-histogram-js';
import { percentilesOf } from '../../simulator/percentiles.js';

describe('percentiles', () => {
  const of = (micros: readonly number[]) => {
    const histogram = build({ highestTrackableValue: 3_600_000_000 });
    for (const each of micros) histogram.recordValue(each);
    return percentilesOf(histogram);
  };

  it('are milliseconds', () => {
    expect(of([1_000, 2_000, 3_000])).to.include({ p50: 2, max: 3 });
  });

  it('never exceed the greatest value, and never fall', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3_600_000_000 }), { minLength: 1 }), (micros) => {
        const { p50, p90, p99, p999, max } = of(micros);
        expect([p50, p90, p99, p999, max]).to.deep.equal([p50, p90, p99, p999, max].sort((a, b) => a - b));
      }),
    );
  });
});
