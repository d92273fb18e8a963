/** What the genesis frame fixes for ever about money and time (D13). */
import type { Parameters } from './parameters.js';

export interface DeploymentRules {
  /** ISO 4217, for instance JPY. */
  readonly currency: string;
  /** Its number of decimals. */
  readonly currencyScale: number;
  /** IANA name, for instance Asia/Tokyo. */
  readonly timeZone: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly created: number;
  /** Business time = start + (time − created) × rate. Undefined: real time. */
  readonly businessClock: { readonly start: number; readonly rate: number } | undefined;
  /** In force from the first day; undefined: no interest, no fares. */
  readonly parameters: Parameters | undefined;
}

/** Fastest business clock: a century of business a day or so; more would end in the year 9999 at once. */
export const MAX_CLOCK_RATE = 100_000;

/** ISO 4217 has no more decimals than these. */
export const MAX_CURRENCY_SCALE = 4;
