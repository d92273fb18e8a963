import { expect } from 'chai';
import { Random } from '../../simulator/random.js';

describe('the random numbers of the simulator', () => {
  it('are the same for the same seed, on every machine', () => {
    const random = new Random(42);
    expect([random.bits(), random.bits(), random.bits()]).to.deep.equal(EXPECTED);
  });

  it('differ by seed', () => {
    const first = (seed: number) => new Random(seed).bits();
    expect(new Set([first(0), first(1), first(2), first(3)]).size).to.equal(4);
  });

  it('cover a range, its ends included, evenly', () => {
    const random = new Random(7);
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < 40_000; draw += 1) counts[random.integer(0, 3)]! += 1;
    for (const count of counts) expect(count).to.be.within(9_500, 10_500);
  });

  it('give arrivals with the mean that was asked for', () => {
    const random = new Random(9);
    let sum = 0;
    for (let draw = 0; draw < 20_000; draw += 1) sum += random.exponential(5);
    expect(sum / 20_000).to.be.within(4.8, 5.2);
  });
});

const EXPECTED = [1_959_603_763, 2_423_114_712, 2_466_933_512];
