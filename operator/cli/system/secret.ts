import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from '../errors.js';
import { readDataFile } from './dataFile.js';

const FILE = 'operator.secret';
const VARIABLE = 'EMONEY_OPERATOR_SECRET';

export interface Secret {
  readonly value: string;
  /** For people: the file, the variable or the option that says it. */
  readonly from: string;
}

/** The operator's secret of a data folder: EMONEY_OPERATOR_SECRET, else the folder's own, else a new one (0600). */
export async function ensureSecret(dataDir: string, given: string | undefined): Promise<Secret> {
  const path = join(dataDir, FILE);
  const known = await keptSecret(path);
  if (known !== undefined && (given === undefined || given === known.value)) return known;
  const value = given ?? randomBytes(24).toString('base64url');
  await writeFile(path, `${value}\n`, { mode: 0o600 });
  return { value, from: path };
}

/** Undefined: there is no such file, or it is empty. @throws UnreadableFile */
export async function keptSecret(path: string): Promise<Secret | undefined> {
  const value = (await readDataFile(path))?.trim() ?? '';
  return value === '' ? undefined : { value, from: path };
}

export interface SecretOptions {
  /** Said on the command line, else by EMONEY_OPERATOR_SECRET. */
  readonly secret?: string | undefined;
  readonly secretFile?: string | undefined;
}

/**
 * What was said; undefined: nothing. What the command line says goes before the variable.
 * @throws CommandError: said twice, or nothing is in the file; UnreadableFile
 */
export async function givenSecret({ secret, secretFile }: SecretOptions): Promise<Secret | undefined> {
  const ofVariable = secret === process.env[VARIABLE];
  if (secretFile === undefined) {
    return secret === undefined ? undefined : { value: secret, from: ofVariable ? VARIABLE : '--secret' };
  }
  if (secret !== undefined && !ofVariable) throw new CommandError('--secret or --secret-file, not both', 2);
  const kept = await keptSecret(secretFile);
  if (kept === undefined)
    throw new CommandError(`--secret-file ${secretFile}: no secret is in it, or no such file`);
  return kept;
}
