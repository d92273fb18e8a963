import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'operator.secret';

export interface Secret {
  readonly value: string;
  /** The file that holds it. */
  readonly path: string;
}

/** The operator's secret of a data folder: EMONEY_OPERATOR_SECRET, else the folder's own, else a new one (0600). */
export async function ensureSecret(dataDir: string, given: string | undefined): Promise<Secret> {
  const path = join(dataDir, FILE);
  const known = await readSecret(path);
  if (known !== undefined && (given === undefined || given === known)) return { value: known, path };
  const value = given ?? randomBytes(24).toString('base64url');
  await writeFile(path, `${value}\n`, { mode: 0o600 });
  return { value, path };
}

export async function readSecret(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}
