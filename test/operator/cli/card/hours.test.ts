import { expect } from 'chai';
import { hoursText, parseHours } from '../../../../operator/cli/card/hours.js';

describe('hours of a card on the command line', () => {
  for (const [text, days, fromMinute, toMinute] of [
    ['mon-fri 07:00-22:00', 0b001_1111, 420, 1_320],
    ['sat 08:30-12:00', 0b010_0000, 510, 720],
    ['fri-mon 00:00-24:00', 0b111_0001, 0, 1_440],
    ['09:00-17:00', 0b111_1111, 540, 1_020],
  ] as const) {
    it(`${text} is a window`, () => {
      expect(parseHours(text)).to.deep.equal([{ days, fromMinute, toMinute }]);
    });
  }

  it('windows are separated by commas, and shown as they are typed', () => {
    const text = 'mon-wed 07:00-08:00, sun 00:00-24:00, 12:00-13:00';
    expect(hoursText(parseHours(text) ?? [])).to.equal(text);
    // Around the week: in the order of its days.
    expect(hoursText(parseHours('sat-mon 07:00-08:00') ?? [])).to.equal('mon+sat-sun 07:00-08:00');
  });

  for (const text of [
    '',
    'monday 07:00-08:00',
    'mon',
    'mon 7:00-8:00',
    'mon 08:00-07:00',
    'mon 07:60-08:00',
  ]) {
    it(`${JSON.stringify(text)} is none`, () => {
      expect(parseHours(text)).to.equal(undefined);
    });
  }

  it('a window beyond the day, or a day that is none, is none', () => {
    expect(parseHours('mon 07:00-24:01')).to.equal(undefined);
    expect(parseHours('abc 07:00-08:00')).to.equal(undefined);
    expect(parseHours('mon-abc 07:00-08:00, tue 07:00-08:00')).to.equal(undefined);
  });
});
