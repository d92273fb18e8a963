import { expect } from 'chai';
import { type Opening, Openings } from '../../../actors/history/openings.js';

const opening = (terminal: string, incarnation: number, number: number, line = 0): Opening => ({
  ...{ id: { terminal, incarnation, number }, line, batch: 1 },
  ...{ event: new Uint8Array(0), closed: false, stored: false },
});

describe('openings', () => {
  it('are found by the whole id and line, once', () => {
    const all = [
      opening('T', 1, 5),
      opening('T', 2, 5),
      opening('T', 1, 2 ** 50),
      opening('T', 1, 5, 1),
      opening('U', 1, 5),
    ];
    const openings = new Openings();
    for (const each of all) openings.add(each);
    for (const each of all) {
      expect(openings.take(each.id, each.line)).to.equal(each);
      expect(openings.take(each.id, each.line)).to.equal(undefined);
    }
    expect(openings.take({ terminal: 'none', incarnation: 1, number: 5 }, 0)).to.equal(undefined);
  });

  it('count what they hold, with the places that incarnations of before have left', () => {
    const openings = new Openings();
    for (let incarnation = 1; incarnation <= 10; incarnation += 1) {
      const each = opening('T', incarnation, 1);
      openings.add(each);
      openings.add(each);
      openings.take(each.id, 0);
    }
    expect(openings.size).to.equal(10);
    openings.clear();
    expect(openings.size).to.equal(0);
  });
});
