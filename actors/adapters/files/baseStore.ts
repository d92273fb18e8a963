import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyBase } from '../../runtime/bases.js';
import { BaseDamagedError } from '../../runtime/errors.js';
import type { BaseHead, BaseStore, BaseUnit } from '../../runtime/ports.js';
import { FileBase } from './baseReader.js';
import { writeBase } from './baseWriter.js';
import { namesIn, removeLeftovers, syncEntries } from './folder.js';

const END = '.base';
const UNFINISHED = '.writing';
/** Names sort as positions do. */
const DIGITS = 16;

/** Bases as files of one folder: `<deployment>.<partition>.<position>.base`. The folder may hold other files too. */
export class FileBaseStore implements BaseStore {
  readonly #folder: string;
  readonly #deployment: string;

  /** The folder is made with the first base. */
  constructor(folder: string, deployment: string) {
    this.#folder = folder;
    this.#deployment = deployment;
  }

  /** Those that have bases, ascending. */
  async partitions(): Promise<readonly number[]> {
    const names = await namesIn(this.#folder);
    const found = names.flatMap((name) => {
      const [deployment, partition = '', digits = '', end] = name.split('.');
      const isBase = deployment === this.#deployment && end === 'base' && digits.length === DIGITS;
      return isBase && /^\d+$/.test(partition) ? [Number(partition)] : [];
    });
    return [...new Set(found)].sort((left, right) => left - right);
  }

  async newest(partition: number): Promise<BaseHead | undefined> {
    for (const position of await this.list(partition)) {
      try {
        const base = await this.open(partition, position);
        await base.close();
        return base.head;
      } catch (error) {
        if (!(error instanceof BaseDamagedError)) throw error;
      }
    }
    return undefined;
  }

  async list(partition: number): Promise<readonly number[]> {
    const begin = this.#begin(partition);
    const names = await namesIn(this.#folder);
    return names
      .filter((name) => name.startsWith(begin) && name.endsWith(END))
      .map((name) => name.slice(begin.length, -END.length))
      .filter((digits) => digits.length === DIGITS && /^\d+$/.test(digits))
      .map(Number)
      .sort((left, right) => right - left);
  }

  async open(partition: number, position: number): Promise<FileBase> {
    const base = await FileBase.open(this.#path(partition, position));
    if (
      base.deployment === this.#deployment &&
      base.partition === partition &&
      base.head.position === position
    )
      return base;
    await base.close();
    throw new BaseDamagedError('a base with the name of another');
  }

  async write(partition: number, head: BaseHead, units: AsyncIterable<readonly BaseUnit[]>): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await removeLeftovers(
      this.#folder,
      (name) => name.startsWith(`${this.#deployment}.`) && name.endsWith(UNFINISHED),
    );
    const path = this.#path(partition, head.position);
    const prepared = `${path}.${randomUUID()}${UNFINISHED}`;
    try {
      const file = await open(prepared, 'wx', 0o600);
      try {
        await writeBase(file, { deployment: this.#deployment, partition, head, units });
        await file.sync();
      } finally {
        await file.close();
      }
      const written = await FileBase.open(prepared);
      try {
        await verifyBase(written);
      } finally {
        await written.close();
      }
      await rename(prepared, path);
    } catch (error) {
      await rm(prepared, { force: true });
      throw error;
    }
    await syncEntries(this.#folder);
  }

  async remove(partition: number, position: number): Promise<void> {
    await rm(this.#path(partition, position), { force: true });
  }

  #begin(partition: number): string {
    return `${this.#deployment}.${String(partition)}.`;
  }

  #path(partition: number, position: number): string {
    return join(this.#folder, `${this.#begin(partition)}${String(position).padStart(DIGITS, '0')}${END}`);
  }
}
