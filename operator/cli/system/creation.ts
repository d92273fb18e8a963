/** What is fixed, or begins, with a deployment: currency, time zone, interest, fares. */
import { InvalidArgumentError, Option } from 'commander';
import { createBusinessCalendar, createLocalClock } from '../../../actors/money/businessDate.js';
import { type DeploymentRules, MAX_CLOCK_RATE } from '../../../actors/money/deploymentRules.js';
import { type Fare, USUAL_REFUND_DAYS } from '../../../actors/money/parameters.js';
import { CommandError } from '../errors.js';
import { parseCurrency, parseDuration, parsePercent, parseTimeZone } from '../options.js';
import { readFares } from './fares.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Hours of the first night that pass while a system starts and its cards are issued. */
const EARLY_MS = 2 * 3_600_000;

const FREQUENCIES = ['daily', 'weekly', 'monthly'] as const;

/** As it is said on the command line; undefined: not said. */
export interface CreationOptions {
  readonly currency?: string | undefined;
  readonly timeZone?: string | undefined;
  /** In millionths a year. */
  readonly interestRate?: number | undefined;
  readonly interestFrequency?: (typeof FREQUENCIES)[number] | undefined;
  /** The file's path. */
  readonly fares?: string | undefined;
  /** Real time, in ms, that a day of the business clock takes. */
  readonly businessDay?: number | undefined;
}

/** What was said, with the fares that the file holds; undefined: not said. */
export interface Creation extends Omit<CreationOptions, 'fares'> {
  readonly fares?: readonly Fare[] | undefined;
  /** Where no rate is said. */
  readonly usualRatePpm: number;
  /** Where no fares, and no business day, are said. */
  readonly usual?: CreationUsual | undefined;
}

interface CreationUsual {
  readonly fares: readonly Fare[];
  readonly businessDay: number;
}

export const USUAL_RATE_PPM = 180_000;
/** The same in percent. */
export const USUAL_RATE_TEXT = '18';

/** How a deployment is begun anew: not every command has --fresh. */
export const ANEW = 'under another name, or with `emoney up --fresh`, which deletes the data folder';

/** Of a deployment for the scenario `city`: half a minute a day, and fares between three zones. */
const CITY: CreationUsual = {
  businessDay: 30_000,
  fares: [
    { fromZone: 'A', toZone: 'A', amount: 150 },
    { fromZone: 'A', toZone: 'B', amount: 320 },
    { fromZone: 'A', toZone: 'C', amount: 480 },
    { fromZone: 'B', toZone: 'A', amount: 320 },
    { fromZone: 'B', toZone: 'B', amount: 150 },
    { fromZone: 'B', toZone: 'C', amount: 210 },
    { fromZone: 'C', toZone: 'A', amount: 480 },
    { fromZone: 'C', toZone: 'B', amount: 210 },
    { fromZone: 'C', toZone: 'C', amount: 0 },
  ],
};

/** Nothing is said, and nothing is charged. */
export const WITHOUT_INTEREST: Creation = { usualRatePpm: 0 };

/** `usualRate`: in percent, the rate where none is given. */
export function creationOptions(usualRate: string): readonly Option[] {
  const options = [
    new Option('--currency <code>', 'ISO 4217; amounts are in its minor units (default: JPY)').argParser(
      parseCurrency,
    ),
    new Option('--time-zone <name>', 'where business dates begin (default: Asia/Tokyo)').argParser(
      parseTimeZone,
    ),
    new Option('--interest-rate <percent>', `interest a year on loans (default: ${usualRate})`).argParser(
      parsePercent,
    ),
    new Option('--interest-frequency <how often>', 'when it is charged (default: daily)').choices(
      FREQUENCIES,
    ),
    new Option('--fares <file.csv>', 'fare table of the gates: from,to,amount (default: none)'),
    new Option(
      '--business-day <time>',
      'compressed time: a day of the business clock takes so long (default: 24h; for a city: 30s)',
    ).argParser(parseBusinessDay),
  ];
  return options.map((option) => option.helpGroup('Of a deployment that is created now:'));
}

/** Throws CommandError for a file that is no fare table. */
export async function readCreation(options: CreationOptions, usualRatePpm: number): Promise<Creation> {
  const { currency, timeZone, interestRate, interestFrequency, businessDay, fares: file } = options;
  const fares = file === undefined ? undefined : await readFares(file);
  return { currency, timeZone, interestRate, interestFrequency, businessDay, fares, usualRatePpm };
}

