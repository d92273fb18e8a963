/**
 * The books against what runs: actors as they describe themselves, snapshots as Redis holds them. A unit is compared
 * only where both speak of the same position; the caller reads on and asks again where they do not.
 */
import { v1 } from '../../proto/generated/emoney.js';
import { toUnsigned } from '../../proto/guard.js';
import { WholeReader } from '../../proto/wholeNumbers.js';
import type { Auditor } from './auditor.js';
import type { Books } from './books.js';
import { text, type Check, type Place } from './findings.js';
import { compareCardState } from './states/cardState.js';
import { compareBorrowersState, compareOfficeState, compareShardState } from './states/centerState.js';
import type { Differ } from './states/differ.js';
import { compareRecordState } from './states/recordState.js';
import { compareTerminalState, compareVisitorState, deviceOf } from './states/terminalState.js';
import { compareTotalsState } from './states/totalsState.js';
import { TotalsBook } from './tally.js';

/** `ahead`: what was described has events that the auditor has not read. `behind`: the other way round. */
export type Comparison = 'equal' | 'differs' | 'ahead' | 'behind';

export type SnapshotComparison = Comparison | 'missing';

/** What the caller fetched, as it came over the wire. */
export type CardDescription = v1.CardDescription.$Properties;
export type TerminalDescription = v1.TerminalDescription.$Properties;
export type TotalsDescription = v1.TotalsDescription.$Properties;
export type SnapshotDescription = v1.SnapshotDescription.$Properties;

/** Reports each difference, and tells whether there was one. */
class Difference {
  found = false;
  readonly differ: Differ;

  constructor(books: Books, code: Check, place: Place, what: string) {
    this.differ = (field, expected, found) => {
      this.found = true;
      const sides = `the journal says ${text(expected)}, found ${text(found)}`;
      books.findings.report(code, `${what} ${field}: ${sides}`, place);
    };
  }

  get comparison(): Comparison {
    return this.found ? 'differs' : 'equal';
  }
}

/** A card as its actor describes it. */
export function compareCard({ books }: Auditor, described: CardDescription): Comparison {
  const id = described.id ?? '';
  const book = books.cards.get(id);
  const position = toUnsigned(described.position ?? 0, 'position');
  const known = book?.position ?? 0;
  if (position !== known) return position > known ? 'ahead' : 'behind';
  books.findings.checked('ACTOR');
  const place = { card: id, ...(book === undefined ? {} : { partition: book.place }), position };
  const difference = new Difference(books, 'ACTOR', place, 'running');
  compareCardUnit(books, id, described, difference.differ);
  return difference.comparison;
}

function compareCardUnit(books: Books, id: string, unit: v1.CardUnit.$Properties, differ: Differ): void {
  const book = books.cards.get(id);
  if ((book?.card === undefined) !== (unit.card == null))
    differ('card', book?.card && 'a card', unit.card && 'one');
  if ((book?.record === undefined) !== (unit.record == null)) {
    differ('record', book?.record && 'a record', unit.record && 'one');
  }
  if (book?.card !== undefined && unit.card != null) {
    compareCardState(books, book.card, unit.card, (field, ...sides) => {
      differ(`card.${field}`, ...sides);
    });
  }
  if (book?.record !== undefined && unit.record != null) {
    compareRecordState(books, book.record, unit.record, (field, ...sides) => {
      differ(`record.${field}`, ...sides);
    });
  }
}

