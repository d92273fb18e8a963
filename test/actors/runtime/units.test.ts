import { expect } from 'chai';
import { Unit, Units } from '../../../actors/runtime/units.js';

const keys = (units: Units<number>): readonly string[] => [...units.values()].map(({ key }) => key);

let decoded = 0;
/** Those below 100 may sleep. */
const codec = {
  encodeState: (state: number) => Uint8Array.of(state),
  decodeState: ([state = 0]: Uint8Array) => {
    decoded += 1;
    return state;
  },
  maySleep: (state: number) => state < 100,
};

/** As a partition does it. */
function change(units: Units<number>, key: string, state: number, position: number): void {
  const unit = units.get(key);
  if (unit === undefined) throw new Error(`${key} is not there`);
  unit.state = state;
  unit.position = position;
  units.acknowledge(unit, state, position);
}

const asleep = (units: Units<number>): readonly string[] =>
  [...units.values()].filter(({ isAsleep }) => isAsleep).map(({ key }) => key);

/** Clean ones, which came in this order. */
function unitsOf(count: number): Units<number> {
  const units = new Units<number>(codec);
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

  it('fall asleep when they have changed, and are what they were when somebody asks for them', () => {
    const units = unitsOf(2);
    change(units, 'u1', 77, 2);
    expect(asleep(units)).to.deep.equal(['u1']);
    expect([...units.awake()].map(({ key }) => key)).to.deep.equal(['u0']);
    const unit = units.get('u1');
    expect(unit?.state).to.equal(77);
    expect(unit?.acknowledgedState).to.equal(77);
    expect(asleep(units)).to.deep.equal([]);
  });

  it('stay awake when they are used again soon, until they are idle', () => {
    const units = unitsOf(1);
    change(units, 'u0', 1, 2);
    change(units, 'u0', 2, 3);
    expect(asleep(units)).to.deep.equal([]);
    decoded = 0;
    change(units, 'u0', 3, 4);
    expect(decoded).to.equal(0);
    units.passivate(9);
    units.passivate(9);
    expect(asleep(units), 'nobody has its bytes').to.deep.equal([]);
    const unit = units.get('u0');
    if (unit === undefined) throw new Error('it is there');
    units.snapshotOf(unit);
    units.confirm(unit, 4);
    units.passivate(9);
    units.passivate(9);
    expect(asleep(units)).to.deep.equal(['u0']);
    expect(units.get('u0')?.state).to.equal(3);
  });

  it('stay awake while something is not acknowledged, unfinished, or large', () => {
    const units = unitsOf(3);
    const [open, unfinished] = [units.get('u0'), units.get('u1')];
    if (open === undefined || unfinished === undefined) throw new Error('they are there');
    open.position = 3;
    units.acknowledge(open, 7, 2);
    unfinished.unfinished = true;
    change(units, 'u1', 8, 2);
    change(units, 'u2', 100, 2);
    for (const unit of units.values()) units.snapshotOf(unit);
    units.passivate(9);
    units.passivate(9);
    expect(asleep(units)).to.deep.equal([]);
  });

  it('are written from their sleep, and leave memory out of it', () => {
    const units = unitsOf(1);
    change(units, 'u0', 5, 2);
    const [unit] = units.dirty();
    if (unit === undefined) throw new Error('it is dirty');
    expect([...(units.snapshotOf(unit) ?? [])]).to.deep.equal([5]);
    units.confirm(unit, 2);
    expect(unit.isAsleep).to.equal(true);
    units.passivate(0);
    expect(units.passivate(0)).to.equal(1);
    expect(units.size).to.equal(0);
  });
});
