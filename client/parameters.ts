import { v1 } from '../proto/generated/emoney.js';
import { fromUint32, fromInteger, toBigInt, toNumber, toUnsigned } from '../proto/guard.js';
import { frequencyName, type FrequencyName } from './names.js';

/** A row of the fare table. */
export interface Fare {
  readonly fromZone: string;
  readonly toZone: string;
  readonly amount: number;
}

/** What the deployment decides by, in force from a business date until a later one takes its place. */
export interface Parameters {
  /** Rises by one with each change; 0: as created. */
  readonly number: number;
  /** yyyymmdd */
  readonly effectiveFrom: number;
  /** Interest a year in millionths: 18 % is 180,000. */
  readonly ratePpm: number;
  readonly frequency: FrequencyName;
  readonly fares: readonly Fare[];
  /** Days in which a purchase may be refunded; 0: the usual 180. */
  readonly refundDays: number;
}

export function parametersOf(parameters: v1.Parameters.$Properties): Parameters {
  return {
    number: parameters.number ?? 0,
    effectiveFrom: parameters.effectiveFrom ?? 0,
    ratePpm: parameters.ratePpm ?? 0,
    frequency: frequencyName(parameters.frequency),
    fares: (parameters.fares ?? []).map((fare) => ({
      fromZone: fare.fromZone ?? '',
      toZone: fare.toZone ?? '',
      amount: toNumber(fare.amount ?? 0, 'fare.amount'),
    })),
    refundDays: parameters.refundDays ?? 0,
  };
}

/** @throws GuardError for a number that does not fit */
export function wireParameters(parameters: Parameters): v1.Parameters.$Properties {
  return {
    number: fromUint32(parameters.number, 'number'),
    effectiveFrom: fromUint32(parameters.effectiveFrom, 'effective_from'),
    ratePpm: fromUint32(parameters.ratePpm, 'rate_ppm'),
    frequency: v1.Frequency[`FREQUENCY_${parameters.frequency}`],
    fares: parameters.fares.map(({ fromZone, toZone, amount }) => ({
      fromZone,
      toZone,
      amount: fromInteger(amount, 'fare.amount'),
    })),
    refundDays: fromUint32(parameters.refundDays, 'refund_days'),
  };
}

/** A run that is under way, partition by partition: of interest, or of a settlement. */
export interface InterestRun {
  /** yyyymmdd */
  readonly through: number;
  /** Not 0: no interest, but this settlement orders every account share. */
  readonly settlement: number;
  readonly progress: readonly {
    readonly partition: number;
    readonly done: boolean;
    /** Charged so far. */
    readonly cards: number;
    readonly amount: bigint;
  }[];
}

export interface CenterDescription {
  /** yyyymmdd */
  readonly businessDate: number;
  /** As created, then as decided since. */
  readonly parameters: readonly Parameters[];
  /** Partitions that have not adopted the newest yet. */
  readonly adopting: readonly number[];
  /** Last business date that every partition has charged; 0: none. */
  readonly chargedThrough: number;
  readonly run: InterestRun | undefined;
  /** The number of the last settlement that was begun; 0: none. */
  readonly settlements: number;
}

export function centerOf(center: v1.CenterDescription.$Properties): CenterDescription {
  const { run } = center;
  return {
    businessDate: center.businessDate ?? 0,
    parameters: (center.parameters ?? []).map(parametersOf),
    adopting: center.adopting ?? [],
    chargedThrough: center.chargedThrough ?? 0,
    run: run == null ? undefined : runOf(run),
    settlements: center.settlements ?? 0,
  };
}

function runOf({ through, settlement, progress }: v1.InterestRun.$Properties): InterestRun {
  return {
    through: through ?? 0,
    settlement: settlement ?? 0,
    progress: (progress ?? []).map((each) => ({
      partition: each.partition ?? 0,
      done: each.done ?? false,
      cards: toUnsigned(each.cards ?? 0, 'cards'),
      amount: toBigInt(each.amount ?? 0, 'amount'),
    })),
  };
}
