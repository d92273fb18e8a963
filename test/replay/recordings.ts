/** Where the recordings are: in the sources, beside this file's. Tests run in the project's folder. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Expected, readRecording, versionsIn, writeRecording } from './files.js';
import { record } from './record.js';
import { replay } from './replayed.js';

export const FOLDER = join('test', 'replay');

/** Records this version into a new folder beside the others. Returns the folder. */
export async function recordNext(recordedBy: string): Promise<string> {
  const newest = (await versionsIn(FOLDER)).at(-1) ?? 'v0';
  const folder = join(FOLDER, `v${Number(newest.slice(1)) + 1}`);
  await writeRecording(folder, await record(recordedBy));
  return folder;
}

/**
 * Where states have got a field that old events fill, digests change although no balance does: writes today's into
 * every recording. Returns the folders that changed; throws when a recording cannot be replayed.
 */
export async function renewDigests(): Promise<string[]> {
  const changed: string[] = [];
  for (const version of await versionsIn(FOLDER)) {
    const folder = join(FOLDER, version);
    const { journals, expected } = await readRecording(folder);
    const partitions: Expected['partitions'][number][] = [];
    for (const [partition, before] of expected.partitions.entries()) {
      const { digest } = await replay(journals, partition, expected.deployment);
      partitions.push({ ...before, digest });
    }
    const file = join(folder, 'expected.json');
    const text = `${JSON.stringify({ ...expected, partitions }, null, 2)}\n`;
    if (text === (await readFile(file, 'utf8'))) continue;
    await writeFile(file, text);
    changed.push(folder);
  }
  return changed;
}
