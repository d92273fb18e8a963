/** Business time: real time, unless the deployment's genesis frame sets its start and rate (D13). */
import { MAX_TIME } from './businessDate.js';
import type { DeploymentRules } from './deploymentRules.js';

/** From the partition's time to business time, both in milliseconds. Never runs backwards when its input does not. */
export type BusinessClock = (partitionTime: number) => number;

/** Real milliseconds in a span of business time: what waits for networks and people is not faster for a fast clock. */
export function realSpan(rules: DeploymentRules, businessSpan: number): number {
  return businessSpan / (rules.businessClock?.rate ?? 1);
}

/** The other way round. */
export function businessSpan(rules: DeploymentRules, realSpan: number): number {
  return realSpan * (rules.businessClock?.rate ?? 1);
}

export function createBusinessClock(rules: DeploymentRules): BusinessClock {
  const set = rules.businessClock;
  if (set === undefined) return (time) => Math.min(time, MAX_TIME);
  return (time) => {
    // Before its creation a deployment has no time: an owner's clock that is behind must not go back beyond it.
    const elapsed = Math.max(0, time - rules.created);
    return Math.min(set.start + elapsed * set.rate, MAX_TIME);
  };
}