/** As above; with what a scenario of the simulator needs, where nothing else is said. */
export async function readDemoCreation(
  options: CreationOptions & { readonly scenario: string },
): Promise<Creation> {
  const creation = await readCreation(options, USUAL_RATE_PPM);
  return options.scenario === 'city' ? { ...creation, usual: CITY } : creation;
}

/** @throws InvalidArgumentError */
export function parseBusinessDay(text: string): number {
  const ms = parseDuration(text);
  if (ms > DAY_MS || rateOf(ms) > MAX_CLOCK_RATE)
    throw new InvalidArgumentError('must be between 1s and 24h');
  return ms;
}

/** A rate is a whole number: the day takes as long as was said, or a little less. */
function rateOf(businessDayMs: number): number {
  return Math.ceil(DAY_MS / businessDayMs);
}

/** The rules of a deployment that is created at this time. */
export function rulesOf(creation: Creation, created: number): DeploymentRules {
  const { currency = 'JPY', timeZone = 'Asia/Tokyo', usual } = creation;
  const fares = creation.fares ?? usual?.fares ?? [];
  const ratePpm = creation.interestRate ?? creation.usualRatePpm;
  const { interestFrequency } = creation;
  const frequency = frequencyOf(interestFrequency ?? 'daily');
  const { maximumFractionDigits = 0 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  const businessClock = clockOf(creation.businessDay ?? usual?.businessDay ?? DAY_MS, timeZone, created);
  const effectiveFrom = createBusinessCalendar(timeZone)(businessClock?.start ?? created);
  const without = ratePpm === 0 && fares.length === 0 && interestFrequency === undefined;
  const parameters = { number: 0, effectiveFrom, ratePpm, frequency, fares, refundDays: USUAL_REFUND_DAYS };
  return {
    currency,
    currencyScale: maximumFractionDigits,
    timeZone,
    created,
    businessClock,
    parameters: without ? undefined : parameters,
  };
}

/**
 * Compressed time begins early in the morning after the creation, so that a clock of real time is never ahead of it, and
 * that the first day is whole.
 */
function clockOf(businessDayMs: number, timeZone: string, created: number): DeploymentRules['businessClock'] {
  const rate = rateOf(businessDayMs);
  if (rate === 1) return undefined;
  const sinceMidnight = createLocalClock(timeZone)(created) * MINUTE_MS + (created % MINUTE_MS);
  return { start: created - sinceMidnight + DAY_MS + EARLY_MS, rate };
}

/** What a deployment was created with. */
export interface Created {
  readonly currency: string;
  readonly timeZone: string;
  readonly businessClock?: DeploymentRules['businessClock'];
  readonly parameters:
    { readonly ratePpm: number; readonly frequency: string; readonly fares: readonly Fare[] } | undefined;
}

/** Throws CommandError when something is said that is otherwise in the deployment that exists. */
export function mustAgree(creation: Creation, deployment: string, created: Created): void {
  const { currency, timeZone, interestRate, interestFrequency, fares, businessDay } = creation;
  const { ratePpm = 0, frequency = 'DAILY', fares: table = [] } = created.parameters ?? {};
  const differs: readonly [option: string, differs: boolean][] = [
    ['--currency', currency !== undefined && currency !== created.currency],
    ['--time-zone', timeZone !== undefined && timeZone !== created.timeZone],
    ['--interest-rate', interestRate !== undefined && interestRate !== ratePpm],
    ['--interest-frequency', interestFrequency !== undefined && frequencyOf(interestFrequency) !== frequency],
    ['--fares', fares !== undefined && JSON.stringify(fares) !== JSON.stringify(table)],
    [
      '--business-day',
      businessDay !== undefined && rateOf(businessDay) !== (created.businessClock?.rate ?? 1),
    ],
  ];
  const [first] = differs.find(([, each]) => each) ?? [];
  if (first === undefined) return;
  throw new CommandError(
    `deployment ${deployment} was created with another ${first}: leave it out, or begin anew: ${ANEW}`,
  );
}

function frequencyOf(name: (typeof FREQUENCIES)[number]): 'DAILY' | 'WEEKLY' | 'MONTHLY' {
  return name.toUpperCase() as 'DAILY' | 'WEEKLY' | 'MONTHLY';
}
