import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_REFUSED_NUMBERS } from '../../actors/bounds.js';
import { SentNumbers } from '../../gateway/sentNumbers.js';

describe('gateway: sent numbers', () => {
  it('never calls new what was sent on, here or before (D8)', () => {
    const step = fc.record({ number: fc.integer({ min: 1, max: 40 }), isRoom: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(step, { maxLength: 200 }), (next, steps) => {
        const numbers = new SentNumbers(next);
        const sent = new Set(Array.from({ length: next - 1 }, (_, at) => at + 1));
        for (const { number, isRoom } of steps) {
          const isNew = numbers.isNew(number);
          if (isNew) expect(sent.has(number), `number ${number}`).to.equal(false);
          if (isNew && !isRoom) {
            numbers.refuse(number);
            expect(numbers.isNew(number), 'what was refused is still new').to.equal(true);
          } else {
            numbers.send(number);
            sent.add(number);
          }
        }
      }),
    );
  });

  it('forgets the oldest of many that were refused: then the partition is asked', () => {
    const numbers = new SentNumbers(1);
    for (let number = 1; number <= MAX_REFUSED_NUMBERS + 10; number += 1) numbers.refuse(number);
    expect(numbers.isNew(10)).to.equal(false);
    expect(numbers.isNew(11)).to.equal(true);
  });
});
