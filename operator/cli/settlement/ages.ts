import { createBusinessCalendar, dayOf } from '../../../actors/money/businessDate.js';

/** The age of what was recorded at a time (ms), in business days of the deployment's zone. */
export function ageInDays(timeZone: string, businessDate: number): (timeMs: number) => number {
  const dateOf = createBusinessCalendar(timeZone);
  return (timeMs) => dayOf(businessDate) - dayOf(dateOf(timeMs));
}
