import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { MAX_FARES } from '../../../actors/bounds.js';
import { decodeRules, encodeRules } from '../../../actors/registry/rules.js';
import { parseCurrency, parsePercent, parseTimeZone } from '../../../operator/cli/options.js';
import {
  type CreationOptions,
  mustAgree,
  parseBusinessDay,
  readCreation,
  readDemoCreation,
  rulesOf,
  USUAL_RATE_PPM,
} from '../../../operator/cli/system/creation.js';
import { readFares } from '../../../operator/cli/system/fares.js';
import { temporaryFolder, type Folder } from '../../support/folder.js';

/** In Tokyo it is the next day. */
const EVENING = Date.UTC(2026, 0, 4, 20);

describe('what a deployment is created with', () => {
  let folder: Folder;
  let file: string;
  before(async () => {
    folder = await temporaryFolder();
    file = join(folder.path, 'fares.csv');
    await writeFile(file, 'to,from,amount\nB,A,320\nA,B,0\n');
  });
  after(() => folder.remove());

  it('is 18 % a year, daily, in yen, in Tokyo, without fares, where nothing is said', async () => {
    expect(rulesOf(await readCreation({}, USUAL_RATE_PPM), EVENING)).to.deep.equal({
      ...{ currency: 'JPY', currencyScale: 0, timeZone: 'Asia/Tokyo', created: EVENING },
      businessClock: undefined,
      parameters: {
        ...{ number: 0, effectiveFrom: 20260105, ratePpm: 180_000, frequency: 'DAILY' },
        ...{ fares: [], refundDays: 180 },
      },
    });
  });

  it('is no interest at all where that is usual: a replay is the same on every day', async () => {
    expect(rulesOf(await readCreation({}, 0), EVENING).parameters).to.equal(undefined);
  });

  it('is what is said, and can be said again', async () => {
    const said: CreationOptions = {
      ...{ currency: 'KWD', timeZone: 'America/New_York', interestRate: 146_000 },
      interestFrequency: 'monthly',
      fares: file,
    };
    const creation = await readCreation(said, USUAL_RATE_PPM);
    const rules = decodeRules(encodeRules(rulesOf(creation, EVENING)));
    expect(rules).to.deep.include({ currency: 'KWD', currencyScale: 3, timeZone: 'America/New_York' });
    expect(rules.parameters).to.deep.include({ effectiveFrom: 20260104, ratePpm: 146_000 });
    expect(rules.parameters).to.deep.include({
      frequency: 'MONTHLY',
      fares: [
        { fromZone: 'A', toZone: 'B', amount: 320 },
        { fromZone: 'B', toZone: 'A', amount: 0 },
      ],
    });
    mustAgree(creation, 'shop', rules);
    mustAgree(await readCreation({}, 0), 'shop', rules);
    for (const [option, change] of [
      ['--currency', { currency: 'EUR' }],
      ['--time-zone', { timeZone: 'UTC' }],
      ['--interest-rate', { interestRate: 0 }],
      ['--interest-frequency', { interestFrequency: 'daily' }],
      ['--fares', { fares: [] }],
      ['--business-day', { businessDay: 60_000 }],
    ] as const) {
      expect(() => mustAgree({ ...creation, ...change }, 'shop', rules)).to.throw(
        `deployment shop was created with another ${option}: leave it out, or begin anew: under another name`,
      );
    }
    const frequencyAlone = await readCreation({ interestFrequency: 'weekly' }, 0);
    mustAgree(frequencyAlone, 'shop', rulesOf(frequencyAlone, EVENING));
  });

  it('is compressed time, early in the morning after the creation, where a business day is said', async () => {
    const creation = await readCreation({ businessDay: parseBusinessDay('30s') }, USUAL_RATE_PPM);
    const rules = decodeRules(encodeRules(rulesOf(creation, EVENING + 61_001)));
    // In Tokyo: 5 January, 05:01; so it begins on the 6th at 02:00.
    expect(rules.businessClock).to.deep.equal({ start: Date.UTC(2026, 0, 5, 17), rate: 2_880 });
    expect(rules.parameters).to.deep.include({ effectiveFrom: 20260106 });
    mustAgree(creation, 'shop', rules);
    expect(rulesOf({ ...creation, businessDay: parseBusinessDay('24h') }, EVENING).businessClock).to.equal(
      undefined,
    );
    for (const wrong of ['25h', '500ms', '0s', 'day']) expect(() => parseBusinessDay(wrong)).to.throw();
  });

  it('is what a city needs, where nothing else is said, and then need not be said again', async () => {
    const city = await readDemoCreation({ scenario: 'city' });
    const rules = rulesOf(city, EVENING);
    expect(rules.businessClock?.rate).to.equal(2_880);
    expect(rules.parameters?.fares.length).to.be.greaterThan(0);
    mustAgree(city, 'shop', rules);
    const said = await readDemoCreation({ scenario: 'city', businessDay: 60_000, fares: file });
    expect(rulesOf(said, EVENING).businessClock?.rate).to.equal(1_440);
    expect(rulesOf(said, EVENING).parameters?.fares).to.have.lengthOf(2);
    mustAgree(city, 'shop', rulesOf(said, EVENING));
    const payments = await readDemoCreation({ scenario: 'payments' });
    expect(rulesOf(payments, EVENING).businessClock).to.equal(undefined);
  });

  it('a rate is a percentage that nothing has to be rounded for', () => {
    for (const [text, ppm] of [
      ['18', 180_000],
      ['0', 0],
      ['14.6', 146_000],
      ['0.0001', 1],
      ['1000', 10_000_000],
    ] as const) {
      expect(parsePercent(text), text).to.equal(ppm);
    }
    for (const wrong of ['', '-1', '18%', '1e2', '.5', '5.', '1.00001', '1000.0001', '99999', 'x']) {
      expect(() => parsePercent(wrong), wrong).to.throw('with at most 4 decimals');
    }
  });

  it('a currency and a time zone are known ones', () => {
    expect([parseCurrency('JPY'), parseTimeZone('Asia/Tokyo')]).to.deep.equal(['JPY', 'Asia/Tokyo']);
    for (const wrong of ['', 'jpy', 'YEN', 'ZZZ']) expect(() => parseCurrency(wrong)).to.throw('ISO 4217');
    for (const wrong of ['', 'Tokyo', '+9']) expect(() => parseTimeZone(wrong)).to.throw('IANA');
  });

  for (const [what, text, problem] of [
    ['an empty file', '', /holds no fares; the first line must name the columns from,to,amount/],
    ['no header', 'A,B,320\nB,A,320\n', /line 2: from and to must be zones/],
    ['a negative fare', 'from,to,amount\nA,B,-1\n', /line 2: amount must be an integer/],
    ['a fraction', 'from,to,amount\nA,B,1.5\n', /line 2: amount must be an integer/],
    ['a fare beyond all', 'from,to,amount\nA,B,1000000000000\n', /line 2: amount must be an integer/],
    ['a line that is too short', 'from,to,amount\nA,B\n', /is no fare table/],
    ['two fares for one way', 'from,to,amount\nA,B,1\n\nA,B,2\n', /line 4: a second fare from A to B/],
    [
      'too many',
      `from,to,amount\n${Array.from({ length: MAX_FARES + 1 }, (_, at) => `A,B${at},1`).join('\n')}\n`,
      /more than 4096 fares/,
    ],
  ] as const) {
    it(`a fare table is refused, with its line: ${what}`, async () => {
      const path = join(folder.path, 'wrong.csv');
      await writeFile(path, text);
      const error: unknown = await readFares(path).catch((thrown: unknown) => thrown);
      expect(String(error)).to.match(problem).and.contain(path);
    });
  }

  it('a fare table that is not there is named', async () => {
    const path = join(folder.path, 'none.csv');
    const error: unknown = await readFares(path).catch((thrown: unknown) => thrown);
    expect(String(error)).to.contain(`${path}: cannot be read (ENOENT: `);
  });
});
