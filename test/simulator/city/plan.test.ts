import { expect } from 'chai';
import { ACTIVITIES } from '../../../simulator/city/activities/index.js';
import { ACTIVITY_NAMES, PARTS, partAt, type Part } from '../../../simulator/city/day.js';
import { intentionsOf, type Intention } from '../../../simulator/city/plan.js';

function first(count: number, seed: number, day: number, part: Part): Intention[] {
  const next = intentionsOf(seed, day, part);
  return Array.from({ length: count }, next);
}

describe("a city's day", () => {
  it('has a morning, a noon, an evening, and a night that lasts over midnight', () => {
    const names = [0, 4 * 60 + 59, 5 * 60, 10 * 60, 15 * 60 + 59, 16 * 60, 22 * 60, 23 * 60 + 59].map(
      (minute) => partAt(minute).name,
    );
    expect(names).to.deep.equal([
      ...['night', 'night', 'morning', 'noon', 'noon', 'evening', 'night', 'night'],
    ]);
  });

  it('has a part for everything that the city can do', () => {
    for (const name of ACTIVITY_NAMES) {
      expect(ACTIVITIES).to.have.property(name);
      expect(
        PARTS.some(({ weights }) => (weights[name] ?? 0) > 0),
        name,
      ).to.equal(true);
    }
  });
});

describe("a city's plan", () => {
  it('is the same for the same seed, and another for another seed, day or part', () => {
    const [morning, noon] = [PARTS[0]!, PARTS[1]!];
    const plan = first(200, 7, 1, morning);
    expect(first(200, 7, 1, morning)).to.deep.equal(plan);
    expect(first(200, 8, 1, morning)).not.to.deep.equal(plan);
    expect(first(200, 7, 2, morning)).not.to.deep.equal(plan);
    expect(first(200, 7, 1, noon).map(({ seed }) => seed)).not.to.deep.equal(plan.map(({ seed }) => seed));
  });

  it('begins each activity of a part as often as its weight says, and no other', () => {
    for (const part of PARTS) {
      const count = 20_000;
      const total = Object.values(part.weights).reduce((sum, weight) => sum + weight, 0);
      const begun = new Map<string, number>();
      for (const { activity, who } of first(count, 3, 1, part)) {
        begun.set(activity, (begun.get(activity) ?? 0) + 1);
        expect(who).to.be.within(0, 1);
      }
      for (const name of ACTIVITY_NAMES) {
        const share = (begun.get(name) ?? 0) / count;
        expect(share, `${name} in the ${part.name}`).to.be.closeTo((part.weights[name] ?? 0) / total, 0.02);
      }
    }
  });
});
