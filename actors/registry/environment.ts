/** What every turn of a partition may know beside its units: the deployment, the calendar, the prohibition list. */
import { type BusinessClock, createBusinessClock } from '../money/businessClock.js';
import {
  type BusinessCalendar,
  createBusinessCalendar,
  createLocalClock,
  type LocalClock,
} from '../money/businessDate.js';
import type { DeploymentRules } from '../money/deploymentRules.js';
import type { Parameters } from '../money/parameters.js';
import type { ListVersion } from '../money/prohibition.js';
import type { Trace } from '../money/trace.js';
import { MalformedError } from '../runtime/errors.js';
import type { Deployment } from '../runtime/domain.js';
import { partitionOf } from '../runtime/placement.js';
import { decodeRules } from './wire/rulesCodec.js';

/** The prohibition list as this process has read it (D14). */
export interface ListView {
  /** Version since which the card is prohibited without a break, by the newest entry known here; undefined: free. */
  prohibitedSince(card: string): ListVersion | undefined;
  /** The list is known here up to this version. */
  listVersion(): ListVersion;
}

export interface Environment {
  readonly partition: number;
  /** Of the deployment. */
  readonly partitions: number;
  readonly rules: DeploymentRules;
  readonly clock: BusinessClock;
  readonly dateOf: BusinessCalendar;
  readonly minuteOf: LocalClock;
  readonly list: ListView;
  /** Partition of a card or terminal. */
  readonly placeOf: (id: string) => number;
  /** Throws MalformedError for an id that belongs to another partition. */
  readonly mustBeHere: (id: string) => void;
  /** Told every step; undefined: nobody asks for an explanation. */
  readonly trace?: Trace | undefined;
}

/** Parameters as created, then as decided. */
export function scheduleOf(
  { parameters: first }: DeploymentRules,
  decided: readonly Parameters[],
): readonly Parameters[] {
  return first === undefined ? decided : [first, ...decided];
}

export function createEnvironment(deployment: Deployment, list: ListView): Environment {
  const { partition, partitions } = deployment;
  const rules = decodeRules(deployment.rules);
  const placeOf = (id: string) => partitionOf(id, partitions);
  return {
    partition,
    partitions,
    rules,
    clock: createBusinessClock(rules),
    dateOf: createBusinessCalendar(rules.timeZone),
    minuteOf: createLocalClock(rules.timeZone),
    list,
    placeOf,
    mustBeHere(id) {
      const place = placeOf(id);
      if (place !== partition) {
        throw new MalformedError(`wrong partition: ${id} is in ${place}, this is ${partition}`);
      }
    },
  };
}
