import { randomBytes, randomUUID } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PIN_KEY_BYTES, parsePinKey } from '../../../gateway/pin.js';
import { syncFolder } from '../../../servers/embedded.js';
import { CommandError } from '../errors.js';
import { readDataFile } from './dataFile.js';

const FILE = 'pin.key';
const VARIABLE = 'EMONEY_PIN_KEY';

/**
 * The key, in hexadecimal, under which PINs are hashed: the data folder's own (0600); for a folder without one
 * EMONEY_PIN_KEY, or a new one, which stays there for ever.
 * @throws CommandError when it is no key, or EMONEY_PIN_KEY is another than the folder's: every PIN would be wrong
 */
export async function ensurePinKey(dataDir: string, given: string | undefined): Promise<string> {
  if (given !== undefined) requirePinKey(given);
  const path = join(dataDir, FILE);
  const known = await readKey(path);
  if (known === undefined) {
    await create(path, given ?? randomBytes(PIN_KEY_BYTES).toString('hex'));
    await syncFolder(dataDir);
    return ensurePinKey(dataDir, given);
  }
  requirePinKey(known, path);
  if (given !== undefined && given.toLowerCase() !== known.toLowerCase()) {
    throw new CommandError(
      `${VARIABLE} is another key than that of ${path}, under which PINs were chosen`,
      2,
    );
  }
  return known;
}

/** @throws CommandError, which does not repeat it, when the text is no key */
export function requirePinKey(text: string, where: string = VARIABLE): Uint8Array {
  const key = parsePinKey(text);
  if (key !== undefined) return key;
  const digits = `${2 * PIN_KEY_BYTES} hexadecimal digits`;
  throw new CommandError(`${where} must be ${digits}, such as openssl rand -hex ${PIN_KEY_BYTES} makes`, 2);
}

/** Whole or not at all; whoever comes second keeps what is there. */
async function create(path: string, key: string): Promise<void> {
  const prepared = `${path}.${randomUUID()}`;
  const file = await open(prepared, 'wx', 0o600);
  try {
    await file.writeFile(`${key}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await link(prepared, path).catch(unless('EEXIST'));
  await rm(prepared);
}

async function readKey(path: string): Promise<string | undefined> {
  const text = await readDataFile(path);
  return text?.trim();
}

function unless(code: string): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === code) return undefined;
    throw error;
  };
}
