/** What is fixed, or begins, with a deployment: currency, time zone, interest, fares. */
import { Option } from 'commander';
import { createBusinessCalendar } from '../../../actors/money/businessDate.js';
import type { DeploymentRules } from '../../../actors/money/deploymentRules.js';
import { type Fare, USUAL_REFUND_DAYS } from '../../../actors/money/parameters.js';
import { CommandError } from '../errors.js';
import { parseCurrency, parsePercent, parseTimeZone } from '../options.js';
import { readFares } from './fares.js';

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
}

/** What was said, with the fares that the file holds; undefined: not said. */
export interface Creation extends Omit<CreationOptions, 'fares'> {
  readonly fares?: readonly Fare[] | undefined;
  /** Where no rate is said. */
  readonly usualRatePpm: number;
}

export const USUAL_RATE_PPM = 180_000;
/** The same in percent. */
export const USUAL_RATE_TEXT = '18';

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
  ];
  return options.map((option) => option.helpGroup('Of a deployment that is created now:'));
}

/** Throws CommandError for a file that is no fare table. */
export async function readCreation(options: CreationOptions, usualRatePpm: number): Promise<Creation> {
  const { currency, timeZone, interestRate, interestFrequency, fares: file } = options;
  const fares = file === undefined ? undefined : await readFares(file);
  return { currency, timeZone, interestRate, interestFrequency, fares, usualRatePpm };
}

/** The rules of a deployment that is created at this time. */
export function rulesOf(creation: Creation, created: number): DeploymentRules {
  const { currency = 'JPY', timeZone = 'Asia/Tokyo', fares = [] } = creation;
  const ratePpm = creation.interestRate ?? creation.usualRatePpm;
  const { interestFrequency } = creation;
  const frequency = frequencyOf(interestFrequency ?? 'daily');
  const { maximumFractionDigits = 0 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  const effectiveFrom = createBusinessCalendar(timeZone)(created);
  const without = ratePpm === 0 && fares.length === 0 && interestFrequency === undefined;
  const parameters = { number: 0, effectiveFrom, ratePpm, frequency, fares, refundDays: USUAL_REFUND_DAYS };
  return {
    currency,
    currencyScale: maximumFractionDigits,
    timeZone,
    created,
    businessClock: undefined,
    parameters: without ? undefined : parameters,
  };
}

/** What a deployment was created with. */
export interface Created {
  readonly currency: string;
  readonly timeZone: string;
  readonly parameters:
    { readonly ratePpm: number; readonly frequency: string; readonly fares: readonly Fare[] } | undefined;
}

/** Throws CommandError when something is said that is otherwise in the deployment that exists. */
export function mustAgree(creation: Creation, deployment: string, created: Created): void {
  const { currency, timeZone, interestRate, interestFrequency, fares } = creation;
  const { ratePpm = 0, frequency = 'DAILY', fares: table = [] } = created.parameters ?? {};
  const differs: readonly [option: string, differs: boolean][] = [
    ['--currency', currency !== undefined && currency !== created.currency],
    ['--time-zone', timeZone !== undefined && timeZone !== created.timeZone],
    ['--interest-rate', interestRate !== undefined && interestRate !== ratePpm],
    ['--interest-frequency', interestFrequency !== undefined && frequencyOf(interestFrequency) !== frequency],
    ['--fares', fares !== undefined && JSON.stringify(fares) !== JSON.stringify(table)],
  ];
  const [first] = differs.find(([, each]) => each) ?? [];
  if (first === undefined) return;
  throw new CommandError(
    `deployment ${deployment} was created with another ${first}: leave it out, or begin anew with --fresh, which deletes it`,
  );
}

function frequencyOf(name: (typeof FREQUENCIES)[number]): 'DAILY' | 'WEEKLY' | 'MONTHLY' {
  return name.toUpperCase() as 'DAILY' | 'WEEKLY' | 'MONTHLY';
}
