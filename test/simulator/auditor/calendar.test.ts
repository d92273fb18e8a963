import { expect } from 'chai';
import { Calendar } from '../../../simulator/auditor/calendar.js';

describe('calendar of the auditor', () => {
  it('gives the date of the zone, on both sides of midnight', () => {
    const tokyo = new Calendar('Asia/Tokyo');
    expect(tokyo.dateOf(Date.parse('2024-02-29T23:59:58+09:00'))).to.equal(20240229);
    expect(tokyo.dateOf(Date.parse('2024-03-01T00:00:00+09:00'))).to.equal(20240301);
    expect(new Calendar('Asia/Kathmandu').dateOf(Date.parse('2024-02-29T18:14:59Z'))).to.equal(20240229);
    expect(new Calendar('Asia/Kathmandu').dateOf(Date.parse('2024-02-29T18:15:00Z'))).to.equal(20240301);
  });

  it('has no date before 1970 and after 9999', () => {
    const calendar = new Calendar('UTC');
    expect(calendar.dateOf(-1)).to.equal(undefined);
    expect(calendar.dateOf(0)).to.equal(19700101);
    expect(calendar.dateOf(Number.MAX_SAFE_INTEGER)).to.equal(undefined);
  });

  it('refuses a zone that does not exist', () => {
    expect(() => new Calendar('Asia/Nowhere')).to.throw(RangeError);
  });
});