/** A terminal as its actor describes it. */
export function compareTerminal({ books }: Auditor, described: TerminalDescription): Comparison {
  const id = described.id ?? '';
  const book = books.terminal(id);
  const position = toUnsigned(described.position ?? 0, 'position');
  if (position !== book.position) return position > book.position ? 'ahead' : 'behind';
  books.findings.checked('ACTOR');
  const difference = new Difference(books, 'ACTOR', { terminal: id, position }, 'running');
  const { differ } = difference;
  const check = (what: string, expected: unknown, found: unknown): void => {
    if (expected !== found) differ(what, expected, found);
  };
  check('known', book.role !== undefined, described.known ?? false);
  if (book.role === undefined) return difference.comparison;
  check('role', book.role, described.role ?? 0);
  check('may defer', book.mayDefer, described.mayDefer ?? false);
  check('zone', book.zone, described.zone ?? '');
  check('card', book.card, described.card ?? '');
  check('device', book.device, deviceOf(book, described.device));
  check('open ids', book.openIds, described.openIds ?? 0);
  check('batch', book.batch, described.batch ?? 0);
  compareTotalsState(book.totals, described.totals, differ);
  return difference.comparison;
}

/**
 * The center's totals of a terminal, the sum over all partitions. Such a sum has no position: it can be compared only
 * while nothing is written. `report`: the caller knows that nothing was.
 */
export function compareCenterTotals(
  { books }: Auditor,
  described: TotalsDescription,
  report: boolean,
): Comparison {
  const terminal = described.terminal ?? '';
  const expected = new TotalsBook();
  for (const visitors of books.visitors) {
    const visitor = visitors?.get(terminal);
    if (visitor !== undefined) expected.addAll(visitor.center);
  }
  const difference = new Difference(books, 'ACTOR', { terminal }, "running center's totals");
  const differences: string[] = [];
  compareTotalsState(expected, described.totals, (...what) => {
    differences.push(what[0]);
    if (report) difference.differ(...what);
  });
  const equal = differences.length === 0;
  if (report || equal) books.findings.checked('ACTOR');
  return equal ? 'equal' : 'differs';
}

/**
 * A snapshot counts only with its unit's last position and the generation in force (D10): then its content must be the
 * books'. One of an older position or generation is merely behind; one that is ahead holds what the journal does not.
 */
export function compareSnapshot(
  auditor: Auditor,
  partition: number,
  described: SnapshotDescription,
): SnapshotComparison {
  const { books } = auditor;
  const unit = described.unit ?? '';
  if (described.state == null) return 'missing';
  const sequence = toUnsigned(described.sequence ?? 0, 'sequence');
  const generation = described.generation ?? 0;
  const known = auditor.generation(partition);
  const position = books.positionOf(partition, unit);
  if (generation !== known) return generation > known ? 'ahead' : 'behind';
  if (sequence !== position) return sequence > position ? 'ahead' : 'behind';
  books.findings.checked('SNAPSHOT');
  const place = { partition, position };
  const difference = new Difference(books, 'SNAPSHOT', place, `snapshot of ${unit}:`);
  try {
    const state = v1.UnitState.decode(new WholeReader(described.state));
    compareState(books, partition, unit, state, difference.differ);
  } catch (error) {
    difference.differ('content', 'a state', error instanceof Error ? error.message : String(error));
  }
  return difference.comparison;
}

function compareState(
  books: Books,
  partition: number,
  unit: string,
  state: v1.UnitState,
  differ: Differ,
): void {
  const [type = '', ...rest] = unit.split('/');
  const id = rest.join('/');
  const found = { card: state.card, visitor: state.visitor, terminal: state.terminal };
  const owner = state.card?.card?.card ?? state.visitor?.terminal ?? state.terminal?.terminal;
  if (type === 'shard' && state.shard != null) compareShardState(books, partition, state.shard, differ);
  else if (type === 'borrowers' && state.borrowers != null)
    compareBorrowersState(books, state.borrowers, differ);
  else if (type === 'office' && state.office != null) compareOfficeState(books, state.office, differ);
  else if (owner !== id) differ('owner', id, owner);
  else if (type === 'card' && found.card != null) compareCardUnit(books, id, found.card, differ);
  else if (type === 'visitor' && found.visitor != null)
    compareVisitorState(books, partition, found.visitor, differ);
  else if (type === 'terminal' && found.terminal != null) compareTerminalState(books, found.terminal, differ);
  else differ('type', type, state.body);
}
