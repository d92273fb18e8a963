/** Parsers of option values. Each throws InvalidArgumentError, whose text says what is expected. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { MAX_RATE_PPM, MAX_UNITS_IN_MEMORY } from '../../actors/bounds.js';
import { createBusinessCalendar, dateOfDay, dayOf } from '../../actors/money/businessDate.js';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const MAX_DURATION_MS = 365 * 24 * UNITS.h;

/** `500ms`, `20s`, `1.5m`, `2h` → milliseconds, more than 0. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const unit = match?.[2] as keyof typeof UNITS | undefined;
  const ms = unit === undefined ? NaN : Math.round(Number(match?.[1]) * UNITS[unit]);
  if (ms >= 1 && ms <= MAX_DURATION_MS) return ms;
  throw new InvalidArgumentError('A duration is a number with a unit: 500ms, 20s, 2m, 1h.');
}

/** A whole number in `min … max`, digits only. */
export function integerParser(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is expected.`);
  };
}

/** Minor units; whether it is allowed, the rules say. */
export function parseAmount(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number of minor units is expected, such as 500.');
}

/** What is added, or taken where it is negative. */
export function parseSigned(text: string): number {
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number of minor units is expected, such as 500 or -500.');
}

/** `2026-01-31` or `20260131` → 20260131. */
export function parseDate(text: string): number {
  const match = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(text);
  const date = match === null ? NaN : Number(match.slice(1).join(''));
  if (date === dateOfDay(dayOf(date))) return date;
  throw new InvalidArgumentError('A date is expected, such as 2026-01-31.');
}

/** More than 0, decimals allowed: a rate. */
export function parseRate(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value > 0 && value <= 1_000_000) return value;
  throw new InvalidArgumentError('A number of arrivals per second is expected, such as 500.');
}

/** `18`, `18.25` → millionths: at most four decimals, so that nothing is rounded. */
export function parsePercent(text: string): number {
  const match = /^(\d{1,4})(?:\.(\d{1,4}))?$/.exec(text);
  const ppm = match === null ? NaN : Number(match[1]) * 10_000 + Number((match[2] ?? '').padEnd(4, '0'));
  if (ppm <= MAX_RATE_PPM) return ppm;
  throw new InvalidArgumentError(
    `A percentage from 0 to ${MAX_RATE_PPM / 10_000}, with at most 4 decimals, is expected, such as 18.`,
  );
}

/** A code of ISO 4217 that this machine knows, with its number of decimals. */
export function parseCurrency(text: string): string {
  if (Intl.supportedValuesOf('currency').includes(text)) return text;
  throw new InvalidArgumentError('A currency of ISO 4217 is expected, such as JPY.');
}

/** An IANA name. */
export function parseTimeZone(text: string): string {
  try {
    createBusinessCalendar(text);
    return text;
  } catch {
    throw new InvalidArgumentError('An IANA time zone is expected, such as Asia/Tokyo.');
  }
}

/** `http://host:port` or `ws://host:port` → the same address as http. */
export function parseGateway(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const secure = url?.protocol === 'https:' || url?.protocol === 'wss:';
  if (url !== undefined && /^(http|ws)s?:$/.test(url.protocol)) {
    return `${secure ? 'https' : 'http'}://${url.host}`;
  }
  throw new InvalidArgumentError('An address such as http://127.0.0.1:8080 is expected.');
}

/** `redis://host:port`, also with user, password and number of the database. */
export function parseRedisUrl(text: string): string {
  if (URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('An address such as redis://127.0.0.1:6379 is expected.');
}

/** An instant (ISO 8601) or how long ago (`10m`) → milliseconds since 1970. */
export function parseSince(text: string, now: number = Date.now()): number {
  if (/^\d+(\.\d+)?[a-z]+$/.test(text)) return now - parseDuration(text);
  const instant = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(instant)) return instant;
  throw new InvalidArgumentError(
    'A duration such as 10m or a time such as 2026-01-31T09:00:00Z is expected.',
  );
}

export const DEFAULT_DEPLOYMENT = 'emoney';

/** Letters, digits, `-` and `_`: it becomes part of the names of streams. */
export function parseDeployment(text: string): string {
  if (/^[A-Za-z0-9_-]{1,32}$/.test(text)) return text;
  throw new InvalidArgumentError('1 to 32 letters, digits, - and _ are expected.');
}

/** `PARTITION=REASON`, may be given several times. */
export function collectAcceptedLoss(
  text: string,
  before: ReadonlyMap<number, string> = new Map(),
): Map<number, string> {
  const match = /^(\d{1,5})=(.+)$/.exec(text);
  if (match === null)
    throw new InvalidArgumentError('PARTITION=REASON is expected, such as 3="disk lost, ticket 17".');
  return new Map(before).set(Number(match[1]), match[2] ?? '');
}

/** The first of these options that the command line itself names, such as `--seeds`; undefined: none. */
export function namedOption(command: Command, options: readonly Option[]): string | undefined {
  return options.find((each) => command.getOptionValueSource(each.attributeName()) === 'cli')?.long;
}

/** Rows of a list on a screen: more are for a program. */
const MAX_LISTED = 1_000;

export const option = {
  json: (): Option => new Option('--json', 'write one JSON document to standard output, and nothing else'),
  data: (): Option => new Option('--data <folder>', 'data folder of the embedded system'),
  gateway: (): Option =>
    new Option('--gateway <url>', 'address of a running system, such as http://127.0.0.1:8080').argParser(
      parseGateway,
    ),
  secret: (): Option => new Option('--secret <text>', "the operator's secret").env('EMONEY_OPERATOR_SECRET'),
  secretFile: (): Option =>
    new Option('--secret-file <file>', "a file that holds the operator's secret (default: that of --data)"),
  pinKey: (): Option =>
    new Option('--pin-key <hex>', 'key under which PINs are hashed, the same at all gateways').env(
      'EMONEY_PIN_KEY',
    ),
  host: (): Option => new Option('--host <address>', 'address of this machine on which the gateway listens'),
  port: (): Option =>
    new Option('--port <n>', 'port on which the gateway listens (0: a free one)')
      .argParser(integerParser(0, 65_535))
      .default(0),
  /** Of a list on a screen. */
  limit: (what: string): Option =>
    new Option('--limit <n>', what).argParser(integerParser(1, MAX_LISTED)).default(100),
  partitions: (): Option =>
    new Option(
      '--partitions <n>',
      'partitions of a deployment that is created now; fixed for ever (default: 4)',
    )
      .argParser(integerParser(1, 1_000))
      .env('EMONEY_PARTITIONS'),
  deployment: (): Option =>
    new Option('--deployment <name>', 'name of the deployment')
      .argParser(parseDeployment)
      .env('EMONEY_DEPLOYMENT')
      .default(DEFAULT_DEPLOYMENT),
  /** Without a default: what a folder or a running system says goes before it. */
  givenDeployment: (): Option =>
    new Option('--deployment <name>', 'name of the deployment (default: that of the data folder)')
      .argParser(parseDeployment)
      .env('EMONEY_DEPLOYMENT'),
  segmentBytes: (): Option =>
    new Option(
      '--segment-bytes <n>',
      'a journal goes on in another segment after so many bytes, and after a day (default: 1 GiB)',
    ).argParser(integerParser(1, Number.MAX_SAFE_INTEGER)),
  unitsInMemory: (): Option =>
    new Option(
      '--units-in-memory <n>',
      `cards, records and terminals that each partition keeps in memory; others come from Redis (default: ${MAX_UNITS_IN_MEMORY})`,
    ).argParser(integerParser(1, MAX_UNITS_IN_MEMORY)),
  keepSegments: (): Option =>
    new Option(
      '--keep-segments <n>',
      'so many closed segments of each partition stay in nats-server although they are archived (default: 0)',
    ).argParser(integerParser(0, 1_000_000)),
  archive: (): Option => new Option('--archive <folder>', 'folder of the archive (default: <data>/archive)'),
  natsUrl: (): Option =>
    new Option(
      '--nats-url <url>',
      'address of nats-server: nats://user:password@host:port, several with commas',
    ).env('NATS_URL'),
  natsSystemUrl: (): Option =>
    new Option(
      '--nats-system-url <url>',
      "a user of the cluster's system account: a lost leader is replaced as soon as it is missed",
    ).env('NATS_SYSTEM_URL'),
  redisUrl: (): Option =>
    new Option('--redis-url <url>', 'address of redis-server').argParser(parseRedisUrl).env('REDIS_URL'),
};
