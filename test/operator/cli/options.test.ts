import { expect } from 'chai';
import {
  integerParser,
  parseAmount,
  parseDate,
  parseDuration,
  parseGateway,
  parseRate,
  parseRedisUrl,
  parseSigned,
  parseSince,
} from '../../../operator/cli/options.js';

describe('options of the command line', () => {
  for (const [text, ms] of [
    ['500ms', 500],
    ['20s', 20_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
  ] as const) {
    it(`the duration ${text} is ${ms} ms`, () => {
      expect(parseDuration(text)).to.equal(ms);
    });
  }

  for (const text of ['', '20', 's', '20x', '-5s', '0s', '1e3s', ' 5s', '5 s', '99999999h']) {
    it(`${JSON.stringify(text)} is no duration`, () => {
      expect(() => parseDuration(text)).to.throw('20s');
    });
  }

  it('a whole number is digits only, within its bounds', () => {
    const parse = integerParser(1, 100);
    expect([parse('1'), parse('100')]).to.deep.equal([1, 100]);
    for (const text of ['0', '101', '-1', '1.5', '1e2', '', 'x', '0x10'])
      expect(() => parse(text)).to.throw('from 1 to 100');
  });

  it('an amount is whole minor units; what is added or taken may have a sign', () => {
    expect([parseAmount('0'), parseAmount('500')]).to.deep.equal([0, 500]);
    for (const text of ['', '-5', '+5', '1.5', '1,000', '5e3', '9'.repeat(16)]) {
      expect(() => parseAmount(text), text).to.throw('minor units');
    }
    expect([parseSigned('5'), parseSigned('+5'), parseSigned('-5')]).to.deep.equal([5, 5, -5]);
    for (const text of ['', '--5', '1.5', '-']) expect(() => parseSigned(text)).to.throw('minor units');
  });

  it('a date is one of the calendar', () => {
    expect([parseDate('2026-01-31'), parseDate('20240229')]).to.deep.equal([20260131, 20240229]);
    for (const text of ['', '2026-1-31', '2026-02-29', '20260001', '2026-13-01', 'today']) {
      expect(() => parseDate(text), text).to.throw('2026-01-31');
    }
  });

  it('a rate may have decimals, and is more than 0', () => {
    expect(parseRate('0.5')).to.equal(0.5);
    for (const text of ['0', '-1', 'x', '1e9']) expect(() => parseRate(text)).to.throw('per second');
  });

  it('a gateway may be given as a web address or as a WebSocket address', () => {
    for (const text of ['http://h:1', 'ws://h:1/v1', 'http://h:1/'])
      expect(parseGateway(text)).to.equal('http://h:1');
    expect(parseGateway('wss://h')).to.equal('https://h');
    for (const text of ['h:1', 'ftp://h', ''])
      expect(() => parseGateway(text)).to.throw('http://127.0.0.1:8080');
  });

  it('an address of Redis names its protocol', () => {
    for (const text of ['redis://h:1', 'rediss://user:pw@h/2']) expect(parseRedisUrl(text)).to.equal(text);
    for (const text of ['h:1', 'garbage', 'http://h:1', ''])
      expect(() => parseRedisUrl(text)).to.throw('redis://127.0.0.1:6379');
  });

  it('since is a moment, or how long ago', () => {
    expect(parseSince('10m', 1_000_000)).to.equal(400_000);
    expect(parseSince('1970-01-01T00:00:01Z')).to.equal(1_000);
    for (const text of ['yesterday', '10', '']) expect(() => parseSince(text)).to.throw('10m');
  });
});
