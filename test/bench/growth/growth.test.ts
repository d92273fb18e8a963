import { expect } from 'chai';
import { costOf, pointsTo, type GrowthPoint } from '../../../bench/growth/growth.js';
import { growthJson, ratioOf } from '../../../bench/growth/present.js';
import type { Throughput } from '../../../bench/support/closedLoop.js';

const LATENCY = { count: 1, meanMs: 1, p50Ms: 1, p99Ms: 1, p999Ms: 1, maxMs: 1 };

function throughput(worker: number): Throughput {
  const cpuMicros = { client: 10, worker, nats: 5 };
  return {
    ...{ inFlight: 1, ratePerSecond: 1, latency: LATENCY, from: 0, to: 1, refused: {} },
    ...{ cpuMicros, cpuMicrosPerPayment: 15 + worker },
  };
}

function point(cards: number, uniform: number, zipf: number): GrowthPoint {
  return { cards, uniform: throughput(uniform), zipf: throughput(zipf), workerMiB: 1, redisMiB: 1 };
}

describe('growth', () => {
  it('is measured at four numbers of cards, or fewer', () => {
    expect(pointsTo(1_000_000)).to.deep.equal([5_000, 50_000, 200_000, 1_000_000]);
    expect(pointsTo(20_000)).to.deep.equal([5_000, 20_000]);
    expect(pointsTo(5_000)).to.deep.equal([5_000]);
  });

  it('counts the cost of every process but the client', () => {
    expect(costOf(throughput(20))).to.equal(25);
  });

  it('compares with the first point, and says million of a million only', () => {
    const points = [point(5_000, 20, 20), point(1_000_000, 25, 45)];
    expect(ratioOf(points, points[1]!, 'uniform')).to.be.closeTo(1.2, 1e-9);
    const report = { points, redisBytesPerCard: 300, unitsInMemory: 1_000 };
    expect(growthJson(report).million).to.include({ zipfCostRatio: 2 });
    expect(growthJson({ ...report, points: points.slice(0, 1) })).not.to.have.property('million');
  });
});
