/** Searches in the history of one partition: newest first, and exact, whatever conditions are combined. */
import { HISTORY_SEARCH_MS } from '../bounds.js';
import type { Clock } from '../runtime/ports.js';
import { SearchTooWideError } from './errors.js';
import { blockPrefix, ORDER, textBeginning, textPrefix } from './keys.js';
import { comparePlaces, type Place } from './place.js';
import type { File, Filing } from './ports.js';
import type { Query } from './query.js';
import { batchesBelow, newestFirst, type Entry, type Group, type Source, type Span } from './reading.js';
import { latin1OfText } from './rows.js';

export interface Found {
  /** Newest first. */
  readonly entries: readonly Entry[];
  /** There are more, older ones. */
  readonly more: boolean;
}

/** Throws SearchTooWideError after HISTORY_SEARCH_MS. */
export async function search(source: Source, file: File, clock: Clock, query: Query): Promise<Found> {
  const newest = new Newest(query.limit + 1);
  const wanted = wantedOf(query);
  const end = clock.elapsed() + HISTORY_SEARCH_MS;
  for await (const group of groupsOf(source, query)) {
    for await (const page of newestFirst(source, group, spanOf(query, newest.oldest))) {
      if (!addAll(newest, page, (event) => fits(file(event), wanted))) break;
      if (clock.elapsed() > end) throw new SearchTooWideError(source.partition);
    }
    if (clock.elapsed() > end) throw new SearchTooWideError(source.partition);
  }
  const entries = newest.entries.slice(0, query.limit);
  return { entries, more: newest.entries.length > query.limit };
}

/** False: it is full, and what follows is older than what it holds. */
function addAll(newest: Newest, page: readonly Entry[], isWanted: (event: Uint8Array) => boolean): boolean {
  for (const entry of page) {
    if (newest.oldest !== undefined && comparePlaces(entry.place, newest.oldest) < 0) return false;
    if (isWanted(entry.event)) newest.add(entry);
  }
  return true;
}

/** The keys that hold all that is wanted and as little else as possible. */
async function* groupsOf(source: Source, { card, terminal, id }: Query): AsyncGenerator<Group> {
  const { partition } = source;
  if (id?.incarnation !== undefined && id.number !== undefined) {
    const { incarnation, number } = id;
    const whole = { terminal: latin1OfText(id.terminal), incarnation, number };
    yield { order: 'ids', prefix: blockPrefix(partition, whole), id: whole };
    return;
  }
  if (card !== undefined) {
    yield { order: 'entries', prefix: textPrefix(partition, ORDER.entries, Buffer.from(card)) };
    return;
  }
  const name = terminal ?? id?.terminal;
  if (name === undefined) {
    yield { order: 'times', prefix: textBeginning(partition, ORDER.times, Buffer.alloc(0)) };
    return;
  }
  const beginning = terminal !== undefined || id?.whole === true ? textPrefix : textBeginning;
  for await (const prefix of batchesBelow(source, beginning(partition, ORDER.batches, Buffer.from(name)))) {
    yield { order: 'batches', prefix };
  }
}

/** The wanted time, and what is newer than the oldest that a full list holds. */
function spanOf({ from, to }: Query, oldest: Place | undefined): Span {
  const begin = from === undefined ? undefined : { time: from, sequence: 0, index: 0 };
  const isOlder = begin === undefined || (oldest !== undefined && comparePlaces(begin, oldest) < 0);
  return { from: isOlder ? oldest : begin, to };
}

/** As filings have their texts. */
function wantedOf({ card, terminal, id }: Query): Wanted {
  return {
    card: card === undefined ? undefined : latin1OfText(card),
    terminal: terminal === undefined ? undefined : latin1OfText(terminal),
    id: id === undefined ? undefined : { ...id, terminal: latin1OfText(id.terminal) },
  };
}

type Wanted = Pick<Query, 'card' | 'terminal' | 'id'>;

function fits(filing: Filing | undefined, { card, terminal, id }: Wanted): boolean {
  if (filing === undefined) return false;
  if (card !== undefined && card !== filing.card) return false;
  if (terminal !== undefined && terminal !== filing.terminal) return false;
  if (id === undefined) return true;
  if (id.whole ? id.terminal !== filing.terminal : !filing.terminal.startsWith(id.terminal)) return false;
  if (id.incarnation !== undefined && filing.incarnation !== id.incarnation) return false;
  return id.number === undefined || filing.number === id.number;
}

/** The newest of all that are added, at most so many. */
class Newest {
  readonly #size: number;
  readonly #entries: Entry[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Of a full list; undefined: there is room. */
  get oldest(): Place | undefined {
    return this.#entries.length < this.#size ? undefined : this.#entries.at(-1)?.place;
  }

  add(entry: Entry): void {
    const place = this.#entries.findLastIndex((each) => comparePlaces(each.place, entry.place) > 0) + 1;
    this.#entries.splice(place, 0, entry);
    if (this.#entries.length > this.#size) this.#entries.pop();
  }
}
