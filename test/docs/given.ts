/** The lines of an example that say what there is: a card that differs from the fixture's, a deployment that does. */
import type { CardTerms } from '../../actors/money/cardTerms.js';
import { FREQUENCIES, type Frequency } from '../../actors/money/interest.js';
import type { Parameters } from '../../actors/money/parameters.js';
import type { ShareRule } from '../../actors/money/shareRule.js';
import { ratio, shareRule, termsOf, type TermsChange } from '../actors/money/samples.js';
import type { Words } from './words.js';

const AMOUNTS = {
  SV: 'storedValue',
  L: 'loan',
  I: 'interest',
  U: 'fareOwed',
  limit: 'limit',
} as const satisfies Record<string, keyof CardTerms>;

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** For instance `SV 0, L 1500, cap 20000, credit off, ratio 60:40, day 500`. */
export function givenCard(words: Words): CardTerms {
  const terms: Mutable<TermsChange> = {};
  const policy: Mutable<NonNullable<TermsChange['policy']>> = {};
  while (!words.isEmpty) {
    const word = words.next('a property');
    if (word in AMOUNTS) terms[AMOUNTS[word as keyof typeof AMOUNTS]] = words.integer(word);
    else if (word === 'cap') policy.storedValueCap = words.integer(word);
    else if (word === 'CVM') policy.cvmLimit = words.integer(word);
    else if (word === 'credit') policy.creditFlag = words.next('on or off') === 'on';
    else if (word === 'PIN-for-deferral') policy.pinForDeferral = true;
    else if (word === 'expires') policy.expiryDate = words.date(0);
    else if (word === 'zones') policy.zones = [words.next('a zone')];
    else if (word === 'weekdays') policy.hours = [{ days: 0b1_1111, ...minutesOf(words.next('hours')) }];
    else if (word === 'inactive') terms.active = false;
    else if (word === 'no-account') policy.account = '';
    else policy.shareRule = givenRule(word, words);
  }
  return termsOf({ ...terms, policy });
}

function givenRule(word: string, words: Words): ShareRule {
  const [account, loan] = word.split(':').map(Number);
  if (account !== undefined && loan !== undefined) return ratio(account, loan, capsOf(words));
  if (word === 'all-account') return shareRule('ALL_ACCOUNT', capsOf(words));
  if (word === 'waterfall') return shareRule('WATERFALL', capsOf(words));
  throw new Error(`a card has no ${word}`);
}

function capsOf(words: Words): Partial<ShareRule> {
  const caps: Mutable<Partial<ShareRule>> = {};
  if (words.take('payment')) caps.capTransaction = words.integer('payment');
  if (words.take('day')) caps.capDay = words.integer('day');
  return caps;
}

/** `07:00-09:30`: minutes of the day, the second not included. */
function minutesOf(text: string): { readonly fromMinute: number; readonly toMinute: number } {
  const [from = '', to = ''] = text.split('-');
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to) };
}

function minuteOf(text: string): number {
  const [hour, minute] = text.split(':').map(Number);
  if (hour === undefined || minute === undefined) throw new Error(`${text} is no time of day`);
  return hour * 60 + minute;
}

/** For instance `rate 15%, monthly, refunds 30`. */
export function givenParameters(words: Words, usual: Parameters): Parameters {
  const change: Mutable<Partial<Parameters>> = {};
  while (!words.isEmpty) {
    const word = words.next('a property');
    const frequency = word.toUpperCase() as Frequency;
    if (FREQUENCIES.includes(frequency)) change.frequency = frequency;
    else if (word === 'rate') change.ratePpm = words.integer(word) * 10_000;
    else if (word === 'refunds') change.refundDays = words.integer(word);
    else throw new Error(`a deployment has no ${word}`);
  }
  return { ...usual, ...change };
}
