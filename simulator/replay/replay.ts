import type { Operator, TotalsDescription } from '../../client/index.js';
import { MAX_DESCRIBED } from '../../actors/bounds.js';
import { Device } from '../device.js';
import { Line } from '../line.js';
import { OperatorLink } from '../operatorLink.js';
import { inFlight } from '../population.js';
import { readRecords, scanCsv, type BrokenLine } from './csv.js';
import { Player } from './player.js';
import type { Row, RowKind } from './row.js';

export interface ReplayOptions {
  /** ws://host:port/v1 */
  readonly url: string;
  readonly secret: string;
  readonly file: string;
  /** Of cards that are created, in minor units. */
  readonly loanLimit: number;
  readonly skipBroken: boolean;
  readonly onBroken: (broken: BrokenLine) => void;
  readonly onProgress: (phase: 'set-up' | 'replay' | 'totals', done: number, total: number) => void;
}

/** The result of `emoney replay --json`: the same whenever the same file is played on the same data. */
export interface ReplayReport {
  /** Purchases and deposits. */
  readonly approved: number;
  readonly declined: Readonly<Record<string, number>>;
  /** As the system has them now; minor units. */
  readonly cards: Readonly<Record<string, { readonly storedValue: number; readonly loan: number }>>;
  readonly terminals: Readonly<Record<string, TerminalTotals>>;
}

/** Approved purchases, and the sum of approved deposits, of all batches. Minor units. */
export interface TerminalTotals {
  readonly count: number;
  readonly gross: bigint;
  readonly value: bigint;
  readonly loan: bigint;
  readonly deposits: bigint;
}

/** Nothing was sent. */
export class BrokenFileError extends Error {
  constructor(file: string, count: number) {
    super(
      `${file}: ${count} broken line${count === 1 ? '' : 's'}, nothing was sent: correct the file, or leave them out with --skip-broken`,
    );
    this.name = 'BrokenFileError';
  }
}

const LINES = 4;
const IN_FLIGHT = 512;

/** What a file is about, after its first reading. */
interface Content {
  readonly source: string;
  readonly rows: number;
  readonly cards: ReadonlySet<string>;
  /** With the kind of their first row. */
  readonly terminals: ReadonlyMap<string, RowKind>;
}

/** @throws UnreadableFileError, BrokenFileError: nothing was sent. UnplayableRowError, and the client's errors. */
export async function replay(options: ReplayOptions, content: Content): Promise<ReplayReport> {
  const operator = await OperatorLink.open(options);
  const devices = new Map([...content.terminals.keys()].map((id) => [id, new Device(id, content.source)]));
  const player = new Player(devices);
  const lines = linesFor(options.url, [...devices.values()], (device) => {
    device.resumeAll();
    player.ready(device);
  });
  try {
    await operator.use((session) => create(session, content, options));
    await Promise.all(lines.map((line) => line.connect()));
    await play(options, content, player);
    return await operator.use((session) => report(session, content, player, options));
  } finally {
    await Promise.all(lines.map((line) => line.close()));
    await operator.close();
  }
}

/** Reads the file once, before anything is sent. */
export async function inspect(
  options: Pick<ReplayOptions, 'file' | 'skipBroken' | 'onBroken'>,
): Promise<Content> {
  const cards = new Set<string>();
  const terminals = new Map<string, RowKind>();
  const { source, rows, broken, brokenCount } = await scanCsv(options.file, (row) => {
    cards.add(row.card);
    if (!terminals.has(row.terminal)) terminals.set(row.terminal, row.kind);
  });
  for (const each of broken) options.onBroken(each);
  if (brokenCount > 0 && !options.skipBroken) throw new BrokenFileError(options.file, brokenCount);
  return { source, rows, cards, terminals };
}

/** Cards and terminals that do not exist yet; those that do are used as they are. */
async function create(operator: Operator, content: Content, options: ReplayOptions): Promise<void> {
  const total = content.cards.size + content.terminals.size;
  let done = 0;
  const one = (): void => {
    done += 1;
    options.onProgress('set-up', done, total);
  };
  const known = new Set<string>();
  for (const portion of portions([...content.terminals.keys()])) {
    for (const { id, known: exists } of await operator.describeTerminals(portion)) if (exists) known.add(id);
  }
  await inFlight([...content.terminals], IN_FLIGHT, async ([terminal, kind]) => {
    const role = kind === 'deposit' ? 'DEPOSIT' : 'PURCHASE';
    if (!known.has(terminal)) await operator.registerTerminal(terminal, { role, mayDefer: true });
    one();
  });
  const cards = new Set<string>();
  for (const portion of portions([...content.cards])) {
    for (const { id, card } of await operator.describeCards(portion)) if (card !== undefined) cards.add(id);
  }
  await inFlight([...content.cards], IN_FLIGHT, async (card) => {
    const terms = { storedValue: 0, limit: options.loanLimit, creditFlag: true, active: true };
    if (!cards.has(card)) await operator.issueCard(card, terms);
    one();
  });
}

async function play(options: ReplayOptions, { rows }: Content, player: Player): Promise<void> {
  const progress = setInterval(() => {
    options.onProgress('replay', player.played, rows);
  }, 200);
  try {
    for await (const records of readRecords(options.file)) {
      for (const record of records) if (isRow(record)) await player.give(record);
    }
    await player.end();
  } finally {
    clearInterval(progress);
  }
}

async function report(
  operator: Operator,
  content: Content,
  player: Player,
  { onProgress }: ReplayOptions,
): Promise<ReplayReport> {
  const cards: Record<string, { storedValue: number; loan: number }> = Object.create(null) as never;
  const terminals: Record<string, TerminalTotals> = Object.create(null) as never;
  const total = content.cards.size + content.terminals.size;
  let done = 0;
  for (const portion of portions([...content.cards])) {
    for (const { id, card } of await operator.describeCards(portion)) {
      cards[id] = { storedValue: card?.balances.storedValue ?? 0, loan: card?.balances.loan ?? 0 };
    }
    onProgress('totals', (done += portion.length), total);
  }
  for (const portion of portions([...content.terminals.keys()])) {
    for (const totals of await operator.describeTotals(portion)) terminals[totals.terminal] = sumOf(totals);
    onProgress('totals', (done += portion.length), total);
  }
  const declined = Object.fromEntries([...player.declined].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { approved: player.approved, declined, cards, terminals };
}

function sumOf({ totals }: TotalsDescription): TerminalTotals {
  const sum = { count: 0, gross: 0n, value: 0n, loan: 0n, deposits: 0n };
  for (const { purchases, deposits } of totals) {
    sum.count += purchases.count;
    sum.gross += purchases.amount;
    sum.value += purchases.value;
    sum.loan += purchases.loan;
    sum.deposits += deposits.amount;
  }
  return sum;
}

function linesFor(url: string, devices: readonly Device[], onReady: (device: Device) => void): Line[] {
  const groups: Device[][] = Array.from({ length: Math.min(devices.length, LINES) }, () => []);
  for (const [index, device] of devices.entries()) groups[index % groups.length]?.push(device);
  const ignore = (): void => undefined;
  const events = { onReady, onRejected: ignore, onList: ignore, onAcknowledged: ignore, onLost: ignore };
  return groups.map((group) => new Line(url, group, events));
}

function* portions(ids: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < ids.length; start += MAX_DESCRIBED)
    yield ids.slice(start, start + MAX_DESCRIBED);
}

function isRow(record: Row | BrokenLine): record is Row {
  return !('problem' in record);
}
