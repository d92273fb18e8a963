import { expect } from 'chai';
import fc from 'fast-check';
import {
  createBusinessCalendar,
  MAX_DATE,
  MAX_TIME,
  MIN_DATE,
  MIN_TIME,
} from '../../../actors/money/businessDate.js';

/** The slow way, as the specification. */
function dateIn(timeZone: string, time: number): number {
  const text = new Date(time).toLocaleDateString('sv-SE', { timeZone });
  return Number(text.replaceAll('-', ''));
}

describe('business dates', () => {
  it('A19: 2024-02-29T23:59:58+09:00 is 20240229 in Tokyo, two seconds later is the next day', () => {
    const tokyo = createBusinessCalendar('Asia/Tokyo');
    const time = Date.parse('2024-02-29T23:59:58+09:00');
    expect(tokyo(time)).to.equal(20240229);
    expect(tokyo(time + 1_999)).to.equal(20240229);
    expect(tokyo(time + 2_000)).to.equal(20240301);
  });

  for (const zone of ['Asia/Tokyo', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC']) {
    it(`is the calendar's day at every time in ${zone}, also around changes of the clock`, () => {
      const calendar = createBusinessCalendar(zone);
      const times = fc.oneof(
        fc.integer({ min: MIN_TIME, max: MAX_TIME - 86_400_000 }),
        fc.integer({ min: Date.UTC(2024, 2, 30), max: Date.UTC(2024, 3, 8) }),
      );
      fc.assert(
        fc.property(times, (time) => {
          expect(calendar(time)).to.equal(dateIn(zone, time));
          expect(calendar(time)).to.equal(dateIn(zone, time));
        }),
      );
    });
  }

  // A till that has lost its clock says 1970, which is 31 December 1969 west of Greenwich: what is journaled can be read.
  it('is within the dates that codecs take, in every zone, at the first and the last time of a command', () => {
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      const calendar = createBusinessCalendar(zone);
      expect(calendar(MIN_TIME), zone).to.be.at.least(MIN_DATE);
      expect(calendar(MAX_TIME), zone).to.be.at.most(MAX_DATE);
    }
    expect(createBusinessCalendar('America/New_York')(MIN_TIME)).to.equal(MIN_DATE);
    expect(createBusinessCalendar('Asia/Tokyo')(MAX_TIME)).to.equal(MAX_DATE);
  });

  it('goes on when its cache is full', () => {
    const calendar = createBusinessCalendar('Asia/Tokyo');
    const day = 86_400_000;
    const start = Date.UTC(2020, 0, 1);
    for (let index = 0; index < 3_000; index += 1) calendar(start + index * day);
    expect(calendar(start)).to.equal(20200101);
    expect(calendar(start + 366 * day)).to.equal(20210101);
  });

  it('refuses a zone that does not exist', () => {
    expect(() => createBusinessCalendar('Asia/Edo')).to.throw(RangeError);
  });
});
