import type { Histogram } from 'hdr-histogram-js';

/** Milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Of a histogram of microseconds. */
export function percentilesOf(micros: Histogram): Percentiles {
  // A percentile is the upper end of its bucket, which may lie beyond everything that was recorded.
  const at = (percentile: number): number =>
    Math.min(micros.getValueAtPercentile(percentile), micros.maxValue) / 1_000;
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: micros.maxValue / 1_000 };
}
