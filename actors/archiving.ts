/**
 * Archives closed segments of journals, and deletes their streams: written, read back whole, compared with the stream,
 * and only then, and only when a base makes them needless for recovery, deleted. Two that do it at once are harmless:
 * both write the same, and what one has deleted the other finds deleted.
 */
import type { BaseMaker } from './basing.js';
import { BASE_INTERVAL_MS } from './bounds.js';
import { ChainReader } from './runtime/chain.js';
import {
  ArchiveDamagedError,
  ArchiveMissingError,
  ArchiveUnavailableError,
  DeploymentMismatchError,
} from './runtime/errors.js';
import { hashOf, readFrame, sameBytes } from './runtime/frame.js';
import type {
  Archive,
  ArchivedSegment,
  BaseHead,
  BaseStore,
  Clock,
  ClosedSegment,
  Journal,
  JournalStore,
} from './runtime/ports.js';
import { getCertain } from './runtime/replay.js';

export interface ArchivingParts {
  readonly journals: JournalStore;
  readonly archive: Archive;
  readonly bases: Pick<BaseStore, 'newest'>;
  readonly makeBase: BaseMaker;
  /** Of each partition so many closed segments keep their streams, although they are archived. */
  readonly keepSegments: number;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** Segments of one partition that a look has archived, and of which it has deleted the streams. */
export interface Looked {
  readonly archived: readonly number[];
  readonly deleted: readonly number[];
}

export class Archiving {
  readonly #parts: ArchivingParts;
  /** `partition/segment`: found right in the archive by this process. */
  readonly #verified = new Set<string>();

  constructor(parts: ArchivingParts) {
    this.#parts = parts;
  }

  /** One look at one partition. Throws what is wrong with its journal, its files or the servers; nothing is lost by it. */
  async look(partition: number): Promise<Looked> {
    const journal = await this.#parts.journals.open(partition);
    const closed = await journal.closedSegments();
    const archived: number[] = [];
    for (const segment of closed)
      if (await this.#archive(partition, segment, journal)) archived.push(segment.segment);
    const base = await this.#base(partition, closed, journal);
    const deleted: number[] = [];
    for (const segment of closed.slice(0, Math.max(0, closed.length - this.#parts.keepSegments))) {
      if (base === undefined || base.position < segment.last) break;
      await this.#delete(partition, segment, journal, archived.includes(segment.segment));
      deleted.push(segment.segment);
    }
    return { archived, deleted };
  }

  /** True: it was not there yet, or not as it should be. */
  async #archive(partition: number, closed: ClosedSegment, journal: Journal): Promise<boolean> {
    const { archive, clock, log } = this.#parts;
    const { segment, first, last } = closed;
    const name = `${String(partition)}/${String(segment)}`;
    if (this.#verified.has(name)) return false;
    const found = await this.#problemOf(partition, closed, journal);
    if (found !== undefined) {
      if (found instanceof ArchiveDamagedError) log(`${found.message}; it is written again from its stream`);
      const before = first === 1 ? undefined : await getCertain(journal, clock, first - 1);
      const previousHash = before === undefined ? new Uint8Array(0) : hashOf(before.bytes);
      await archive.write({ partition, segment, first, last, previousHash }, (from, to, onFrame) =>
        journal.read(from, to, onFrame),
      );
      const problem = await this.#problemOf(partition, closed, journal);
      if (problem !== undefined) throw problem;
      log(
        `partition ${String(partition)}: segment ${String(segment)} is archived and verified: frames ${String(first)} … ${String(last)}`,
      );
    }
    this.#verified.add(name);
    return found !== undefined;
  }

  /** The newest base; a newer one is made where segments wait for it, or once a day. */
  async #base(
    partition: number,
    closed: readonly ClosedSegment[],
    journal: Journal,
  ): Promise<BaseHead | undefined> {
    const { bases, makeBase, clock, log } = this.#parts;
    let base = await bases.newest(partition);
    const needed = closed.at(-1)?.last ?? 0;
    const isOld = base === undefined || clock.now() - base.time >= BASE_INTERVAL_MS;
    if (isOld || (base?.position ?? 0) < needed) {
      const { frames } = await makeBase(partition);
      base = await bases.newest(partition);
      if (frames > 0) log(`partition ${String(partition)}: base at frame ${String(base?.position ?? 0)}`);
    }
    if (base === undefined) return undefined;
    const { bytes } = await getCertain(journal, clock, base.position);
    return sameBytes(hashOf(bytes), base.hash) ? base : undefined;
  }

  async #delete(partition: number, closed: ClosedSegment, journal: Journal, isFresh: boolean): Promise<void> {
    const { segment } = closed;
    // Read once more where that was long ago.
    const problem = isFresh ? undefined : await this.#problemOf(partition, closed, journal);
    if (problem !== undefined) {
      this.#verified.delete(`${String(partition)}/${String(segment)}`);
      throw problem;
    }
    await journal.removeSegment(segment);
    this.#parts.log(`partition ${String(partition)}: the stream of segment ${String(segment)} is deleted`);
  }

  /** Why the archive does not stand for the stream; undefined: it does. */
  async #problemOf(
    partition: number,
    { segment, first, last }: ClosedSegment,
    journal: Journal,
  ): Promise<Error | undefined> {
    const { archive, clock } = this.#parts;
    try {
      const found = await verifySegment(archive, partition, segment);
      const before = first === 1 ? undefined : await getCertain(journal, clock, first - 1);
      const end = await getCertain(journal, clock, last);
      const same =
        found.first === first &&
        found.last === last &&
        sameBytes(found.previousHash, before === undefined ? new Uint8Array(0) : hashOf(before.bytes)) &&
        sameBytes(found.lastHash, hashOf(end.bytes));
      if (same) return undefined;
      // Never written over: it may be all that is left of another journal.
      throw new DeploymentMismatchError(
        `segment ${String(segment)} of partition ${String(partition)} in the archive is of another journal: name another folder with --archive`,
      );
    } catch (error) {
      if (error instanceof ArchiveMissingError || error instanceof ArchiveDamagedError) return error;
      throw error;
    }
  }
}

/**
 * Reads a segment of the archive whole: checksums, and the chain from frame to frame. Since each frame carries the hash
 * of the one before, its last hash stands for all of it. Throws ArchiveMissingError, ArchiveDamagedError,
 * ArchiveUnavailableError.
 */
export async function verifySegment(
  archive: Archive,
  partition: number,
  segment: number,
): Promise<ArchivedSegment> {
  let chain: ChainReader | undefined;
  let before: Uint8Array | undefined;
  try {
    const found = await archive.readWhole(partition, segment, (stored) => {
      before ??= readFrame(stored).previousHash;
      chain ??= new ChainReader({ sequence: stored.sequence - 1, hash: before, time: 0 });
      chain.next(stored);
    });
    if (before !== undefined && sameBytes(before, found.previousHash)) return found;
    throw new Error('it does not begin as its foot says');
  } catch (error) {
    if (error instanceof ArchiveMissingError || error instanceof ArchiveDamagedError) throw error;
    if (error instanceof ArchiveUnavailableError) throw error;
    throw new ArchiveDamagedError(
      `segment ${String(segment)} of partition ${String(partition)} in the archive: ${String(error)}`,
      { cause: error },
    );
  }
}
