import { readFile } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { MAX_AMOUNT, MAX_FARES } from '../../../actors/bounds.js';
import { isValidId } from '../../../actors/money/ids.js';
import type { Fare } from '../../../actors/money/parameters.js';
import { CommandError } from '../errors.js';

const COLUMNS = ['from', 'to', 'amount'] as const;

interface Row {
  readonly record: Readonly<Partial<Record<(typeof COLUMNS)[number], string>>>;
  readonly info: { readonly lines: number };
}

/**
 * A fare table: CSV with a header that names the columns from, to and amount, in any order; amounts in minor units.
 * @throws CommandError no such file, or a line that is none
 */
export async function readFares(path: string): Promise<readonly Fare[]> {
  const rows = parsed(path, await content(path));
  if (rows.length === 0) throw new CommandError(`${path}: holds no fares; ${EXPECTED}`);
  if (rows.length > MAX_FARES) throw new CommandError(`${path}: more than ${MAX_FARES} fares`);
  const seen = new Set<string>();
  return rows.map(({ record, info }) => {
    const broken = (problem: string): CommandError =>
      new CommandError(`${path}: line ${info.lines}: ${problem}`);
    const { from = '', to = '', amount = '' } = record;
    if (!isValidId(from) || !isValidId(to)) throw broken(`from and to must be zones; ${EXPECTED}`);
    const fare = /^\d{1,12}$/.test(amount) ? Number(amount) : NaN;
    if (!(fare <= MAX_AMOUNT)) throw broken('amount must be an integer in minor units, 0 or more');
    const key = JSON.stringify([from, to]);
    if (seen.has(key)) throw broken(`a second fare from ${from} to ${to}`);
    seen.add(key);
    return { fromZone: from, toZone: to, amount: fare };
  });
}

const EXPECTED = `the first line must name the columns ${COLUMNS.join(',')}`;

async function content(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${path}: cannot be read (${reason})`, 1, { cause: error });
  }
}

function parsed(path: string, text: string): readonly Row[] {
  try {
    return parse(text, { bom: true, columns: true, info: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    const reason = error instanceof CsvError ? error.message : String(error);
    throw new CommandError(`${path}: is no fare table (${reason}); ${EXPECTED}`, 1, { cause: error });
  }
}
