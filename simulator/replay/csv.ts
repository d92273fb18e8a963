import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { parse } from 'csv-parse/sync';
import { readLines, UnreadableFileError, type Line } from './lines.js';
import { COLUMNS, rowOf, type Column, type Row } from './row.js';

/** A line that cannot be sent. */
export interface BrokenLine {
  readonly line: number;
  readonly problem: string;
}

export interface CsvFile {
  /** `<name of the file>:<SHA-256 of its content>`: what the session names as its source. */
  readonly source: string;
  readonly rows: number;
  readonly broken: readonly BrokenLine[];
  /** Broken lines, those included that are not in `broken` any more. */
  readonly brokenCount: number;
}

/** Broken lines that are kept with their text. */
const MAX_BROKEN = 1_000;
/** Lines that one record may take, by line ends inside quotes. More means that a quote was never closed. */
const MAX_RECORD_LINES = 50;

/**
 * Reads the whole file, row by row, in its order. Columns are found by the header's names, others are ignored, empty
 * lines are skipped. Nothing is kept of the rows but what `onRow` keeps.
 * @throws UnreadableFileError no such file, no header, a column missing in the header
 */
export async function scanCsv(path: string, onRow: (row: Row) => void): Promise<CsvFile> {
  const hash = createHash('sha256');
  const broken: BrokenLine[] = [];
  let [rows, brokenCount] = [0, 0];
  for await (const records of readRecords(path, (bytes) => void hash.update(bytes))) {
    for (const record of records) {
      if ('problem' in record) {
        brokenCount += 1;
        if (broken.length < MAX_BROKEN) broken.push(record);
      } else {
        rows += 1;
        onRow(record);
      }
    }
  }
  return { source: `${basename(path)}:${hash.digest('hex')}`, rows, broken, brokenCount };
}

/** Rows of the file in pieces; broken lines among them. */
export async function* readRecords(
  path: string,
  onBytes?: (bytes: Uint8Array) => void,
): AsyncGenerator<(Row | BrokenLine)[]> {
  const assembler = new RecordAssembler();
  let header: Header | undefined;
  const toRows = (fields: Fields[]): (Row | BrokenLine)[] => {
    const [first, ...others] = fields;
    if (header !== undefined || first === undefined) return fields.map((each) => recordOf(each, header));
    header = headerOf(path, first);
    return others.map((each) => recordOf(each, header));
  };
  for await (const lines of readLines(path, onBytes))
    yield toRows(lines.flatMap((line) => assembler.add(line)));
  yield toRows(assembler.end());
  if (header === undefined)
    throw new UnreadableFileError(
      `${path}: is empty; the first line must name the columns ${COLUMNS.join(',')}`,
    );
}

interface Fields {
  readonly line: number;
  /** Undefined: not CSV. */
  readonly values: readonly string[] | undefined;
}

/** Puts lines together whose line end is inside quotes. A quote that is never closed breaks its own line only. */
class RecordAssembler {
  private open: Line[] = [];

  add(line: Line): Fields[] {
    if (this.open.length === 0) {
      if (line.text === '') return [];
      if (!line.text.includes('"')) return [{ line: line.number, values: line.text.split(',') }];
    }
    this.open.push(line);
    const text = this.open.map((each) => each.text).join('\n');
    if (hasOpenQuote(text)) return this.open.length < MAX_RECORD_LINES ? [] : this.giveUp();
    const values = parseRecord(text);
    if (values === undefined) return this.giveUp();
    const first = this.open[0]?.number ?? line.number;
    this.open = [];
    return [{ line: first, values }];
  }

  end(): Fields[] {
    const fields: Fields[] = [];
    while (this.open.length > 0) fields.push(...this.giveUp());
    return fields;
  }

  /** The first line is no CSV; those after it may be records of their own. */
  private giveUp(): Fields[] {
    const [first, ...others] = this.open;
    this.open = [];
    if (first === undefined) return [];
    return [{ line: first.number, values: undefined }, ...others.flatMap((line) => this.add(line))];
  }
}

function hasOpenQuote(text: string): boolean {
  let open = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) open = !open;
  return open;
}

function parseRecord(text: string): string[] | undefined {
  try {
    const records = parse(text, { relax_column_count: true, record_delimiter: '\0' });
    return records[0];
  } catch {
    return undefined;
  }
}

interface Header {
  readonly width: number;
  readonly places: ReadonlyMap<Column, number>;
}

function headerOf(path: string, { values }: Fields): Header {
  const names = (values ?? []).map((name) => name.trim());
  const places = new Map(COLUMNS.map((column) => [column, names.indexOf(column)]));
  const missing = COLUMNS.filter((column) => places.get(column) === -1);
  const twice = COLUMNS.filter((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (missing.length > 0) {
    const separator = /[;\t|]/.test(names.join('')) ? ' (columns are separated by commas here)' : '';
    throw new UnreadableFileError(
      `${path}: the first line must name the columns ${COLUMNS.join(',')}; missing: ${missing.join(', ')}${separator}`,
    );
  }
  if (twice.length > 0) throw new UnreadableFileError(`${path}: column named twice: ${twice.join(', ')}`);
  return { width: names.length, places };
}

function recordOf({ line, values }: Fields, header: Header | undefined): Row | BrokenLine {
  if (values === undefined || header === undefined) return { line, problem: 'a quote is in the wrong place' };
  const { width, places } = header;
  if (values.length !== width) {
    return { line, problem: `${values.length} columns instead of ${width}` };
  }
  try {
    return rowOf(line, (column) => values[places.get(column) ?? -1] ?? '');
  } catch (error) {
    if (error instanceof RangeError) return { line, problem: error.message };
    throw error;
  }
}
