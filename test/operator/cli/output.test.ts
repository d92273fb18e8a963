import { expect } from 'chai';
import { toJson } from '../../../operator/cli/output.js';

describe('JSON documents', () => {
  it('hold sums beyond 2^53 as numbers, with every digit', () => {
    expect(toJson({ a: 9_007_199_254_740_993n, b: [-1n], c: 'x', d: 1 })).to.equal(
      '{"a":9007199254740993,"b":[-1],"c":"x","d":1}',
    );
  });
});
