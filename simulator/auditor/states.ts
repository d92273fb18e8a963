/** States as running actors describe them and snapshots hold them, compared field by field with the books. */
import type { v1 } from '../../proto/generated/emoney.js';
import { toBigInt, toNumber, toUnsigned, type WireLong } from '../../proto/guard.js';
import type { Books } from './books.js';
import { idText } from './findings.js';
import { fingerprintOf } from './transactions.js';
import type { CardLedger, Ledger, LoggedMovement, RecordLedger } from './ledger.js';
import { compareTotals, LINES, SUMS, Tally, TotalsBook } from './tally.js';
import { readAnswer, readBalances, readId, readParts, readReasons, readTerms, readVersion } from './wire.js';

/** Called with what differs: what the books have, and what was found. */
export type Differ = (what: string, expected: unknown, found: unknown) => void;

function check(differ: Differ, what: string, expected: unknown, found: unknown): void {
  if (expected !== found) differ(what, expected, found);
}

/** Every field of one plain object against another's. */
function checkFields(differ: Differ, what: string, expected: object, found: object): void {
  const fields = new Map(Object.entries(found));
  for (const [name, value] of Object.entries(expected))
    check(differ, `${what}.${name}`, value, fields.get(name));
}

function compareLedger(
  differ: Differ,
  ledger: Ledger,
  state: v1.CardState.$Properties | v1.RecordState.$Properties,
) {
  checkFields(differ, 'terms', ledger.terms, readTerms(state.terms));
  checkFields(differ, 'balances', ledger.balances, readBalances(state.balances));
  check(differ, 'active', ledger.active, state.active ?? false);
  check(differ, 'reasons (as a set)', ledger.reasons, readReasons(state.reasons));
}

export function compareCardState(
  books: Books,
  card: CardLedger,
  state: v1.CardState.$Properties,
  differ: Differ,
): void {
  compareLedger(differ, card, state);
  const expected = card.movements();
  const found = state.log ?? [];
  check(differ, 'movements in the log', expected.length, found.length);
  expected.forEach((movement, index) => {
    const other = found[index];
    if (other !== undefined)
      compareMovement(books, movement, other, (what, ...sides) => {
        differ(`log[${index}].${what}`, ...sides);
      });
  });
}

function compareMovement(
  books: Books,
  logged: LoggedMovement,
  found: v1.Movement.$Properties,
  differ: Differ,
): void {
  const { ids, reversals } = books.transactions;
  const { row } = logged;
  const reversal = logged.reversal ? reversals.get(row) : undefined;
  const own = books.idOf(row);
  const id = readId(found.id);
  check(differ, 'id', textOf(own), textOf(id));
  check(differ, 'kind', ids.kind[row], found.kind ?? 0);
  check(differ, 'reversal', logged.reversal, found.reversal ?? false);
  check(differ, 'amount', reversal?.answer?.amount ?? ids.amount[row], integer(found.amount));
  checkFields(
    differ,
    'parts',
    reversal?.answer?.parts ?? books.transactions.ids.partsOf(row),
    readParts(found.parts),
  );
  check(differ, 'stored value after', logged.storedValueAfter, integer(found.storedValueAfter));
  check(differ, 'loan after', logged.loanAfter, integer(found.loanAfter));
  check(
    differ,
    'terminal time',
    reversal?.terminalTime ?? ids.terminalTime[row],
    integer(found.terminalTimeMs),
  );
  check(differ, 'receive time', logged.receiveTime, integer(found.receiveTimeMs));
}

export function compareRecordState(
  record: RecordLedger,
  state: v1.RecordState.$Properties,
  differ: Differ,
): void {
  compareLedger(differ, record, state);
  check(differ, 'changed position', record.changedPosition, integer(state.changedPosition));
  check(differ, 'published position', record.publishedPosition, integer(state.publishedPosition));
  const version = readVersion(state.publishedVersion);
  checkFields(differ, 'published version', record.publishedVersion ?? {}, version ?? {});
  check(differ, 'version', record.version, integer(state.version));
  check(differ, 'approved count', record.approvedCount, integer(state.approvedCount));
  check(differ, 'declined count', record.declinedCount, integer(state.declinedCount));
}

