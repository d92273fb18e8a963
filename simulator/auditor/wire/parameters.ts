/** What a deployment decides by. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { need, plain } from './basics.js';

export interface Fare {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

export interface Parameters {
  readonly number: number;
  /** yyyymmdd. */
  readonly effectiveFrom: number;
  /** Interest a year in millionths. */
  readonly ratePpm: number;
  readonly frequency: number;
  readonly fares: readonly Fare[];
  /** 0: the usual. */
  readonly refundDays: number;
}

export function readParameters(message: v1.Parameters.$Properties | null | undefined): Parameters {
  const parameters = need(message, 'parameters');
  return {
    number: parameters.number ?? 0,
    effectiveFrom: parameters.effectiveFrom ?? 0,
    ratePpm: parameters.ratePpm ?? 0,
    frequency: parameters.frequency ?? 0,
    fares: (parameters.fares ?? []).map(({ fromZone, toZone, amount }) => ({
      from: fromZone ?? '',
      to: toZone ?? '',
      amount: plain(amount, 'fare.amount'),
    })),
    refundDays: parameters.refundDays ?? 0,
  };
}
