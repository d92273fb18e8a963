import { expect } from 'chai';
import { amountOf, timeOf } from '../../../simulator/replay/row.js';

describe('an amount of a file', () => {
  for (const [text, amount] of [
    ['1', 1],
    ['0', 0],
    ['-0', 0],
    ['-500', -500],
    ['+5', 5],
    ['007', 7],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['9223372036854775807', 9_223_372_036_854_775_807n],
    ['-9223372036854775808', -9_223_372_036_854_775_808n],
    ['+9223372036854775807', 9_223_372_036_854_775_807n],
  ] as const) {
    it(`${text} is an integer of 64 bits`, () => {
      expect(amountOf(text)).to.equal(amount);
      expect(Object.is(amountOf(text), -0)).to.be.false;
    });
  }

  for (const text of [
    '',
    '446.84999999999997',
    '5.0',
    '1e3',
    '1,000',
    ' 5',
    '5 ',
    '0x10',
    '--5',
    'NaN',
    '٣',
    '1_000',
  ]) {
    it(`${JSON.stringify(text)} is no integer`, () => {
      expect(() => amountOf(text)).to.throw(RangeError, /amount/);
    });
  }

  for (const text of ['9223372036854775808', '-9223372036854775809', '1'.repeat(400)]) {
    it(`${text.slice(0, 24)} exceeds 64 bits`, () => {
      expect(() => amountOf(text)).to.throw(RangeError, /64 bits/);
    });
  }
});

describe('a time of a file', () => {
  for (const [text, iso] of [
    ['2018-03-31T23:00:00+00:00', '2018-03-31T23:00:00.000Z'],
    ['2018-04-01T08:00:00+09:00', '2018-03-31T23:00:00.000Z'],
    ['2018-03-31T23:00:00Z', '2018-03-31T23:00:00.000Z'],
    ['2018-03-31 23:00:00.1239-0330', '2018-04-01T02:30:00.123Z'],
    ['2018-03-31T23:00Z', '2018-03-31T23:00:00.000Z'],
    ['2024-02-29T23:59:58+09', '2024-02-29T14:59:58.000Z'],
  ] as const) {
    it(`${text} is ${iso}`, () => {
      expect(new Date(timeOf(text)).toISOString()).to.equal(iso);
    });
  }

  for (const text of [
    ...['', '2018-03-31', '2018-03-31T23:00:00', '1522537200', '31.03.2018 23:00:00+00:00'],
    ...['2023-02-29T10:00:00Z', '2018-13-01T10:00:00Z', '2018-00-10T10:00:00Z', '2018-01-32T10:00:00Z'],
    ...['2018-01-01T24:00:00Z', '2018-01-01T10:60:00Z', '2018-01-01T10:00:00+25:00', '1969-12-31T23:59:59Z'],
  ]) {
    it(`${JSON.stringify(text)} is broken`, () => {
      expect(() => timeOf(text)).to.throw(RangeError, /time/);
    });
  }
});