/** Sums that differ, `without` the terminal's own refusals where the center is meant. */
export function compareTotalsState(
  expected: TotalsBook,
  totals: readonly v1.BatchTotals.$Properties[] | null | undefined,
  differ: Differ,
): void {
  compareTotals(expected, readTotals(totals ?? []), differ);
}

function readTotals(totals: readonly v1.BatchTotals.$Properties[]): TotalsBook {
  const book = new TotalsBook();
  for (const row of totals) {
    const batch = book.on(row.batch ?? 0, row.businessDate ?? 0);
    batch.enquiries += integer(row.enquiries);
    for (const line of LINES) {
      const counted = row[line];
      if (counted == null) continue;
      const sums = { ...counted.parts, amount: counted.amount };
      const exact = SUMS.map((sum) => toBigInt(sums[sum] ?? 0, sum));
      batch.line(line).addAll(Tally.of(toNumber(counted.count ?? 0, 'count'), exact));
    }
  }
  return book;
}

export function compareVisitorState(
  books: Books,
  partition: number,
  state: v1.VisitorUnit.$Properties,
  differ: Differ,
) {
  const terminal = state.terminal ?? '';
  const visitor = books.visitor(partition, terminal);
  compareTotalsState(visitor.center, state.totals, differ);
  check(differ, 'oldest incarnation', visitor.oldestIncarnation, state.oldestIncarnation ?? 0);
  for (const { incarnation = 0, mark, fromSource, entries } of state.incarnations ?? []) {
    const known = visitor.marks.get(incarnation ?? 0) ?? 0;
    if (fromSource !== true) check(differ, `mark of incarnation ${incarnation ?? 0}`, known, integer(mark));
    for (const entry of entries ?? []) {
      const id = { terminal, incarnation: incarnation ?? 0, number: toUnsigned(entry.number ?? 0, 'number') };
      compareEntry(books, id, entry, differ);
    }
  }
}

/** An id that a card's partition remembers: what it would answer is what the journal says. */
function compareEntry(
  books: Books,
  id: { terminal: string; incarnation: number; number: number },
  entry: v1.VisitorEntry.$Properties,
  differ: Differ,
): void {
  const { ids, reversals } = books.transactions;
  const row = books.knownRow(id);
  if (row === undefined) {
    differ(`id ${textOf(id)}`, undefined, 'an entry');
    return;
  }
  if (entry.answer != null) {
    const answer = readAnswer(entry.answer);
    check(differ, `id ${textOf(id)} answer`, ids.fingerprint[row], fingerprintOf(answer));
  }
  if (entry.reversal == null) return;
  const reversal = fingerprintOf(readAnswer(entry.reversal));
  check(differ, `id ${textOf(id)} reversal`, reversals.get(row)?.fingerprint, reversal);
}

export function compareTerminalState(
  books: Books,
  state: v1.TerminalState.$Properties,
  differ: Differ,
): void {
  const terminal = books.terminal(state.terminal ?? '');
  check(differ, 'role', terminal.role, state.role ?? 0);
  check(differ, 'may defer', terminal.mayDefer, state.mayDefer ?? false);
  check(differ, 'session', terminal.session, integer(state.session));
  check(differ, 'incarnation', terminal.incarnation, state.incarnation ?? 0);
  check(differ, 'last incarnation', terminal.lastIncarnation, state.lastIncarnation ?? 0);
  checkFields(differ, 'list', terminal.list ?? {}, readVersion(state.list) ?? {});
  check(differ, 'batch', terminal.batch, state.batch ?? 0);
  compareTotalsState(terminal.totals, state.totals, differ);
  for (const { incarnation, source } of state.incarnations ?? []) {
    const known = terminal.incarnations.get(incarnation ?? 0);
    check(differ, `source of incarnation ${incarnation ?? 0}`, known?.source, source ?? '');
  }
}

function integer(value: WireLong | null | undefined): number {
  return toNumber(value ?? 0, 'a number');
}

function textOf(id: { terminal: string; incarnation: number; number: number }): string {
  return idText(id.terminal, id.incarnation, id.number);
}
