import { expect } from 'chai';
import type { DeploymentRules } from '../../../actors/money/deploymentRules.js';
import { decodeRules, encodeRules } from '../../../actors/registry/rules.js';
import { MalformedError } from '../../../actors/runtime/errors.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { NOON } from '../money/samples.js';

const rules: DeploymentRules = {
  currency: 'JPY',
  currencyScale: 0,
  timeZone: 'Asia/Tokyo',
  created: NOON,
  businessClock: undefined,
  parameters: undefined,
};

describe("the deployment's rules on the wire", () => {
  it('are read exactly as they were written', () => {
    for (const businessClock of [undefined, { start: 0, rate: 1 }, { start: NOON, rate: 86_400 }]) {
      const set = { ...rules, businessClock };
      expect(decodeRules(encodeRules(set))).to.deep.equal(set);
    }
  });

  it('are refused when they cannot be followed', () => {
    const wire = { currency: 'JPY', timeZone: 'Asia/Tokyo', createdMs: NOON };
    const refused: readonly [v1.DeploymentRules.$Properties, RegExp][] = [
      [{ ...wire, currency: 'yen' }, /currency/],
      [{ ...wire, currencyScale: 5 }, /currency_scale/],
      [{ ...wire, timeZone: 'Asia/Edo' }, /time_zone/],
      [{ ...wire, createdMs: -1 }, /created_ms/],
      [{ ...wire, businessClockRate: 2 }, /business_clock_start_ms/],
      [{ ...wire, businessClockStartMs: NOON, businessClockRate: 0 }, /business_clock_rate/],
      [{ ...wire, businessClockStartMs: NOON, businessClockRate: 100_001 }, /business_clock_rate/],
    ];
    for (const [message, problem] of refused) {
      expect(() => decodeRules(v1.DeploymentRules.encode(message).finish())).to.throw(
        MalformedError,
        problem,
      );
    }
  });
});
