/** The deployment's rules in the genesis frame (events.proto, DeploymentRules). */
import { v1 } from '../../../proto/generated/emoney.js';
import { createBusinessCalendar } from '../../money/businessDate.js';
import { type DeploymentRules, MAX_CLOCK_RATE, MAX_CURRENCY_SCALE } from '../../money/deploymentRules.js';
import { decodeMessage, encodeMessage } from '../../../proto/message.js';
import { guarded } from './guarded.js';
import { decodeParameters, encodeParameters } from './parametersCodec.js';
import {
  fromUint32,
  fromUnsigned,
  GuardError,
  noUnknowns,
  toCount,
  toPositive,
  toText,
  toTime,
} from './guards.js';

export function encodeRules(rules: DeploymentRules): Uint8Array {
  const { businessClock } = rules;
  return encodeMessage(v1.DeploymentRules, {
    currency: rules.currency,
    currencyScale: fromUint32(rules.currencyScale, 'currency_scale'),
    timeZone: rules.timeZone,
    createdMs: fromUnsigned(rules.created, 'created_ms'),
    businessClockStartMs:
      businessClock === undefined ? null : fromUnsigned(businessClock.start, 'business_clock_start_ms'),
    businessClockRate:
      businessClock === undefined ? null : fromUint32(businessClock.rate, 'business_clock_rate'),
    parameters: rules.parameters === undefined ? null : encodeParameters(rules.parameters),
  });
}

/** Throws MalformedError, also for a zone that this machine does not know. */
export function decodeRules(bytes: Uint8Array): DeploymentRules {
  return guarded('rules', () => {
    const wire = decodeMessage(v1.DeploymentRules, bytes);
    noUnknowns(wire, 'rules');
    const currency = toText(wire.currency, 'currency');
    if (!/^[A-Z]{3}$/.test(currency)) throw new GuardError('currency', `${currency} is no ISO 4217 code`);
    const currencyScale = toCount(wire.currencyScale, 'currency_scale');
    if (currencyScale > MAX_CURRENCY_SCALE) throw new GuardError('currency_scale', 'is too large');
    return {
      currency,
      currencyScale,
      timeZone: zoneOf(wire.timeZone),
      created: toTime(wire.createdMs, 'created_ms'),
      businessClock: clockOf(wire),
      parameters: wire.parameters ? decodeParameters(wire.parameters) : undefined,
    };
  });
}

function zoneOf(name: string): string {
  const zone = toText(name, 'time_zone');
  try {
    createBusinessCalendar(zone);
    return zone;
  } catch {
    throw new GuardError('time_zone', `${zone} is not known here`);
  }
}

function clockOf(wire: v1.DeploymentRules): DeploymentRules['businessClock'] {
  const { businessClockStartMs: start, businessClockRate: stated } = wire;
  if (start === null || start === undefined) {
    if (stated !== null && stated !== undefined) {
      throw new GuardError('business_clock_start_ms', 'is missing');
    }
    return undefined;
  }
  const rate = toPositive(stated ?? 1, 'business_clock_rate');
  if (rate > MAX_CLOCK_RATE) throw new GuardError('business_clock_rate', 'is too large');
  return { start: toTime(start, 'business_clock_start_ms'), rate };
}
