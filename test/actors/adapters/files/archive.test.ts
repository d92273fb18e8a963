import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileArchive } from '../../../../actors/adapters/files/archive.js';
import { temporaryFolder } from '../../../support/folder.js';
import { describeArchive } from '../contract/archive.js';

describeArchive('a folder', async () => {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'archive');
  /** Turns one bit of the file; `place`: given its bytes. */
  const damage = async (
    partition: number,
    segment: number,
    place: (bytes: Buffer) => number,
  ): Promise<void> => {
    const file = join(path, `d.${String(partition)}.${String(segment).padStart(8, '0')}.segment`);
    const bytes = await readFile(file);
    const at = place(bytes);
    bytes[at] = bytes[at]! ^ 0x10;
    await writeFile(file, bytes);
  };
  return {
    open: () => new FileArchive(path, 'd'),
    damageFoot: (partition, segment) => damage(partition, segment, ({ length }) => length - 30),
    damageFrame: (partition, segment, frame) =>
      damage(partition, segment, (bytes) => bytes.indexOf(frame.bytes) + 3),
    dispose: () => folder.remove(),
  };
});
