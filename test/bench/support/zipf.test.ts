import { expect } from 'chai';
import { Zipf } from '../../../bench/support/zipf.js';
import { Random } from '../../../simulator/random.js';

describe('Zipf', () => {
  it('draws the first place k times as often as the k-th, and every place', () => {
    const random = new Random(1);
    const zipf = new Zipf(10);
    const drawn = Array.from({ length: 10 }, () => 0);
    for (let at = 0; at < 100_000; at += 1) drawn[zipf.draw(random)]! += 1;
    for (const [place, count] of drawn.entries()) {
      expect((drawn[0]! / count / (place + 1)).toFixed(1), `place ${place}`).to.be.oneOf([
        '0.9',
        '1.0',
        '1.1',
      ]);
    }
  });

  it('draws from one place', () => {
    expect(new Zipf(1).draw(new Random(1))).to.equal(0);
  });
});
