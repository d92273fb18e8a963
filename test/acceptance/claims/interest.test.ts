/**
 * Interest: BEHAVIOUR.md's examples of rule 6, by the center's own schedule. The business clock of each deployment runs
 * a day in less than a second. Little depends on how fast the machine is: a payment belongs to the date of its
 * terminal's time, which may be long past, and so is sent when it suits, before the run that charges it.
 */
import { expect } from 'chai';
import type { Parameters } from '../../../actors/money/parameters.js';
import type { CardTerms } from '../../../client/cardTerms.js';
import type { CardView } from '../../../client/cardViews.js';
import type { Reply } from '../../../client/reply.js';
import { until } from '../../support/until.js';
import { Fixture, heldBy, PARAMETERS, partsOf, PIN } from './fixture.js';

/** The fastest there is: a day in 0.864 s. */
const RATE = 100_000;

/** For servers to start and cards to be issued, while the business clock stands still. */
const GRACE_MS = 6_000;

/** A month of business dates, and the machine may be busy. */
const DEADLINE_MS = 60_000;

/** One deployment starts after the other, so that each has the machine for itself while its grace runs. */
let starting: Promise<unknown> = Promise.resolve();

/** To be stopped, also if one of them could not be made ready. */
const started: Fixture[] = [];

describe('claims: interest', function () {
  this.timeout(2 * DEADLINE_MS);
  let monthly: Monthly;
  let daily: Daily;
  let changing: Changing;

  before(async () => {
    [monthly, daily, changing] = await Promise.all([startMonthly(), startDaily(), startChanging()]);
  });

  after(async () => {
    await Promise.all(started.map((fixture) => fixture.stop()));
  });

  it('A12 what the account pays is no loan and costs no interest', async () => {
    const { fixture, cards } = monthly;
    expect(heldBy(await fixture.card(cards.A12))).to.deep.equal({});
    const [share] = (await fixture.record(cards.A12)).shares;
    expect(share).to.include({ amount: 800, givenBack: 0, businessDate: 20240301 });
  });

  it('B2 27 days of interest on 100,000, once', async () => {
    const { fixture, cards } = monthly;
    expect(heldBy(await fixture.card(cards.B2))).to.deep.equal({ loan: 100_000, interest: 1_331 });
    expect((await fixture.operator.chargeInterest(20240331)).outcome).to.equal('APPROVED');
    expect(heldBy(await fixture.card(cards.B2))).to.deep.equal({ loan: 100_000, interest: 1_331 });
  });

  it('B2b interest that is posted daily carries what is below the minor unit', async () => {
    const { fixture, card } = daily;
    expect(heldBy(await fixture.card(card))).to.deep.equal({ loan: 3_000, interest: 44 });
    // Daily, but for dates that a busy machine has caught up together.
    const posted = await postings(fixture, card);
    expect(posted.length).to.be.within(10, 31);
    expect(posted.reduce((sum, amount) => sum + amount, 0)).to.equal(44);
  });

  it('B2c each day is charged on the principal at the end of the day before', async () => {
    const { fixture, cards } = monthly;
    expect(heldBy(await fixture.card(cards.B2c))).to.deep.equal({ loan: 4_000, interest: 57 });
    expect(await postings(fixture, cards.B2c)).to.deep.equal([57]);
  });

  it('B2d interest of a loan that is gone is posted by the next run, and paid by the next deposit', async () => {
    const { fixture, cards } = monthly;
    const { balances, reasons } = await fixture.card(cards.B2d);
    expect(heldBy({ balances })).to.deep.equal({ interest: 29 });
    expect(reasons).to.deep.equal([]);
    expect(await postings(fixture, cards.B2d)).to.deep.equal([29]);
    await deposit(fixture, cards.B2d, 1_000, 20240331);
    expect(heldBy(await fixture.card(cards.B2d))).to.deep.equal({ storedValue: 971 });
  });

  it('B2e what is drawn and repaid on one day costs nothing', () => {
    expect(heldBy(monthly.afterFebruary)).to.deep.equal({ loan: 2_500, interest: 1 });
  });

  it('B2f each day is charged at the rate in force on it', async () => {
    const { fixture, card } = changing;
    expect(heldBy(await fixture.card(card))).to.deep.equal({ loan: 100_000, interest: 1_191 });
    expect(await postings(fixture, card)).to.deep.equal([1_191]);
  });

  it('B3 interest that makes what is owed exceed the limit prohibits everywhere, until it is paid', async () => {
    const { fixture, cards } = monthly;
    const card = cards.B3;
    const { balances, reasons } = await fixture.card(card);
    expect(heldBy({ balances })).to.deep.equal({ loan: 9_990, interest: 147 });
    expect(reasons).to.deep.equal(['LIMIT']);
    expect(await postings(fixture, card)).to.deep.equal([147]);
    for (const terminal of [fixture.terminal('T1'), fixture.terminal('T2')]) {
      await until(() => terminal.list.isProhibited(card), { what: `${terminal.id} is told` });
      const refused = await terminal.purchase({ card, amount: 1, timeMs: on(20240331) });
      expect(refused.outcome).to.equal('CARD_PROHIBITED');
    }
    const paid = await deposit(fixture, card, 500, 20240331);
    expect(partsOf(paid)).to.deep.equal({ interest: 147, loan: 353 });
    const after = await fixture.card(card);
    expect([heldBy(after), after.reasons]).to.deep.equal([{ loan: 9_637 }, []]);
  });
});

interface Monthly {
  readonly fixture: Fixture;
  readonly cards: Readonly<Record<'A12' | 'B2' | 'B2c' | 'B2d' | 'B3', string>>;
  /** B2e's card when February was charged. */
  readonly afterFebruary: CardView;
}

