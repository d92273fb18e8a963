/** The center's record of a card as it describes itself, or a snapshot holds it, field by field against the books. */
import type { v1 } from '../../../proto/generated/emoney.js';
import type { Books } from '../books.js';
import { dateOfDay } from '../calendar.js';
import { isOpenShare, orderedOf, type AccountShare, type RecordLedger } from '../ledger.js';
import { readId, readVersion } from '../wire/basics.js';
import { check, checkAlike, checkFields, integer, textOf, type Differ } from './differ.js';
import { compareLedger } from './ledgerState.js';

export function compareRecordState(
  books: Books,
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
  check(differ, 'listed', record.listed, state.listed ?? false);
  check(differ, 'alerted', record.alerted, state.alerted ?? false);
  compareAccrual(record, state.accrual ?? {}, differ);
  compareShares(books, record, state.shares ?? [], differ);
}

function compareAccrual(record: RecordLedger, state: v1.Accrual.$Properties, differ: Differ): void {
  const { accrual } = record;
  check(differ, 'charged through', dateOfDay(accrual.through), state.through ?? 0);
  check(differ, 'carry', accrual.carry, integer(state.carry));
  check(differ, 'principal at the end of that', accrual.principal, integer(state.principal));
  const expected = accrual.changes
    .filter(({ amount }) => amount !== 0)
    .map(({ day, amount }) => [dateOfDay(day), amount]);
  const found = (state.changes ?? []).map(({ businessDate, amount }) => [businessDate ?? 0, integer(amount)]);
  checkAlike(differ, 'principal after that', expected, found);
}

/** Those that are collected for good, or given back, need not be kept. */
function compareShares(
  books: Books,
  record: RecordLedger,
  shares: readonly v1.AccountShare.$Properties[],
  differ: Differ,
): void {
  const missing = new Set([...record.shares].filter(([, share]) => isOpenShare(share)).map(([row]) => row));
  for (const share of shares) {
    const id = readId(share.id);
    const row = books.knownRow(id) ?? -1;
    missing.delete(row);
    const known = record.shares.get(row);
    if (known === undefined || known.forgotten)
      differ(`account share of ${textOf(id)}`, undefined, 'an entry');
    else
      compareShare(known, share, (what, ...sides) => {
        differ(`account share of ${textOf(id)}: ${what}`, ...sides);
      });
  }
  for (const row of missing) differ(`account share of ${textOf(books.idOf(row))}`, 'open', undefined);
}

function compareShare(known: AccountShare, share: v1.AccountShare.$Properties, differ: Differ): void {
  check(differ, 'amount', known.amount, integer(share.amount));
  check(differ, 'account', known.account, share.account ?? '');
  check(differ, 'given back', known.givenBack, integer(share.givenBack));
  check(differ, 'business date', known.businessDate, share.businessDate ?? 0);
  check(differ, 'ordered', orderedOf(known), integer(share.ordered));
  const expected = known.orders
    .filter(({ amount }) => amount > 0)
    .map(({ name, amount, state }) => [name, amount, state]);
  const debits = [...(share.earlier ?? []), ...((share.order ?? '') === '' ? [] : [share])];
  const found = debits.map(({ order, debit, returned, collected }) => {
    const ended = returned === true ? 'returned' : 'confirmed';
    return [order ?? '', integer(debit), returned === true || collected === true ? ended : 'open'];
  });
  checkAlike(differ, 'debit orders', expected, found);
}
