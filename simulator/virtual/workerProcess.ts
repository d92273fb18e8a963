import type { MemoryBaseDisk } from '../../actors/adapters/memory/baseStore.js';
import { MemoryHistoryStore, type MemoryHistoryDisk } from '../../actors/adapters/memory/historyStore.js';
import { hostPartitions, type Hosting, type HostingParts } from '../../actors/hosting.js';
import type { SlotStatus } from '../../actors/runtime/host.js';
import type { Random } from '../random.js';
import { basesOf } from './archiverProcess.js';
import type { Process } from './process.js';
import { DEPLOYMENT, type Servers } from './servers.js';

export interface WorkerProcessParts {
  readonly process: Process;
  readonly servers: Servers;
  readonly disk: MemoryHistoryDisk;
  /** The archive's folder. */
  readonly bases: MemoryBaseDisk;
  readonly random: Random;
  readonly acceptLoss: ReadonlyMap<number, string>;
  readonly unitsInMemory: number;
  /** After so many bytes a journal goes on in another segment. */
  readonly segmentBytes: number;
  /** What a mutation makes of it; the same otherwise. */
  readonly mutate: (parts: HostingParts) => HostingParts;
  readonly log: (line: string) => void;
}

/** The production worker in a process of the world. */
export class WorkerProcess {
  readonly process: Process;
  readonly servers: Servers;
  #hosting: Hosting | undefined;

  constructor(parts: WorkerProcessParts) {
    const { process, servers, disk, random, log } = parts;
    this.process = process;
    this.servers = servers;
    const history = new MemoryHistoryStore(disk);
    // A process that is gone writes nothing to its disk any more.
    process.onEnd(() => void history.close());
    const { journals, snapshots, prohibitions, bus } = servers;
    const hosting = parts.mutate({
      worker: process.name,
      deployment: DEPLOYMENT,
      journals,
      snapshots,
      bases: basesOf(process, parts.bases),
      prohibitions,
      bus,
      clock: process.clock,
      openHistory: () => Promise.resolve(history),
      random: () => random.fraction(),
      acceptLoss: parts.acceptLoss,
      unitsInMemory: parts.unitsInMemory,
      segmentBytes: parts.segmentBytes,
      log,
    });
    hostPartitions(hosting).then(
      (hosted) => {
        this.#hosting = hosted;
      },
      (error: unknown) => {
        if (process.state === 'ended') return;
        log(`cannot begin: ${String(error)}`);
        process.end();
      },
    );
  }

  /** Empty while it begins. */
  status(): readonly SlotStatus[] {
    return this.#hosting?.status() ?? [];
  }

  serves(partition: number): boolean {
    return this.#hosting?.serves(partition) ?? false;
  }

  /** It has stopped for good there. */
  hasHalted(partition: number): boolean {
    return this.#hosting?.hasHalted(partition) ?? false;
  }

  /** It owns it, has lost its journal altogether, and says so. */
  hasLost(partition: number): boolean {
    return this.#hosting?.silence(partition).includes('Restore the stream') ?? false;
  }

  /** SIGTERM: hands everything over, then ends. */
  leave(): void {
    void this.#hosting?.leave().then(() => {
      this.process.end();
    });
  }
}
