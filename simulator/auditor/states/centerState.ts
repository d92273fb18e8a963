/** What the center keeps beside its records, as snapshots hold it, against the books. */
import type { v1 } from '../../../proto/generated/emoney.js';
import type { Books } from '../books.js';
import { readParameters } from '../wire/parameters.js';
import { check, checkAlike, type Differ } from './differ.js';

/** Everything of it. */
export function chargedText(charged: v1.ChargedPlace.$Properties | null | undefined): string {
  if (charged == null) return '';
  const { through, settlement, chunk, after, last, cards, amount } = charged;
  const place = [through ?? 0, settlement ?? 0, chunk ?? 0, after ?? '', last ?? ''].join('/');
  return `${place}: ${String(cards ?? 0)} cards, ${String(amount ?? 0)}`;
}

export function compareShardState(
  books: Books,
  partition: number,
  state: v1.ShardState.$Properties,
  differ: Differ,
): void {
  const { chargedThrough, borrowers, charged, ordered } = books.shard(partition);
  check(differ, 'charged through', chargedThrough, state.chargedThrough ?? 0);
  const listed = (state.borrowers ?? []).reduce((sum, count) => sum + count, 0);
  check(differ, 'borrowers', borrowers, listed);
  check(differ, 'charged last', charged, chargedText(state.charged));
  check(differ, 'ordered last', ordered, chargedText(state.ordered));
  const parameters = (state.parameters ?? []).map((each) => readParameters(each));
  checkAlike(differ, 'parameters', books.tariffs.adopted(partition), parameters);
}

/** A chunk of them: which cards belong to it is the center's own business. */
export function compareBorrowersState(
  books: Books,
  state: v1.BorrowersState.$Properties,
  differ: Differ,
): void {
  for (const card of state.cards ?? []) {
    check(differ, `listed ${card}`, books.cards.get(card)?.record?.listed ?? false, true);
  }
}

export function compareOfficeState(books: Books, state: v1.OfficeState.$Properties, differ: Differ): void {
  const { office } = books;
  const parameters = (state.parameters ?? []).map((each) => JSON.stringify(readParameters(each)));
  checkAlike(differ, 'parameters', office.decided, parameters);
  check(differ, 'a run', office.running !== '', state.run != null);
  check(differ, 'settlements', office.settlements, state.settlements ?? 0);
  if (office.running === '') check(differ, 'charged through', office.through, state.chargedThrough ?? 0);
}
