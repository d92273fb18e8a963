import { createBusinessClock } from '../actors/money/businessClock.js';
import { createBusinessCalendar, createLocalClock } from '../actors/money/businessDate.js';
import type { Fare } from '../actors/money/parameters.js';
import { decodeRules } from '../actors/registry/rules.js';
import type { Operator } from '../client/index.js';
import { v1 } from '../proto/generated/emoney.js';

/** The deployment's business clock, and what else a driver must know of its genesis. */
export interface BusinessTime {
  /** Milliseconds, business time. */
  readonly now: () => number;
  /** Business time that passes in a unit of real time; 1: real time. */
  readonly rate: number;
  /** yyyymmdd */
  readonly dateOf: (time: number) => number;
  /** Minute of the day, 0 … 1439. */
  readonly minuteOf: (time: number) => number;
  /** Of the deployment's creation. */
  readonly fares: readonly Fare[];
}

/** As the gateway describes it. The clock of this machine must be the servers', to about a second over the rate. */
export async function businessTimeOf(operator: Operator): Promise<BusinessTime> {
  const { system } = await operator.connection.ask({ describeSystem: {} });
  const rules = decodeRules(v1.DeploymentRules.encode(system?.rules ?? {}).finish());
  const clock = createBusinessClock(rules);
  return {
    now: () => Math.floor(clock(Date.now())),
    rate: rules.businessClock?.rate ?? 1,
    dateOf: createBusinessCalendar(rules.timeZone),
    minuteOf: createLocalClock(rules.timeZone),
    fares: rules.parameters?.fares ?? [],
  };
}
