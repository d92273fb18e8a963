/** What a card owes from an event on, for questions about a date of before: the center's balances, as the event has them. */
import { decodeMessage, encodeMessage } from '../../proto/message.js';
import { v1 } from '../../proto/generated/emoney.js';
import { toNumber } from '../../proto/guard.js';
import type { Standing } from '../history/ports.js';
import type { StandingOf } from '../history/standings.js';
import { PART_NAMES } from '../money/parts.js';
import { partsFinder } from './historyParts.js';
import type { Encodable } from '../../proto/tags.js';
import { FieldFinder } from './wire/fields.js';

/** Of an event whose body stands at `begin … end`. Undefined: it changes nothing of what is owed, nor the limit. */
export type StandingsOf = (event: Uint8Array, begin: number, end: number) => Standing | undefined;

const asked = new FieldFinder(v1.Asked, [['card', '?']]);
const moved = new FieldFinder(v1.RecordMoved, [
  ['asked', {}],
  ['parts', {}],
  ['balances', {}],
]);

/** Most payments move stored value alone: nothing is kept of them. */
export const standingOfMoved: StandingsOf = (event, begin, end) => {
  moved.find(event, begin, end);
  partsFinder.find(event, moved.begin(1), moved.end(1));
  if (!PART_NAMES.some((part, place) => part !== 'value' && partsFinder.integer(place) !== 0))
    return undefined;
  asked.find(event, moved.begin(0), moved.end(0));
  return { name: asked.contents(event, 0), whole: true, value: moved.contents(event, 2) };
};

const reversed = new FieldFinder(v1.RecordReversed, [
  ['asked', {}],
  ['balances', {}],
]);

/** Without balances: there is no such card. */
export const standingOfReversed: StandingsOf = (event, begin, end) => {
  reversed.find(event, begin, end);
  if (reversed.begin(1) === 0) return undefined;
  asked.find(event, reversed.begin(0), reversed.end(0));
  return { name: asked.contents(event, 0), whole: true, value: reversed.contents(event, 1) };
};

/** Of an event that names its card and has balances. */
export function standingOfBalances(type: Encodable): StandingsOf {
  const fields = new FieldFinder(type, [
    ['card', '?'],
    ['balances', {}],
  ]);
  return (event, begin, end) => {
    fields.find(event, begin, end);
    return { name: fields.contents(event, 0), whole: true, value: fields.contents(event, 1) };
  };
}

/** The rest is as it was. */
export const standingOfLimit: StandingsOf = (event, begin, end) => {
  const { card, limit } = decodeMessage(v1.RecordLimitChanged, event.subarray(begin, end));
  return { name: Buffer.from(card), whole: false, value: encodeMessage(v1.Balances, { limit }) };
};

/** A card that owes nothing yet is not kept: whatever makes it owe says its limit too. */
export const standingOfOpening: StandingsOf = (event, begin, end) => {
  const { card, terms } = decodeMessage(v1.RecordOpened, event.subarray(begin, end));
  const { storedValue = 0, loan = 0, interest = 0, fareOwed = 0, limit = 0 } = terms ?? {};
  const owes = [loan, interest, fareOwed].some((part) => toNumber(part ?? 0, 'terms') !== 0);
  if (!owes) return undefined;
  const value = encodeMessage(v1.Balances, { storedValue, loan, interest, fareOwed, limit });
  return { name: Buffer.from(card), whole: true, value };
};

/** What a card owed. Undefined: nothing. */
export function loanOf({ name, values }: StandingOf): v1.Loan.$Properties | undefined {
  const [newest] = values;
  const whole = values.at(-1);
  if (newest === undefined || whole === undefined) return undefined;
  const balances = decodeMessage(v1.Balances, whole);
  const fareOwed = toNumber(balances.fareOwed, 'fare_owed');
  const interest = toNumber(balances.interest, 'interest');
  const loan = toNumber(balances.loan, 'loan');
  const owed = fareOwed + interest + loan;
  if (owed === 0) return undefined;
  const limit = toNumber(decodeMessage(v1.Balances, newest).limit, 'limit');
  const card = Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString();
  return { card, fareOwed, interest, loan, owed, limit, available: limit - loan };
}
