/** Engine and baselines of the same run, side by side. */
import type { Output } from '../../operator/cli/output.js';
import { IN_FLIGHT, type Baselines, type InFlight, PACKED } from '../baselines/baselines.js';
import type { Throughput } from '../support/closedLoop.js';
import { throughputJson, throughputTable, type NamedThroughput } from '../support/throughputText.js';
import type { Engine } from './engine.js';

export function baselinesText(baselines: Baselines, colors: Output['colors']): string {
  return `baselines, fsync before every answer\n\n${throughputTable(
    IN_FLIGHT.flatMap((inFlight) => baselineRows(baselines, inFlight)),
    colors,
  )}`;
}

export function engineText(engine: Engine, baselines: Baselines, colors: Output['colors']): string {
  const tables = IN_FLIGHT.map((inFlight) => {
    const { packed, redis } = baselines[inFlight];
    const rows: NamedThroughput[] = [['engine', engine[inFlight]], ...baselineRows(baselines, inFlight)];
    return throughputTable(rows, colors, {
      '÷ PACKED': ({ ratePerSecond }) => ratePerSecond / packed.ratePerSecond,
      '÷ REDIS': ({ ratePerSecond }) => ratePerSecond / redis.ratePerSecond,
    });
  });
  return `engine: a client on the bus, no gateway; CPU by process a payment\n\n${tables.join('\n\n')}`;
}

function baselineRows(baselines: Baselines, inFlight: InFlight): readonly NamedThroughput[] {
  const { raw, packed, redis } = baselines[inFlight];
  return [
    ['raw JetStream', raw],
    [`raw JetStream, ${PACKED} a message`, packed],
    ['Redis Lua, AOF always', redis],
  ];
}

export function engineJson(engine: Engine, baselines: Baselines): Readonly<Record<string, unknown>> {
  return byInFlight((inFlight) => {
    const { packed, redis } = baselines[inFlight];
    const throughput = engine[inFlight];
    return {
      ...throughputJson(throughput),
      ofPackedRaw: ratio(throughput, packed),
      ofRedisAlways: ratio(throughput, redis),
    };
  });
}

export function baselinesJson(baselines: Baselines): Readonly<Record<string, unknown>> {
  return byInFlight((inFlight) => {
    const { raw, packed, redis } = baselines[inFlight];
    return {
      rawPerSecond: raw.ratePerSecond,
      packedRawPerSecond: packed.ratePerSecond,
      redisAlwaysPerSecond: redis.ratePerSecond,
    };
  });
}

function byInFlight(of: (inFlight: InFlight) => unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(IN_FLIGHT.map((inFlight) => [`inFlight${inFlight}`, of(inFlight)] as const));
}

function ratio(one: Throughput, other: Throughput): number {
  return one.ratePerSecond / other.ratePerSecond;
}
