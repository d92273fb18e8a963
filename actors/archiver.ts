/** The archiver process: where archiving meets NATS and the archive's folder. It takes nothing from payments. */
import { hostname } from 'node:os';
import { FileArchive } from './adapters/files/archive.js';
import { FileBaseStore } from './adapters/files/baseStore.js';
import { connectNats } from './adapters/nats/connection.js';
import { natsJournalStore } from './adapters/nats/journalStore.js';
import { systemClock } from './adapters/system/clock.js';
import { Archiving } from './archiving.js';
import { openBaseMaker } from './basing.js';
import { ARCHIVE_LOOK_MS } from './bounds.js';

export interface ArchiverOptions {
  readonly natsUrl: string;
  readonly deployment: string;
  /** Folder of the archive. */
  readonly archiveDir: string;
  /** Of each partition so many closed segments keep their streams; default 0. */
  readonly keepSegments?: number | undefined;
  /** Time between two looks; default ARCHIVE_LOOK_MS. */
  readonly lookMs?: number | undefined;
  readonly log: (line: string) => void;
}

export interface Archiver {
  /** Ends the work on the segment that it is at. */
  stop(): Promise<void>;
}

/** @throws DeploymentMismatchError or the connection's error; nothing is left open then */
export async function runArchiver(options: ArchiverOptions): Promise<Archiver> {
  const { natsUrl, deployment, archiveDir, keepSegments = 0, lookMs = ARCHIVE_LOOK_MS, log } = options;
  const nats = await connectNats(natsUrl, {
    name: `archiver-${hostname()}-${String(process.pid)}`,
    onStatus: (status) => log(`NATS: ${status}`),
  });
  try {
    const archive = new FileArchive(archiveDir, deployment);
    const journals = await natsJournalStore(nats, { deployment, archive });
    const bases = new FileBaseStore(archiveDir, deployment);
    const makeBase = await openBaseMaker({ deployment, journals, bases, clock: systemClock, log });
    const archiving = new Archiving({
      ...{ journals, archive, bases, makeBase, keepSegments, clock: systemClock, log },
    });
    const loop = new Loop(lookMs, async () => {
      for (const partition of await journals.list()) {
        if (loop.isStopped) return;
        await archiving.look(partition).catch((error: unknown) => {
          log(`partition ${String(partition)}: ${String(error)}: looked at again in ${String(lookMs)} ms`);
        });
      }
    });
    const ended = loop.run((error) => log(`the journals cannot be listed: ${String(error)}`));
    const stop = async (): Promise<void> => {
      loop.stop();
      await ended;
      await nats.close();
    };
    return { stop };
  } catch (error) {
    await nats.close();
    throw error;
  }
}

/** Works, waits, works again. */
class Loop {
  isStopped = false;
  readonly #pauseMs: number;
  readonly #work: () => Promise<void>;
  #wake: () => void = () => undefined;

  constructor(pauseMs: number, work: () => Promise<void>) {
    this.#pauseMs = pauseMs;
    this.#work = work;
  }

  async run(onError: (error: unknown) => void): Promise<void> {
    while (!this.isStopped) {
      await this.#work().catch(onError);
      if (!this.#mayGoOn()) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#pauseMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  stop(): void {
    this.isStopped = true;
    this.#wake();
  }

  #mayGoOn(): boolean {
    return !this.isStopped;
  }
}
