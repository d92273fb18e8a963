/** The maker of bases: like an archiver, beside the workers, from the journals alone. */
import { MemoryBaseStore, type MemoryBaseDisk } from '../../actors/adapters/memory/baseStore.js';
import { type BaseMaker, openBaseMaker } from '../../actors/basing.js';
import type { Process } from './process.js';
import { DEPLOYMENT, type Servers } from './servers.js';

export interface MakerParts {
  readonly process: Process;
  readonly servers: Servers;
  /** The archive's folder. */
  readonly disk: MemoryBaseDisk;
  readonly log: (line: string) => void;
}

export interface BaseMakerProcessParts extends MakerParts {
  readonly partitions: number;
  /** Between one base and the next. */
  readonly pauseMs: number;
}

/** The archive's folder as a process has it: each access takes a while, and may be the last that it does. */
export function basesOf(process: Process, disk: MemoryBaseDisk): MemoryBaseStore {
  const link = process.link();
  const reach = (): Promise<void> =>
    new Promise((resolve) => {
      link.send(() => link.answer(resolve));
    });
  return new MemoryBaseStore(disk, reach);
}

/** @throws when the deployment cannot be read */
export function openMaker({ process, servers, disk, log }: MakerParts): Promise<BaseMaker> {
  const { journals } = servers;
  const { clock } = process;
  return openBaseMaker({ deployment: DEPLOYMENT, journals, bases: basesOf(process, disk), clock, log });
}

/** The production maker of bases in a process of the world: of one partition after the other, until it ends. */
export class BaseMakerProcess {
  readonly process: Process;
  readonly servers: Servers;
  readonly #parts: BaseMakerProcessParts;

  constructor(parts: BaseMakerProcessParts) {
    const { process, servers, log } = parts;
    this.process = process;
    this.servers = servers;
    this.#parts = parts;
    openMaker(parts).then(
      (make) => this.#goOn(make, 0),
      (error: unknown) => {
        if (process.state === 'ended') return;
        log(`cannot begin: ${String(error)}`);
        process.end();
      },
    );
  }

  #goOn(make: BaseMaker, partition: number): void {
    const { process, partitions, pauseMs, log } = this.#parts;
    process.clock.after(pauseMs, () => {
      make(partition)
        .then(({ position, frames }) => {
          if (frames > 0) log(`partition ${partition}: base at ${position}`);
        })
        .catch((error: unknown) => {
          log(`partition ${partition} gets no base: ${String(error)}`);
        })
        .finally(() => this.#goOn(make, (partition + 1) % partitions));
    });
  }
}
