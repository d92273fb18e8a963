import { expect } from 'chai';
import { Unit, Units } from '../../../actors/runtime/units.js';

const keys = (units: Units<number>): readonly string[] => [...units.values()].map(({ key }) => key);

/** Clean ones, which came in this order. */
function unitsOf(count: number): Units<number> {
  const units = new Units<number>();
  for (let at = 0; at < count; at += 1) units.add(new Unit(`u${String(at)}`, at, 1, 1));
  return units;
}

describe('units in memory', () => {
  it('leave when they are more than may stay, the longest idle first', () => {
    const units = unitsOf(4);
    units.passivate(4);
    units.get('u0');
    units.passivate(4);
    units.get('u2');
    units.passivate(4);
    expect(units.passivate(2)).to.equal(2);
    expect(keys(units)).to.deep.equal(['u0', 'u2']);
  });

  it('stay while nobody else needs the room', () => {
    const units = unitsOf(3);
    for (let sweep = 0; sweep < 3; sweep += 1) expect(units.passivate(3)).to.equal(0);
    expect(units.size).to.equal(3);
  });

  it('stay when they were used since the sweep before, are unfinished, or are not written yet', () => {
    const units = unitsOf(4);
    units.passivate(4);
    units.get('u0');
    const [unfinished, dirty] = [units.get('u1'), units.get('u2')];
    if (unfinished === undefined || dirty === undefined) throw new Error('they are there');
    units.passivate(4);
    units.get('u0');
    unfinished.unfinished = true;
    dirty.position = 2;
    units.acknowledge(dirty, 7, 2);
    expect(units.passivate(0)).to.equal(1);
    expect(keys(units)).to.deep.equal(['u0', 'u1', 'u2']);
    units.confirm(dirty, 2);
    expect(units.passivate(0)).to.equal(2);
    expect(keys(units)).to.deep.equal(['u1']);
  });
});
