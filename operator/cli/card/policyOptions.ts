/** A card's policy on the command line: what is said changes, what is not said stays. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { MAX_PIN_TRIES, MAX_SHARE_WEIGHT } from '../../../actors/bounds.js';
import type { CardPolicy, ShareRule } from '../../../client/cardPolicy.js';
import { integerParser, parseAmount, parseDate } from '../options.js';
import { parseHours } from './hours.js';

/** Commander takes null for a value that is missing. */
const NONE = Symbol('none any more');
type OrNone<Value> = Value | typeof NONE;

export interface PolicyOptions {
  readonly credit?: boolean;
  readonly cap?: OrNone<number>;
  readonly expires?: OrNone<number>;
  readonly share?: ShareRule;
  readonly shareCap?: OrNone<number>;
  readonly shareDayCap?: OrNone<number>;
  readonly account?: OrNone<string>;
  readonly cvmLimit?: OrNone<number>;
  readonly pinForDeferral?: boolean;
  readonly pinTries?: number;
  readonly zones?: OrNone<readonly string[]>;
  readonly hours?: OrNone<CardPolicy['hours'] & {}>;
}

export function addPolicyOptions(command: Command): Command {
  const options = [
    new Option('--credit <on|off>', 'what exceeds the stored value may be deferred').argParser(parseSwitch),
    new Option('--cap <n|none>', 'highest stored value').argParser(orNone(parseAmount)),
    new Option('--expires <date|none>', 'last day on which it may pay').argParser(orNone(parseDate)),
    new Option('--share <rule>', 'of a due: loan, account, ratio:60/40 (account/loan), waterfall').argParser(
      parseShare,
    ),
    new Option('--share-cap <n|none>', "the account's cap of one payment").argParser(orNone(parseAmount)),
    new Option('--share-day-cap <n|none>', "the account's cap of one day").argParser(orNone(parseAmount)),
    new Option('--account <id|none>', "the designated account that pays the account's share").argParser(
      orNone((text) => text),
    ),
    new Option('--cvm-limit <n|none>', 'a purchase above it needs the PIN').argParser(orNone(parseAmount)),
    new Option('--pin-for-deferral <on|off>', 'any deferral needs the PIN').argParser(parseSwitch),
    new Option('--pin-tries <n>', 'wrong tries until the PIN is blocked').argParser(
      integerParser(1, MAX_PIN_TRIES),
    ),
    new Option('--zones <list|all>', 'zones that it opens: A,B').argParser(parseZones),
    new Option('--hours <times|always>', "when: 'mon-fri 07:00-22:00, sat 08:00-12:00'").argParser(
      parseTimes,
    ),
  ];
  for (const option of options) command.addOption(option.helpGroup('Policy:'));
  return command;
}

/** The policy with what was said put in its place. */
export function changedPolicy(policy: CardPolicy, said: PolicyOptions): CardPolicy {
  const { share, shareCap, shareDayCap } = said;
  const rule = share ?? policy.shareRule ?? { kind: 'ALL_LOAN' };
  // All loan: the account has no part that a cap could bound.
  const caps = share?.kind === 'ALL_LOAN' ? undefined : policy.shareRule;
  return {
    creditFlag: said.credit ?? policy.creditFlag,
    storedValueCap: put(said.cap, policy.storedValueCap),
    expiryDate: put(said.expires, policy.expiryDate),
    shareRule: {
      ...rule,
      capTransaction: put(shareCap, caps?.capTransaction),
      capDay: put(shareDayCap, caps?.capDay),
    },
    account: put(said.account, policy.account),
    cvmLimit: put(said.cvmLimit, policy.cvmLimit),
    pinForDeferral: said.pinForDeferral ?? policy.pinForDeferral,
    pinTries: said.pinTries ?? policy.pinTries,
    zones: put(said.zones, policy.zones),
    hours: put(said.hours, policy.hours),
  };
}

export function saysPolicy(said: PolicyOptions): boolean {
  const { credit, cap, expires, share, shareCap, shareDayCap, account, cvmLimit } = said;
  const { pinForDeferral, pinTries, zones, hours } = said;
  const all = [credit, cap, expires, share, shareCap, shareDayCap, account, cvmLimit];
  return [...all, pinForDeferral, pinTries, zones, hours].some((each) => each !== undefined);
}

function put<Value>(said: OrNone<Value> | undefined, present: Value | undefined): Value | undefined {
  if (said === NONE) return undefined;
  return said ?? present;
}

function orNone<Value>(parse: (text: string) => Value): (text: string) => OrNone<Value> {
  return (text) => (text === 'none' ? NONE : parse(text));
}

function parseSwitch(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new InvalidArgumentError('on or off is expected.');
}

function parseShare(text: string): ShareRule {
  if (text === 'loan') return { kind: 'ALL_LOAN' };
  if (text === 'account') return { kind: 'ALL_ACCOUNT' };
  if (text === 'waterfall') return { kind: 'WATERFALL' };
  const match = /^ratio:(\d{1,7})\/(\d{1,7})$/.exec(text);
  const [accountWeight = 0, loanWeight = 0] = match?.slice(1).map(Number) ?? [];
  const isSound = accountWeight + loanWeight > 0 && Math.max(accountWeight, loanWeight) <= MAX_SHARE_WEIGHT;
  if (match !== null && isSound) return { kind: 'RATIO', accountWeight, loanWeight };
  throw new InvalidArgumentError('loan, account, waterfall, or a ratio such as ratio:60/40 is expected.');
}

function parseZones(text: string): OrNone<readonly string[]> {
  if (text === 'all') return NONE;
  const zones = text.split(',').map((zone) => zone.trim());
  if (zones.every((zone) => zone !== '')) return zones;
  throw new InvalidArgumentError('Zones such as A,B are expected, or all.');
}

function parseTimes(text: string): OrNone<CardPolicy['hours'] & {}> {
  if (text === 'always') return NONE;
  const hours = parseHours(text);
  if (hours !== undefined) return hours;
  throw new InvalidArgumentError("Times such as 'mon-fri 07:00-22:00' are expected, or always.");
}
