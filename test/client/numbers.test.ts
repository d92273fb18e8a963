import { expect } from 'chai';
import { Numbers } from '../../client/numbers.js';

describe('client: numbers', () => {
  it('assigns one after the other; the mark is below everything that is open', () => {
    const numbers = new Numbers(5, []);
    expect(numbers.mark).to.equal(5);
    expect([numbers.take(), numbers.take(), numbers.take()]).to.deep.equal([5, 6, 7]);
    expect(numbers.mark).to.equal(5);
    numbers.settle(6);
    expect(numbers.mark).to.equal(5);
    numbers.settle(5);
    expect(numbers.mark).to.equal(7);
    numbers.settle(7);
    expect(numbers.mark).to.equal(8);
    expect(numbers.nextNumber).to.equal(8);
  });

  it('what was open before stays open until it is settled', () => {
    const numbers = new Numbers(9, [4, 6]);
    expect(numbers.mark).to.equal(4);
    numbers.settle(4);
    expect(numbers.mark).to.equal(6);
    expect(numbers.openNumbers).to.deep.equal([6]);
  });

  it('takes numbers of the caller’s choice, in any order, and goes on after the highest', () => {
    const numbers = new Numbers(1, []);
    numbers.take(1_000_000);
    numbers.take(7);
    expect(numbers.mark).to.equal(7);
    expect(numbers.nextNumber).to.equal(1_000_001);
    numbers.settle(7);
    expect(numbers.mark).to.equal(1_000_000);
    expect(numbers.take()).to.equal(1_000_001);
  });
});
