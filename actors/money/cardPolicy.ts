/** What a card may do. The operator can change it; what the card holds and owes is not part of it. */
import { ALL_LOAN, sameRule, type ShareRule } from './shareRule.js';

/** When a card may enter: minutes of the day in the deployment's zone, `toMinute` not included. */
export interface TimeWindow {
  /** Bit set: Monday 1, Tuesday 2, … Sunday 64. */
  readonly days: number;
  readonly fromMinute: number;
  readonly toMinute: number;
}

export interface CardPolicy {
  readonly creditFlag: boolean;
  /** Highest stored value that a deposit may reach; undefined: none. */
  readonly storedValueCap: number | undefined;
  /** Last day, yyyymmdd, on which the card may pay; undefined: none. */
  readonly expiryDate: number | undefined;
  readonly shareRule: ShareRule;
  /** The designated account that pays the account's share; empty: none is named. */
  readonly account: string;
  /** A purchase above it needs the PIN; undefined: none does. */
  readonly cvmLimit: number | undefined;
  readonly pinForDeferral: boolean;
  /** Wrong tries until the PIN is blocked. */
  readonly pinTries: number;
  /** Zones that the card opens; empty: all. */
  readonly zones: readonly string[];
  /** When it opens them; empty: always. */
  readonly hours: readonly TimeWindow[];
}

/** Rule 8's usual number. */
export const USUAL_PIN_TRIES = 3;

export const PLAIN_POLICY: CardPolicy = {
  creditFlag: false,
  storedValueCap: undefined,
  expiryDate: undefined,
  shareRule: ALL_LOAN,
  account: '',
  cvmLimit: undefined,
  pinForDeferral: false,
  pinTries: USUAL_PIN_TRIES,
  zones: [],
  hours: [],
};

export function samePolicy(one: CardPolicy, other: CardPolicy): boolean {
  return (
    one.creditFlag === other.creditFlag &&
    one.storedValueCap === other.storedValueCap &&
    one.expiryDate === other.expiryDate &&
    sameRule(one.shareRule, other.shareRule) &&
    one.account === other.account &&
    one.cvmLimit === other.cvmLimit &&
    one.pinForDeferral === other.pinForDeferral &&
    one.pinTries === other.pinTries &&
    sameList(one.zones, other.zones, (zone, same) => zone === same) &&
    sameList(one.hours, other.hours, sameWindow)
  );
}

function sameWindow(one: TimeWindow, other: TimeWindow): boolean {
  return one.days === other.days && one.fromMinute === other.fromMinute && one.toMinute === other.toMinute;
}

function sameList<Item>(
  one: readonly Item[],
  other: readonly Item[],
  same: (item: Item, other: Item) => boolean,
): boolean {
  return (
    one.length === other.length &&
    one.every((item, at) => {
      const counterpart = other[at];
      return counterpart !== undefined && same(item, counterpart);
    })
  );
}