/** The run of 1 March charges B2e for one day; that of 1 April all else: what was drawn on day d, from d + 1 to 31. */
async function startMonthly(): Promise<Monthly> {
  const fixture = await start(20240228, { frequency: 'MONTHLY' });
  const issue = async (terms?: Partial<CardTerms>) => issueBefore(20240229, fixture, terms);
  const oneDay = await issue();
  const cards = {
    A12: await issue({ storedValue: 1_200, shareRule: { kind: 'ALL_ACCOUNT' } }),
    B2: await issue({ limit: 200_000 }),
    B2c: await issue(),
    B2d: await issue(),
    B3: await issue(),
  };
  await draw(fixture, oneDay, 3_000, 20240228);
  await deposit(fixture, oneDay, 1_000, 20240228);
  await draw(fixture, oneDay, 500, 20240228);
  await charged(fixture, 20240229);
  const afterFebruary = await fixture.card(oneDay);

  await begins(fixture, 20240323);
  const bought = await draw(fixture, cards.A12, 2_000, 20240301);
  expect(partsOf(bought)).to.deep.equal({ value: 1_200, account: 800 });
  await draw(fixture, cards.B2, 100_000, 20240304);
  await draw(fixture, cards.B2c, 3_000, 20240302);
  await draw(fixture, cards.B2c, 2_000, 20240312);
  await deposit(fixture, cards.B2c, 1_000, 20240322);
  await draw(fixture, cards.B2d, 3_000, 20240301);
  await deposit(fixture, cards.B2d, 3_000, 20240321);
  await draw(fixture, cards.B3, 9_990, 20240301);
  await charged(fixture, 20240331);
  return { fixture, cards, afterFebruary };
}

interface Daily {
  readonly fixture: Fixture;
  readonly card: string;
}

/** 30 dates at 18 %, from 2 to 31 March; from then on none costs anything. */
async function startDaily(): Promise<Daily> {
  const fixture = await start(20240301, { frequency: 'DAILY' });
  await setRate(fixture, 0, 20240401, 'DAILY');
  const card = await issueBefore(20240302, fixture);
  await draw(fixture, card, 3_000, 20240301);
  await charged(fixture, 20240401);
  return { fixture, card };
}

type Changing = Daily;

/** From 5 March ten dates at 18 %, then 17 at 15 %, up to 31 March. */
async function startChanging(): Promise<Changing> {
  const fixture = await start(20240301, { frequency: 'MONTHLY' });
  await setRate(fixture, 150_000, 20240315, 'MONTHLY');
  const card = await issueBefore(20240304, fixture, { limit: 200_000 });
  await begins(fixture, 20240305);
  await draw(fixture, card, 100_000, 20240304);
  await charged(fixture, 20240331);
  return { fixture, card };
}

async function start(date: number, parameters: Partial<Parameters>): Promise<Fixture> {
  const fixture = starting.then(async () => {
    const each = await Fixture.start(['T1', 'T2', 'D1'], {
      partitions: 2,
      parameters: { ...PARAMETERS, ...parameters },
      businessClock: { start: on(date, 12), rate: RATE, graceMs: GRACE_MS },
    });
    started.push(each);
    return each;
  });
  starting = fixture.catch(() => undefined);
  return fixture;
}

/** A time on a business date, yyyymmdd, in Tokyo. */
function on(date: number, hour = 11): number {
  return Date.UTC(Math.floor(date / 10_000), (Math.floor(date / 100) % 100) - 1, date % 100, hour - 9);
}

async function setRate(
  { operator }: Fixture,
  ratePpm: number,
  effectiveFrom: number,
  frequency: Parameters['frequency'],
): Promise<void> {
  const set = await operator.setParameters({ ...PARAMETERS, number: 1, ratePpm, effectiveFrom, frequency });
  expect(set.outcome).to.equal('APPROVED');
}

/** Interest runs from the day after a card's issue, so it must be there before anything is drawn. */
async function issueBefore(date: number, fixture: Fixture, terms: Partial<CardTerms> = {}): Promise<string> {
  const card = await fixture.issue({ storedValue: 0, ...terms });
  const { businessDate } = await fixture.operator.describeCenter();
  expect(businessDate, 'the machine is too slow for GRACE_MS').to.be.below(date);
  return card;
}

async function begins({ operator }: Fixture, date: number): Promise<void> {
  await until(async () => (await operator.describeCenter()).businessDate >= date, {
    what: `business date ${String(date)}`,
    deadlineMs: DEADLINE_MS,
    everyMs: 50,
  });
}

async function charged({ operator }: Fixture, through: number): Promise<void> {
  await until(async () => (await operator.describeCenter()).chargedThrough >= through, {
    what: `interest charged through ${String(through)}`,
    deadlineMs: DEADLINE_MS,
    everyMs: 50,
  });
}

async function draw(fixture: Fixture, card: string, amount: number, date: number): Promise<Reply> {
  const reply = await fixture.terminal('T1').purchase({ card, amount, pin: PIN, timeMs: on(date) });
  expect(reply.outcome).to.equal('APPROVED');
  return reply;
}

async function deposit(fixture: Fixture, card: string, amount: number, date: number): Promise<Reply> {
  const reply = await fixture.terminal('D1').deposit({ card, amount, timeMs: on(date) });
  expect(reply.outcome).to.equal('APPROVED');
  return reply;
}

/** The amounts of interest that the center has posted for a card, newest first. */
async function postings(fixture: Fixture, card: string): Promise<readonly number[]> {
  const entries = await fixture.recorded(card);
  return entries.filter(({ type }) => type === 'RecordInterestPosted').map(({ amount }) => Number(amount));
}
