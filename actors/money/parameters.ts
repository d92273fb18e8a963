/** What a deployment decides by: numbered, journaled, in force from a business date (D13). */
import { dateOfDay, dayOf } from './businessDate.js';
import type { Frequency } from './interest.js';

/** A row of the fare table. */
export interface Fare {
  readonly fromZone: string;
  readonly toZone: string;
  readonly amount: number;
}

export interface Parameters {
  /** Rises by one with each change; 0: as created. */
  readonly number: number;
  /** yyyymmdd. */
  readonly effectiveFrom: number;
  /** Interest a year in millionths: 18 % is 180,000. */
  readonly ratePpm: number;
  readonly frequency: Frequency;
  readonly fares: readonly Fare[];
  /** Days in which a purchase may be refunded (rule 9). */
  readonly refundDays: number;
}

/** Rule 9's usual number. */
export const USUAL_REFUND_DAYS = 180;

/** A deployment without any: no interest, no fares. */
export const NO_PARAMETERS: Parameters = {
  number: 0,
  effectiveFrom: 0,
  ratePpm: 0,
  frequency: 'DAILY',
  fares: [],
  refundDays: USUAL_REFUND_DAYS,
};

/** Those in force on a date: the newest that began by then; of two that began together the higher number. */
export function inForce(schedule: readonly Parameters[], date: number): Parameters {
  let found = NO_PARAMETERS;
  for (const each of schedule) {
    if (each.effectiveFrom <= date && each.effectiveFrom >= found.effectiveFrom) found = each;
  }
  return found;
}

/**
 * Rule 9: purchases of earlier business dates than this are too old to be refunded. What was too old once stays so when
 * the parameters change, so this never goes back: what is needed for refunds only can be forgotten.
 * @param today business date
 */
export function refundableFrom(schedule: readonly Parameters[], today: number): number {
  let first = oldest(inForce(schedule, today), today);
  for (const { number, effectiveFrom } of schedule) {
    // Before those of the creation there was nothing.
    if (number === 0 || effectiveFrom > today) continue;
    // The last date of those that were in force before.
    const date = dateOfDay(dayOf(effectiveFrom) - 1);
    first = Math.max(first, oldest(inForce(schedule, date), date));
  }
  return dateOfDay(first);
}

/** Its day: that of the oldest purchase which these parameters let be refunded on a date. */
function oldest({ refundDays }: Parameters, date: number): number {
  return dayOf(date) - refundDays;
}

/** Rule 14: by table; no row: the highest of the table; no table: 0. */
export function fareOf({ fares }: Parameters, fromZone: string, toZone: string): number {
  let highest = 0;
  for (const fare of fares) {
    if (fare.fromZone === fromZone && fare.toZone === toZone) return fare.amount;
    highest = Math.max(highest, fare.amount);
  }
  return highest;
}

export function sameParameters(one: Parameters, other: Parameters): boolean {
  return (
    one.number === other.number &&
    one.effectiveFrom === other.effectiveFrom &&
    one.ratePpm === other.ratePpm &&
    one.frequency === other.frequency &&
    one.refundDays === other.refundDays &&
    one.fares.length === other.fares.length &&
    one.fares.every((fare, at) => sameFare(fare, other.fares[at]))
  );
}

function sameFare(one: Fare, other: Fare | undefined): boolean {
  return one.fromZone === other?.fromZone && one.toZone === other.toZone && one.amount === other.amount;
}
