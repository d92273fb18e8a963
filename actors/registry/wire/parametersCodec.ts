/** Parameters of a deployment on the wire: rate, frequency, fares. */
import { v1 } from '../../../proto/generated/emoney.js';
import { MAX_FARES, MAX_RATE_PPM, MAX_REFUND_DAYS } from '../../bounds.js';
import type { ChargedPlace, ShardEvent } from '../../center/shard.js';
import { type Fare, type Parameters, USUAL_REFUND_DAYS } from '../../money/parameters.js';
import {
  fromSum,
  fromUint32,
  fromUnsigned,
  GuardError,
  noUnknowns,
  required,
  toCount,
  toDate,
  toId,
  toSum,
  toText,
} from './guards.js';
import { toTerm } from './policyCodec.js';
import { caseOf } from './protobuf.js';
import { frequencies } from './vocabulary.js';

export function encodeParameters(parameters: Parameters): v1.Parameters.$Properties {
  return {
    number: fromUint32(parameters.number, 'parameters.number'),
    effectiveFrom: fromUint32(parameters.effectiveFrom, 'parameters.effective_from'),
    ratePpm: fromUint32(parameters.ratePpm, 'parameters.rate_ppm'),
    frequency: frequencies.toWire(parameters.frequency),
    fares: parameters.fares.map(({ fromZone, toZone, amount }) => ({
      fromZone,
      toZone,
      amount: fromUnsigned(amount, 'fares.amount'),
    })),
    refundDays: fromUint32(parameters.refundDays, 'parameters.refund_days'),
  };
}

export function decodeParameters(wire: v1.Parameters.$Properties | null | undefined): Parameters {
  const parameters = required(wire, 'parameters');
  noUnknowns(parameters, 'parameters');
  const { number, frequency } = parameters;
  const fares = parameters.fares ?? [];
  if (fares.length > MAX_FARES) throw new GuardError('parameters.fares', `has more than ${MAX_FARES}`);
  return {
    number: number ?? 0,
    effectiveFrom: toDate(parameters.effectiveFrom, 'parameters.effective_from'),
    ratePpm: within(parameters.ratePpm ?? 0, MAX_RATE_PPM, 'parameters.rate_ppm'),
    frequency: frequencies.fromWire(frequency, 'parameters.frequency'),
    fares: fares.map(decodeFare),
    refundDays: within(
      parameters.refundDays === 0 ? USUAL_REFUND_DAYS : (parameters.refundDays ?? USUAL_REFUND_DAYS),
      MAX_REFUND_DAYS,
      'parameters.refund_days',
    ),
  };
}

function decodeFare(wire: v1.Fare.$Properties): Fare {
  noUnknowns(wire, 'fares');
  return {
    fromZone: toId(wire.fromZone, 'fares.from_zone'),
    toZone: toId(wire.toZone, 'fares.to_zone'),
    amount: toTerm(wire.amount, 'fares.amount'),
  };
}

function within(value: number, most: number, field: string): number {
  if (value > most) throw new GuardError(field, `${value} is more than ${most}`);
  return value;
}

export function encodeShardEvent(event: ShardEvent): v1.Event.$Properties {
  switch (event.type) {
    case 'ParametersSet': {
      const { partition, parameters } = event;
      return { parametersSet: { partition, parameters: encodeParameters(parameters) } };
    }
    case 'InterestRunBegun':
      return { interestRunBegun: { partition: event.partition, through: event.through } };
    case 'CardsCharged':
      return { cardsCharged: { partition: event.partition, charged: encodeCharged(event.charged) } };
  }
}

export const shardEventCases = {
  parametersSet: caseOf(v1.ParametersSet, ({ partition, parameters }): ShardEvent => {
    return {
      type: 'ParametersSet',
      partition: toCount(partition, 'partition'),
      parameters: decodeParameters(parameters),
    };
  }),
  interestRunBegun: caseOf(v1.InterestRunBegun, ({ partition, through }): ShardEvent => {
    return {
      type: 'InterestRunBegun',
      partition: toCount(partition, 'partition'),
      through: toDate(through, 'through'),
    };
  }),
  cardsCharged: caseOf(v1.CardsCharged, ({ partition, charged }): ShardEvent => {
    return {
      type: 'CardsCharged',
      partition: toCount(partition, 'partition'),
      charged: decodeCharged(required(charged, 'charged')),
    };
  }),
};

export function encodeCharged(charged: ChargedPlace): v1.ChargedPlace.$Properties {
  const { cards, amount, ...place } = charged;
  return {
    ...place,
    cards: fromUnsigned(cards, 'charged.cards'),
    amount: fromSum(amount, 'charged.amount'),
  };
}

export function decodeCharged(wire: v1.ChargedPlace.$Properties): ChargedPlace {
  noUnknowns(wire, 'charged');
  return {
    through: toDate(wire.through, 'charged.through'),
    settlement: wire.settlement ?? 0,
    chunk: wire.chunk ?? 0,
    after: toText(wire.after, 'charged.after'),
    last: toId(wire.last, 'charged.last'),
    cards: toCount(wire.cards, 'charged.cards'),
    amount: toSum(wire.amount, 'charged.amount'),
  };
}
