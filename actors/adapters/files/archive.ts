import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveDamagedError, ArchiveMissingError, ArchiveUnavailableError } from '../../runtime/errors.js';
import type {
  Archive,
  ArchivedSegment,
  Journal,
  NewArchivedSegment,
  StoredFrame,
} from '../../runtime/ports.js';
import { ArchiveFile, writeSegment } from './archiveFile.js';
import { namesIn, removeLeftovers, syncEntries } from './folder.js';

const END = '.segment';
const UNFINISHED = '.writing';
/** Names sort as segments do. */
const DIGITS = 8;

/**
 * The archive as files of one folder: `<deployment>.<partition>.<segment>.segment`. The folder may hold other files too.
 * A file is only ever replaced by one with the same frames.
 */
export class FileArchive implements Archive {
  readonly #folder: string;
  readonly #deployment: string;
  /** What files say of themselves, by name. */
  readonly #known = new Map<string, ArchivedSegment>();

  /** The folder is made with the first segment. */
  constructor(folder: string, deployment: string) {
    this.#folder = folder;
    this.#deployment = deployment;
  }

  /** Those that have segments, ascending. */
  async partitions(): Promise<readonly number[]> {
    const found = (await this.#names()).flatMap((name) => this.#partsOf(name)?.partition ?? []);
    return [...new Set(found)].sort((left, right) => left - right);
  }

  /** Segments of which there is a file, ascending; whether it can be read shows when it is. */
  async segments(partition: number): Promise<readonly number[]> {
    const found = (await this.#names()).flatMap((name) => {
      const parts = this.#partsOf(name);
      return parts?.partition === partition ? [parts.segment] : [];
    });
    return found.sort((left, right) => left - right);
  }

  async list(partition: number): Promise<readonly ArchivedSegment[]> {
    const all: ArchivedSegment[] = [];
    for (const segment of await this.segments(partition)) all.push(await this.describe(partition, segment));
    return all;
  }

  async read(
    partition: number,
    from: number,
    to: number,
    onFrame: (frame: StoredFrame) => void,
  ): Promise<number> {
    for (let next = from; next <= to;) {
      const { segment, last } = await this.#holding(partition, next, to);
      const end = Math.min(to, last);
      await this.#with(partition, segment, (file) => file.read(next, end, onFrame));
      next = end + 1;
    }
    return to + 1;
  }

  async write(segment: NewArchivedSegment, read: Journal['read']): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await removeLeftovers(
      this.#folder,
      (name) => name.startsWith(`${this.#deployment}.`) && name.includes(`${END}.`),
    );
    const name = this.#name(segment.partition, segment.segment);
    const path = join(this.#folder, name);
    const prepared = `${path}.${randomUUID()}${UNFINISHED}`;
    try {
      const file = await open(prepared, 'wx', 0o600);
      try {
        await writeSegment(file, this.#deployment, segment, read);
        await file.sync();
      } finally {
        await file.close();
      }
      // By rename: a reader never sees half of it.
      await rename(prepared, path);
    } catch (error) {
      await rm(prepared, { force: true });
      throw error;
    }
    this.#known.delete(name);
    await syncEntries(this.#folder);
  }

  async readWhole(
    partition: number,
    segment: number,
    onFrame: (frame: StoredFrame) => void,
  ): Promise<ArchivedSegment> {
    if (!(await this.segments(partition)).includes(segment)) {
      throw new ArchiveMissingError(
        `segment ${String(segment)} of partition ${String(partition)} is not in ${this.#folder}`,
      );
    }
    this.#known.delete(this.#name(partition, segment));
    await this.#with(partition, segment, (file) => file.readWhole(onFrame));
    return this.describe(partition, segment);
  }

  async #holding(partition: number, position: number, to: number): Promise<ArchivedSegment> {
    let problem: Error | undefined;
    for (const segment of await this.segments(partition)) {
      try {
        const found = await this.describe(partition, segment);
        if (found.first <= position && position <= found.last) return found;
      } catch (error) {
        if (!(error instanceof ArchiveDamagedError || error instanceof ArchiveUnavailableError)) throw error;
        // It matters only where no other file has the frame: one that can be read later may have it.
        if (problem === undefined || error instanceof ArchiveUnavailableError) problem = error;
      }
    }
    if (problem !== undefined) throw problem;
    throw new ArchiveMissingError(
      `frames ${String(position)} … ${String(to)} of partition ${String(partition)} are in no stream, and not in the archive ${this.#folder}: restore that folder, or name the right one with --archive`,
    );
  }

  /** What the file says of itself. Throws ArchiveDamagedError, ArchiveUnavailableError. */
  async describe(partition: number, segment: number): Promise<ArchivedSegment> {
    const name = this.#name(partition, segment);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    return this.#with(partition, segment, async ({ foot, bytes }) => {
      const { first, last, previousHash, lastHash } = foot;
      const found = { partition, segment, first, last, previousHash, lastHash, bytes };
      this.#known.set(name, found);
      return found;
    });
  }

  /** Whatever is wrong with a file, its name is said. */
  async #with<T>(partition: number, segment: number, work: (file: ArchiveFile) => Promise<T>): Promise<T> {
    const path = join(this.#folder, this.#name(partition, segment));
    try {
      const file = await ArchiveFile.open(path);
      try {
        const { foot } = file;
        if (foot.deployment !== this.#deployment || foot.partition !== partition || foot.segment !== segment)
          throw new ArchiveDamagedError('a segment with the name of another');
        return await work(file);
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof ArchiveUnavailableError)
        throw new ArchiveUnavailableError(`${path} is not read: ${error.message}`, { cause: error });
      if (!(error instanceof ArchiveDamagedError)) throw error;
      throw new ArchiveDamagedError(`${path} is damaged: ${error.message}. Restore it from a copy`, {
        cause: error,
      });
    }
  }

  async #names(): Promise<readonly string[]> {
    return namesIn(this.#folder).catch((error: unknown) => {
      throw new ArchiveUnavailableError(`${this.#folder} cannot be read (${String(error)})`, {
        cause: error,
      });
    });
  }

  #partsOf(name: string): { readonly partition: number; readonly segment: number } | undefined {
    const [deployment, partition = '', digits = '', end, ...more] = name.split('.');
    const isSegment = deployment === this.#deployment && end === 'segment' && more.length === 0;
    if (!isSegment || !/^\d+$/.test(partition) || !/^\d{8,}$/.test(digits)) return undefined;
    return { partition: Number(partition), segment: Number(digits) };
  }

  #name(partition: number, segment: number): string {
    return `${this.#deployment}.${String(partition)}.${String(segment).padStart(DIGITS, '0')}${END}`;
  }
}
