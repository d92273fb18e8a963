import { writeFile } from 'node:fs/promises';
import { CommandError } from './errors.js';
import type { Output } from './output.js';

/** Writes a report to the file of `--csv`; `-`: to standard output. `what`: what it holds, for people. */
export async function saveCsv(file: string, csv: string, output: Output, what: string): Promise<void> {
  if (file === '-') {
    process.stdout.write(csv);
    return;
  }
  try {
    await writeFile(file, csv);
  } catch (error) {
    throw new CommandError(`${file}: cannot be written`, 1, { cause: error });
  }
  output.say(`${file}: ${what}`);
}

/** Throws CommandError: both would write to standard output. */
export function mustBeOneDocument({ csv, json }: { readonly csv?: string; readonly json?: boolean }): void {
  if (csv === '-' && json === true)
    throw new CommandError('--csv - and --json both write to standard output', 2);
}
