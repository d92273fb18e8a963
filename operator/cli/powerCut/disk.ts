/**
 * A disk whose power can fail: an ext4 on a loop device, whose image lies on an XFS of its own, so that it can be put
 * aside in no time while it is written to. Everything is below one folder; nothing else is touched.
 */
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../../servers/command.js';
import { CommandError } from '../errors.js';

/** Sparse: they take what is written to them. */
const DISK_BYTES = 2 * 1_024 ** 3;
const SHELF_BYTES = 64 * 1_024 ** 3;
const WITHIN_MS = 60_000;

export class Disk {
  /** Where it is mounted. */
  readonly path: string;
  readonly #shelf: string;
  readonly #image: string;
  readonly #copy: string;

  private constructor(folder: string) {
    this.path = join(folder, 'disk');
    this.#shelf = join(folder, 'shelf');
    this.#image = join(this.#shelf, 'image');
    this.#copy = join(folder, 'copy');
  }

  /** In an empty folder. @throws CommandError */
  static async make(folder: string): Promise<Disk> {
    const disk = new Disk(folder);
    for (const path of [disk.path, disk.#shelf, disk.#copy]) await mkdir(path);
    const shelf = join(folder, 'shelf.image');
    await makeImage(shelf, SHELF_BYTES);
    await run('mkfs.xfs', '-q', shelf);
    await mount(shelf, disk.#shelf);
    // The mount keeps it; without a name it is gone with it.
    await rm(shelf);
    await makeImage(disk.#image, DISK_BYTES);
    await run('mkfs.ext4', '-q', '-F', disk.#image);
    await mount(disk.#image, disk.path);
    return disk;
  }

  /** Puts it aside as it is at this moment. */
  async putAside(cut: number): Promise<void> {
    await run('cp', '--reflink=always', this.#image, this.#aside(cut));
  }

  /** What was not on it is gone; whoever reads or writes it gets errors, until it is mounted again. */
  async cutPower(): Promise<void> {
    await run('xfs_io', '-x', '-c', 'shutdown', this.path);
  }

  /** When nobody uses it any more. */
  async mountAgain(): Promise<void> {
    await run('umount', this.path);
    await mount(this.#image, this.path);
  }

  /** One that was put aside; resolves with where it is mounted. One at a time. */
  async mountAside(cut: number): Promise<string> {
    await mount(this.#aside(cut), this.#copy);
    return this.#copy;
  }

  /** It is not needed any more. */
  async dropAside(cut: number): Promise<void> {
    await run('umount', this.#copy);
    await rm(this.#aside(cut));
  }

  /** Also what is still in use, as soon as it is not. */
  async remove(): Promise<void> {
    for (const path of [this.#copy, this.path, this.#shelf])
      await runCommand('umount', ['--lazy', path], { timeoutMs: WITHIN_MS });
  }

  #aside(cut: number): string {
    return join(this.#shelf, `cut-${cut}`);
  }
}

async function makeImage(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  await file.truncate(bytes).finally(() => file.close());
}

async function mount(image: string, path: string): Promise<void> {
  await run('mount', '-o', 'loop', image, path);
}

async function run(program: string, ...args: readonly string[]): Promise<void> {
  const { ok, reason } = await runCommand(program, args, { timeoutMs: WITHIN_MS });
  if (!ok) throw new CommandError(`${program} ${args.join(' ')}: ${reason}`);
}
