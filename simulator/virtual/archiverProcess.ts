/** The archiver, and what it shares a folder with: bases and archived segments, made from the journals alone. */
import { MemoryArchive, type MemoryArchiveDisk } from '../../actors/adapters/memory/archive.js';
import { MemoryBaseStore, type MemoryBaseDisk } from '../../actors/adapters/memory/baseStore.js';
import { Archiving } from '../../actors/archiving.js';
import { type BaseMaker, openBaseMaker } from '../../actors/basing.js';
import type { Archive } from '../../actors/runtime/ports.js';
import type { Process } from './process.js';
import { DEPLOYMENT, type Servers } from './servers.js';

export interface MakerParts {
  readonly process: Process;
  readonly servers: Servers;
  /** The archive's folder. */
  readonly disk: MemoryBaseDisk;
  readonly log: (line: string) => void;
}

export interface ArchiverProcessParts extends MakerParts {
  readonly partitions: number;
  readonly archive: MemoryArchiveDisk;
  /** Between one look and the next. */
  readonly pauseMs: number;
  /** Of each partition so many closed segments keep their streams; Infinity: it makes bases, and archives nothing. */
  readonly keepSegments: number;
  /** What a mutation makes of it; the same otherwise. */
  readonly mutate: (archive: Archive) => Archive;
}

/** The archive's folder as a process has it: each access takes a while, and may be the last that it does. */
export function basesOf(process: Process, disk: MemoryBaseDisk): MemoryBaseStore {
  return new MemoryBaseStore(disk, reachOf(process));
}

export function archiveOf(process: Process, disk: MemoryArchiveDisk): MemoryArchive {
  return new MemoryArchive(disk, reachOf(process));
}

function reachOf(process: Process): () => Promise<void> {
  const link = process.link();
  return () =>
    new Promise((resolve) => {
      link.send(() => link.answer(resolve));
    });
}

/** @throws when the deployment cannot be read */
export function openMaker({ process, servers, disk, log }: MakerParts): Promise<BaseMaker> {
  const { journals } = servers;
  const { clock } = process;
  return openBaseMaker({ deployment: DEPLOYMENT, journals, bases: basesOf(process, disk), clock, log });
}

/** The production archiver in a process of the world: one partition after the other, until it ends. */
export class ArchiverProcess {
  readonly process: Process;
  readonly servers: Servers;
  readonly #parts: ArchiverProcessParts;

  constructor(parts: ArchiverProcessParts) {
    const { process, servers, log } = parts;
    this.process = process;
    this.servers = servers;
    this.#parts = parts;
    openMaker(parts).then(
      (make) => this.#goOn(this.#workOf(make), 0),
      (error: unknown) => {
        if (process.state === 'ended') return;
        log(`cannot begin: ${String(error)}`);
        process.end();
      },
    );
  }

  #workOf(makeBase: BaseMaker): (partition: number) => Promise<void> {
    const { process, servers, disk, keepSegments, mutate, log } = this.#parts;
    if (!Number.isFinite(keepSegments)) {
      return async (partition) => {
        const { position, frames } = await makeBase(partition);
        if (frames > 0) log(`partition ${partition}: base at ${position}`);
      };
    }
    const archive = mutate(archiveOf(process, this.#parts.archive));
    const archiving = new Archiving({
      ...{ journals: servers.journals, archive, makeBase, keepSegments },
      ...{ bases: basesOf(process, disk), clock: process.clock, log },
    });
    return async (partition) => {
      await archiving.look(partition);
    };
  }

  #goOn(work: (partition: number) => Promise<void>, partition: number): void {
    const { process, partitions, pauseMs, log } = this.#parts;
    process.clock.after(pauseMs, () => {
      work(partition)
        .catch((error: unknown) => {
          log(`partition ${partition} is looked at again: ${String(error)}`);
        })
        .finally(() => this.#goOn(work, (partition + 1) % partitions));
    });
  }
}
