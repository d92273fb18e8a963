/** A disk of its own, small enough to be filled: an image file with a file system. Linux, as root. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const IMAGE_BYTES = 2 * 1024 * 1024 * 1024;
const BALLAST = 'ballast';
/** For what the file system notes of the ballast itself; the next frames take them. */
const SPARE_BLOCKS = 16;

/** Why this machine has no such disk, in one line. */
export class NoDiskError extends Error {
  constructor(reason: string) {
    super(`a disk that can be filled needs Linux, root and loop devices: ${reason}`);
    this.name = 'NoDiskError';
  }
}

export class JournalDisk {
  /** Where it is mounted. */
  readonly dir: string;
  #mounted = true;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Makes `folder`/disk.img and mounts it at `folder`/disk. Throws NoDiskError; nothing is mounted then. */
  static async mount(folder: string): Promise<JournalDisk> {
    const [image, dir] = [join(folder, 'disk.img'), join(folder, 'disk')];
    try {
      await mkdir(dir);
      await writeFile(image, '');
      await truncate(image, IMAGE_BYTES);
      await run('mkfs.ext4', ['-q', '-m', '0', '-E', 'lazy_itable_init=1,lazy_journal_init=1', image]);
      await run('mount', ['-o', 'loop', image, dir]);
    } catch (error) {
      await rm(image, { force: true });
      await rm(dir, { recursive: true, force: true });
      throw new NoDiskError(firstLine(error));
    }
    return new JournalDisk(dir);
  }

  async fill(): Promise<void> {
    const { bavail, bsize } = await statfs(this.dir);
    await run('fallocate', ['-l', String((bavail - SPARE_BLOCKS) * bsize), join(this.dir, BALLAST)]);
  }

  async free(): Promise<void> {
    await rm(join(this.dir, BALLAST), { force: true });
  }

  /** The image is kept; may be repeated. */
  async unmount(): Promise<void> {
    if (!this.#mounted) return;
    this.#mounted = false;
    await run('umount', [this.dir]);
  }

  /** At once, also while something still writes there. */
  detach(): void {
    if (this.#mounted) spawnSync('umount', ['--lazy', this.dir]);
    this.#mounted = false;
  }
}

/** Of what a program said, or of why there is none. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^Command failed: .*\n/, '').split('\n')[0] ?? text;
}
