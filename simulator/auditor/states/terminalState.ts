/** A terminal, and what a partition of cards remembers of it, as snapshots hold them, against the books. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { toUnsigned } from '../../../proto/guard.js';
import type { Books } from '../books.js';
import { Role } from '../codes.js';
import type { TerminalBook } from '../terminalBook.js';
import { fingerprintOf, readAnswer } from '../wire/answer.js';
import { readDevice, readVersion, type Id } from '../wire/basics.js';
import { check, checkFields, integer, textOf, type Differ } from './differ.js';
import { compareTotalsState } from './totalsState.js';

export function compareTerminalState(
  books: Books,
  state: v1.TerminalState.$Properties,
  differ: Differ,
): void {
  const terminal = books.terminal(state.terminal ?? '');
  check(differ, 'role', terminal.role, state.role ?? 0);
  check(differ, 'may defer', terminal.mayDefer, state.mayDefer ?? false);
  check(differ, 'zone', terminal.zone, state.zone ?? '');
  check(differ, 'card', terminal.card, state.card ?? '');
  check(differ, 'device', terminal.device, deviceOf(terminal, state.device));
  check(differ, 'session', terminal.session, integer(state.session));
  check(differ, 'incarnation', terminal.incarnation, state.incarnation ?? 0);
  check(differ, 'last incarnation', terminal.lastIncarnation, state.lastIncarnation ?? 0);
  checkFields(differ, 'list', terminal.list ?? {}, readVersion(state.list) ?? {});
  check(differ, 'batch', terminal.batch, state.batch ?? 0);
  compareTotalsState(terminal.totals, state.totals, differ);
  for (const { batch, final } of state.closedBatches ?? []) {
    const closed = terminal.closedBatches.get(batch ?? 0);
    check(differ, `closed batch ${batch ?? 0}: final`, closed?.final, final ?? false);
  }
  for (const { incarnation, source } of state.incarnations ?? []) {
    const known = terminal.incarnations.get(incarnation ?? 0);
    check(differ, `source of incarnation ${incarnation ?? 0}`, known?.source, source ?? '');
  }
}

/** Only a phone has one. */
export function deviceOf({ role }: TerminalBook, device: number | null | undefined): number {
  return role === Role.phone ? readDevice(device) : (device ?? 0);
}

export function compareVisitorState(
  books: Books,
  partition: number,
  state: v1.VisitorUnit.$Properties,
  differ: Differ,
): void {
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
function compareEntry(books: Books, id: Id, entry: v1.VisitorEntry.$Properties, differ: Differ): void {
  const { ids, reversals } = books.transactions;
  const row = books.knownRow(id);
  if (row === undefined) {
    differ(`id ${textOf(id)}`, undefined, 'an entry');
    return;
  }
  if (entry.answer != null) {
    const answer = readAnswer(entry.answer);
    check(differ, `id ${textOf(id)} answer`, ids.fingerprint[row], fingerprintOf(answer));
    check(differ, `id ${textOf(id)} business date`, ids.businessDate[row], entry.businessDate ?? 0);
  }
  if (entry.reversal == null) return;
  const reversal = fingerprintOf(readAnswer(entry.reversal));
  check(differ, `id ${textOf(id)} reversal`, reversals.get(row)?.fingerprint, reversal);
}
