/**
 * Entries by ascending number, persistent: every change returns a new table that shares most of the old one. A list
 * of short lists, because a source's session remembers 100,000 ids of a terminal (D6), and copying all of them for
 * each would be quadratic. Where the lists are cut depends on history: compare entries, not tables.
 */
export interface Numbered {
  readonly number: number;
}

export type IdTable<Entry extends Numbered> = readonly (readonly Entry[])[];

/** Entries of a list when the table grows at its end; twice as many split it. */
const LENGTH = 64;

export function findId<Entry extends Numbered>(table: IdTable<Entry>, number: number): Entry | undefined {
  const list = table[listOf(table, number)];
  const entry = list?.[placeIn(list, number)];
  return entry?.number === number ? entry : undefined;
}

/** The table with this entry, in place of the one with its number if there is one. */
export function putId<Entry extends Numbered>(table: IdTable<Entry>, entry: Entry): IdTable<Entry> {
  const index = listOf(table, entry.number);
  const list = table[index];
  if (list === undefined) return append(table, entry);
  const place = placeIn(list, entry.number);
  if (list[place]?.number === entry.number) return withList(table, index, list.with(place, entry));
  const longer = list.toSpliced(place, 0, entry);
  if (longer.length <= 2 * LENGTH) return withList(table, index, longer);
  return table.toSpliced(index, 1, longer.slice(0, LENGTH), longer.slice(LENGTH));
}

/** The table without the entries below `number`, except those that `keep` wants. */
export function dropIdsBelow<Entry extends Numbered>(
  table: IdTable<Entry>,
  number: number,
  keep: (entry: Entry) => boolean,
): IdTable<Entry> {
  const first = table[0];
  if (first === undefined || (first[0]?.number ?? number) >= number) return table;
  if (table.length === 1) {
    const kept = keptOf(first, number, keep);
    return kept.length > 0 ? [kept] : [];
  }
  return table
    .map((list) => ((list[0]?.number ?? number) >= number ? list : keptOf(list, number, keep)))
    .filter((list) => list.length > 0);
}

/** Both: without the entries below `number`, and with this one. Nearly every transaction brings a new mark with it. */
export function moveOn<Entry extends Numbered>(
  table: IdTable<Entry>,
  number: number,
  keep: (entry: Entry) => boolean,
  entry: Entry,
): IdTable<Entry> {
  const [list] = table;
  const isShort = list !== undefined && table.length === 1 && list.length < LENGTH;
  if (!isShort || placeIn(list, entry.number) < list.length) {
    return putId(dropIdsBelow(table, number, keep), entry);
  }
  const moved = keptOf(list, number, keep, 1);
  moved[moved.length - 1] = entry;
  return [moved];
}

/** The table without this entry. */
export function dropId<Entry extends Numbered>(table: IdTable<Entry>, number: number): IdTable<Entry> {
  const index = listOf(table, number);
  const list = table[index];
  if (list === undefined) return table;
  const rest = list.filter((entry) => entry.number !== number);
  return rest.length > 0 ? table.with(index, rest) : table.toSpliced(index, 1);
}

/** How many entries there are. */
export function countIds(table: IdTable<Numbered>): number {
  let count = 0;
  for (const list of table) count += list.length;
  return count;
}

/** All entries, ascending. */
export function idEntries<Entry extends Numbered>(table: IdTable<Entry>): readonly Entry[] {
  return table.flat();
}

/** A table of entries that are ascending and different already. */
export function idTableOf<Entry extends Numbered>(entries: readonly Entry[]): IdTable<Entry> {
  const lists: Entry[][] = [];
  for (let start = 0; start < entries.length; start += LENGTH)
    lists.push(entries.slice(start, start + LENGTH));
  return lists;
}

/** Of its final length, with so much room at its end: what is filtered or pushed to may hold twice as much. */
function keptOf<Entry extends Numbered>(
  list: readonly Entry[],
  number: number,
  keep: (entry: Entry) => boolean,
  room = 0,
): Entry[] {
  let count = 0;
  for (const entry of list) if (entry.number >= number || keep(entry)) count += 1;
  const kept = new Array<Entry>(count + room);
  let at = 0;
  for (const entry of list) if (entry.number >= number || keep(entry)) kept[at++] = entry;
  return kept;
}

function append<Entry extends Numbered>(table: IdTable<Entry>, entry: Entry): IdTable<Entry> {
  const last = table[table.length - 1];
  if (last === undefined || last.length >= LENGTH) return [...table, [entry]];
  return withList(table, table.length - 1, last.toSpliced(last.length, 0, entry));
}

/** Most tables are one short list. */
function withList<Entry extends Numbered>(
  table: IdTable<Entry>,
  index: number,
  list: readonly Entry[],
): IdTable<Entry> {
  return table.length === 1 ? [list] : table.with(index, list);
}

/** Index of the first list that ends at or after `number`; the table's length when there is none. */
function listOf(table: IdTable<Numbered>, number: number): number {
  return firstNotBelow(
    table.length,
    (index) => {
      const list = table[index];
      return list?.[list.length - 1]?.number ?? 0;
    },
    number,
  );
}

/** Index of the first entry at or after `number`. */
function placeIn(list: readonly Numbered[], number: number): number {
  return firstNotBelow(list.length, (index) => list[index]?.number ?? 0, number);
}

function firstNotBelow(length: number, numberAt: (index: number) => number, number: number): number {
  // New ids are nearly always the highest.
  if (length === 0 || numberAt(length - 1) < number) return length;
  let [low, high] = [0, length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberAt(middle) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
