import { expect } from 'chai';
import { arrivalsOf } from '../../simulator/arrivals.js';
import { Random } from '../../simulator/random.js';

describe('arrivals', () => {
  it('in an open loop come at their own time, however many are open', () => {
    const arrivals = arrivalsOf({ kind: 'rate', rate: 1_000 }, new Random(1), 0);
    const times: number[] = [];
    for (let due = arrivals.due(10_000, 1e9); due !== undefined; due = arrivals.due(10_000, 1e9))
      times.push(due);
    expect(times.length).to.be.within(9_500, 10_500);
    expect(times).to.deep.equal([...times].sort((a, b) => a - b));
    expect(times.at(-1)).to.be.at.most(10_000);
  });

  it('in an open loop that is late keep the time at which they should have started', () => {
    const arrivals = arrivalsOf({ kind: 'rate', rate: 100 }, new Random(1), 0);
    const [first, second] = [arrivals.due(5_000, 0)!, arrivals.due(5_000, 0)!];
    expect(first).to.be.lessThan(second);
    expect(second).to.be.lessThan(1_000);
  });

  it('in a closed loop come when others are finished', () => {
    const arrivals = arrivalsOf({ kind: 'inFlight', inFlight: 2 }, new Random(1), 0);
    expect([arrivals.due(5, 1), arrivals.due(5, 2)]).to.deep.equal([5, undefined]);
  });
});
