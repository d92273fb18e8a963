/** What a partition knows of a terminal's batch: its lines, oldest first, and what is open. */
import { batchPrefix, ORDER, textPrefix } from './keys.js';
import { type Page, type PageQuery, readPage } from './page.js';
import { readPlace, type Place } from './place.js';
import type { File, Row } from './ports.js';
import { entriesAt, referencesOf, type Source } from './reading.js';
import { bufferOf, decodeLine } from './rows.js';

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
  const { own, batch } = query;
  const order = own ? ORDER.columns : ORDER.batches;
  const prefix = batchPrefix(source.partition, order, { terminal: Buffer.from(query.terminal), batch });
  const read = (rows: readonly Row[]): readonly BatchLine[] | Promise<readonly BatchLine[]> =>
    own
      ? rows.map(([key, value]) => ({ place: readPlace(bufferOf(key), prefix.length), ...decodeLine(value) }))
      : entriesAt(
          source,
          rows.flatMap((row) => referencesOf(order, row)),
        );
  const page = await readPage(source, prefix, query, read, bytesOf);
  // A terminal's own refusals never reached the center.
  return own ? page : { ...page, items: page.items.filter(({ event }) => file(event)?.role !== 'refusal') };
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
