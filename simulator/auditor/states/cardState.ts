/** A card as it describes itself, or a snapshot holds it, field by field against the books. */
import type { v1 } from '../../../proto/generated/emoney.js';
import type { Books } from '../books.js';
import type { LoggedMovement } from '../cardLog.js';
import { Kind } from '../codes.js';
import { Seen } from '../ids.js';
import type { CardLedger } from '../ledger.js';
import { insideText, readInside } from '../wire/answer.js';
import { readId } from '../wire/basics.js';
import { hexOf } from '../wire/card.js';
import { readParts } from '../wire/money.js';
import { check, checkFields, integer, textOf, type Differ } from './differ.js';
import { compareLedger } from './ledgerState.js';

export function compareCardState(
  books: Books,
  card: CardLedger,
  state: v1.CardState.$Properties,
  differ: Differ,
): void {
  compareLedger(differ, card, state);
  check(differ, 'PIN', card.pinHash, hexOf(state.pinHash));
  check(differ, 'tries left', card.triesLeft, state.triesLeft ?? 0);
  check(differ, 'inside', insideText(card.inside), insideText(readInside(state.inside)));
  for (const { businessDate, amount } of state.accountDays ?? []) {
    const used = card.usedOn(businessDate ?? 0);
    check(differ, `account share of ${businessDate ?? 0}`, used, integer(amount));
  }
  compareLastPayment(books, card, state, differ);
  for (const undone of state.undone ?? []) compareUndone(books, undone, differ);
  compareLog(books, card, state, differ);
}

function compareLastPayment(
  books: Books,
  card: CardLedger,
  state: v1.CardState.$Properties,
  differ: Differ,
): void {
  const found = state.lastPayment;
  const row = card.lastPayment;
  check(differ, 'a last payment', row >= 0, found != null);
  if (row < 0 || found == null) return;
  const { ids } = books.transactions;
  check(differ, 'last payment', textOf(books.idOf(row)), textOf(readId(found.id)));
  checkFields(differ, 'last payment parts', ids.partsOf(row), readParts(found.parts));
  check(differ, 'last payment batch', ids.batch[row], found.batch ?? 0);
}

function compareUndone(books: Books, undone: v1.Undone.$Properties, differ: Differ): void {
  const id = readId(undone.id);
  const row = books.knownRow(id);
  const what = `undone of ${textOf(id)}`;
  if (row === undefined) {
    differ(what, undefined, 'an entry');
    return;
  }
  const { payments } = books;
  const { value, account, loan, fare } = payments.givenBack(row);
  checkFields(differ, what, { value, account, loan, fare }, readParts(undone.parts));
  check(differ, `${what} returned`, payments.isReturned(row), undone.returned ?? false);
  const reversed = books.transactions.ids.has(row, Seen.reversed);
  check(differ, `${what} reversed`, reversed, undone.reversed ?? false);
}

function compareLog(books: Books, card: CardLedger, state: v1.CardState.$Properties, differ: Differ): void {
  const expected = card.log.movements();
  const found = state.log ?? [];
  check(differ, 'movements in the log', expected.length, found.length);
  expected.forEach((movement, index) => {
    const other = found[index];
    if (other === undefined) return;
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
  if (logged.kind === 'stored') compareStored(books, logged, found, differ);
  else compareTransaction(books, logged, found, differ);
  check(differ, 'stored value after', logged.storedValueAfter, integer(found.storedValueAfter));
  check(differ, 'loan after', logged.loanAfter, integer(found.loanAfter));
  check(differ, 'receive time', logged.receiveTime, integer(found.receiveTimeMs));
}

function compareStored(
  books: Books,
  { index }: LoggedMovement,
  found: v1.Movement.$Properties,
  differ: Differ,
): void {
  const stored = books.stored[index];
  check(differ, 'kind', Kind.store, found.kind ?? 0);
  check(differ, 'reference', stored?.instruction.reference, found.reference ?? '');
  check(differ, 'amount', stored?.instruction.amount, integer(found.amount));
  checkFields(differ, 'parts', stored?.parts ?? {}, readParts(found.parts));
}

function compareTransaction(
  books: Books,
  { kind, index: row }: LoggedMovement,
  found: v1.Movement.$Properties,
  differ: Differ,
): void {
  const { ids, reversals } = books.transactions;
  const reversal = kind === 'reversed' ? reversals.get(row) : undefined;
  const parts = reversal?.answer?.parts ?? ids.partsOf(row);
  const { value, account, loan, interest, fare } = parts;
  check(differ, 'id', textOf(books.idOf(row)), textOf(readId(found.id)));
  check(differ, 'kind', ids.kind[row], found.kind ?? 0);
  check(differ, 'reversal', kind === 'reversed', found.reversal ?? false);
  check(differ, 'amount', value + account + loan + interest + fare, integer(found.amount));
  checkFields(differ, 'parts', parts, readParts(found.parts));
  const time = reversal?.terminalTime ?? ids.terminalTime[row];
  check(differ, 'terminal time', time, integer(found.terminalTimeMs));
  const target = books.payments.targetOf(row);
  const original = target === undefined ? undefined : textOf(books.idOf(target));
  check(differ, 'original', original, found.original == null ? undefined : textOf(readId(found.original)));
}
