/** What a partition knows of a terminal's batch: its lines, oldest first, and what is open. */
import { batchPrefix, ORDER, type Order, textPrefix } from './keys.js';
import { type Packed, type Page, type PageQuery, readPackedPage, readPage } from './page.js';
import { readLines } from './packed.js';
import { PLACE_BYTES, readStamp, STAMP_BYTES, writePlace, type Place } from './place.js';
import type { File, Row } from './ports.js';
import { entriesAt, type Reference, referencesOfBatch, type Source } from './reading.js';
import { bufferOf, latin1OfText } from './rows.js';

export interface OpenedQuery extends PageQuery {
  readonly terminal: string;
  readonly batch: number;
}

export interface BatchQuery extends OpenedQuery {
  /** True: what the terminal closed or refused itself, and what stands by itself. False: every other entry. */
  readonly own: boolean;
}

export interface BatchLine {
  readonly place: Place;
  /** In a terminal's own column, unless it stands there by itself. */
  readonly opening?: Uint8Array | undefined;
  readonly event: Uint8Array;
}

export async function listBatch(source: Source, file: File, query: BatchQuery): Promise<Page<BatchLine>> {
  return query.own ? listColumn(source, query) : listEntries(source, file, query);
}

async function listColumn(source: Source, query: BatchQuery): Promise<Page<BatchLine>> {
  const prefix = prefixOf(source, ORDER.columns, query);
  const unpack = ([key, value]: Row): Packed<BatchLine>[] =>
    readLines(value, readStamp(bufferOf(key), prefix.length)).map(({ line, ...item }) => ({
      key: Buffer.concat([keyOf(item.place), Buffer.of(line)]),
      item,
    }));
  return readPackedPage(
    source,
    prefix,
    query,
    { keyBytes: PLACE_BYTES + 1, unpack, read: (lines) => lines },
    bytesOf,
  );
}

async function listEntries(source: Source, file: File, query: BatchQuery): Promise<Page<BatchLine>> {
  const prefix = prefixOf(source, ORDER.batches, query);
  const unpack = (row: Row): Packed<Reference>[] =>
    referencesOfBatch(row).map((item) => ({ key: keyOf(item.place), item }));
  const read = async (references: readonly Reference[]): Promise<readonly BatchLine[]> =>
    entriesAt(source, references);
  const page = await readPackedPage(source, prefix, query, { keyBytes: STAMP_BYTES, unpack, read }, bytesOf);
  // A terminal's own refusals never reached the center.
  return { ...page, items: page.items.filter(({ event }) => file(event)?.role !== 'refusal') };
}

function prefixOf({ partition }: Source, order: Order, { terminal, batch }: BatchQuery): Buffer {
  return batchPrefix(partition, order, { terminal: latin1OfText(terminal), batch });
}

function keyOf(place: Place): Buffer {
  const key = Buffer.allocUnsafe(PLACE_BYTES);
  writePlace(key, 0, place);
  return key;
}

function bytesOf({ event, opening }: BatchLine): number {
  return event.length + (opening?.length ?? 0);
}

/** The opening events of the ids that are not closed, by id. A page may have none although there are more. */
export async function listOpened(source: Source, file: File, query: OpenedQuery): Promise<Page<Uint8Array>> {
  const prefix = textPrefix(source.partition, ORDER.openings, Buffer.from(query.terminal));
  const read = (rows: readonly Row[]): readonly Uint8Array[] => rows.map(([, opening]) => opening);
  const { items, next } = await readPage(source, prefix, query, read, (opening) => opening.length);
  return { items: items.filter((opening) => file(opening)?.batch === query.batch), next };
}
