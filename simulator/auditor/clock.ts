/** Business time of a frame: real time, unless the genesis frame sets its start and rate. */
import type { v1 } from '../../proto/generated/emoney.js';
import { plain } from './wire/basics.js';

/** From a frame's time to business time, both in milliseconds. */
export type Clock = (frameTime: number) => number;

export function clockOf(rules: v1.DeploymentRules): Clock {
  const { businessClockStartMs, businessClockRate } = rules;
  if (businessClockStartMs == null) return (time) => time;
  const start = plain(businessClockStartMs, 'business_clock_start_ms');
  const created = plain(rules.createdMs, 'created_ms');
  const rate = businessClockRate ?? 1;
  return (time) => start + Math.max(0, time - created) * rate;
}
