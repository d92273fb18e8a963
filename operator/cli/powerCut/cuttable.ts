/** A system of real processes on a disk whose power can fail, and on what was put aside of it. */
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNats } from '../../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../../actors/adapters/nats/journalStore.js';
import { startNats, syncFolder } from '../../../servers/embedded.js';
import type { NatsSync } from '../../../servers/nats.js';
import type { RedisSync } from '../../../servers/redis.js';
import type { AcknowledgedReply } from '../../../simulator/auditor/acknowledged.js';
import { auditSystem } from '../../../simulator/auditor/run.js';
import { auditSourceOf } from '../../../simulator/auditSource.js';
import { OperatorLink } from '../../../simulator/operatorLink.js';
import type { CutTarget, MadeCut } from '../../../simulator/powerCut/cutter.js';
import { findTold, type Found } from '../../../simulator/powerCut/found.js';
import type { Examined } from '../../../simulator/powerCut/report.js';
import { DEPLOYMENT, startProcesses, type Processes } from '../chaos/processes.js';
import { webSocketUrl } from '../commands/shared.js';
import { describeError } from '../errors.js';
import type { Disk } from './disk.js';

export interface CuttableOptions {
  readonly disk: Disk;
  readonly partitions: number | undefined;
  readonly natsSync: NatsSync;
  readonly redisSync: RedisSync;
  readonly segmentBytes: number | undefined;
  readonly log: (line: string) => void;
}

export class Cuttable implements CutTarget {
  readonly #options: CuttableOptions;
  #running: Processes | undefined;

  constructor(options: CuttableOptions) {
    this.#options = options;
  }

  /** Throws what startProcesses throws. */
  async start(): Promise<Processes> {
    return this.#start(this.#options.disk.path);
  }

  /** So that without fsync only frames are missing, not streams. */
  async syncStreams(): Promise<void> {
    await syncFolder(join(this.#options.disk.path, 'nats'));
  }

  async copy(cut: number): Promise<void> {
    await this.#options.disk.putAside(cut);
  }

  /** Terminals find the gateway where it was. */
  async shutDown(cut: number): Promise<void> {
    const { disk } = this.#options;
    const gateway = this.#running?.gateway;
    await disk.cutPower();
    await this.end();
    await disk.putAside(cut);
    await disk.mountAgain();
    await this.#start(disk.path, gateway);
  }

  /** Starts everything on what was put aside and reads what is there; `keep`: what is not right is kept in a folder. */
  async examine(made: MadeCut, told: Iterable<AcknowledgedReply>, keep: boolean): Promise<Examined> {
    const { disk, log } = this.#options;
    const dataDir = await disk.mountAside(made.cut);
    try {
      const examined = await this.#examine(made, dataDir, told);
      const { lost, doubled, refused, violations } = examined;
      if (keep && lost + doubled + violations.length + refused.length > 0) {
        const kept = await mkdtemp(join(tmpdir(), `emoney-cut-${made.cut}-`));
        await cp(dataDir, kept, { recursive: true });
        log(`cut ${made.cut}: journals and logs are kept in ${kept}`);
      }
      return examined;
    } finally {
      await this.end();
      await disk.dropAside(made.cut);
    }
  }

  /** kill -9 of all; resolves when they have ended. */
  async end(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.end();
    await running?.stop();
  }

  async #start(dataDir: string, gateway?: string): Promise<Processes> {
    const { partitions, natsSync, redisSync, segmentBytes, log } = this.#options;
    this.#running = await startProcesses({
      ...{ dataDir, partitions, natsSync, redisSync, segmentBytes, log, nodes: 1, gateways: 1 },
      ...(gateway === undefined ? {} : { gateway }),
    });
    return this.#running;
  }

  async #examine(made: MadeCut, dataDir: string, told: Iterable<AcknowledgedReply>): Promise<Examined> {
    const began = performance.now();
    let system: Processes;
    try {
      system = await this.#start(dataDir);
    } catch (error) {
      const found = await this.#withoutSystem(dataDir, told);
      return { made, ...found, recoverMs: undefined, refused: describeError(error), violations: [] };
    }
    const recoverMs = Math.round(performance.now() - began);
    const found = await findIn(system.natsUrl, told);
    return { made, ...found, recoverMs, refused: '', violations: await violationsOf(system) };
  }

  /** What nobody serves is still counted. */
  async #withoutSystem(dataDir: string, told: Iterable<AcknowledgedReply>): Promise<Found> {
    const nats = await startNats({ dir: join(dataDir, 'nats'), sync: this.#options.natsSync });
    try {
      return await findIn(nats.url, told);
    } finally {
      await nats.stop();
    }
  }
}

async function findIn(natsUrl: string, told: Iterable<AcknowledgedReply>): Promise<Found> {
  const nats = await connectNats(natsUrl, { name: 'power cut' });
  try {
    return await findTold(await natsJournalStore(nats, { deployment: DEPLOYMENT }), told);
  } finally {
    await nats.close();
  }
}

/** The whole audit: chain, books, running actors, snapshots. */
async function violationsOf({ gateway, secret }: Processes): Promise<readonly string[]> {
  const operator = await OperatorLink.open({ url: webSocketUrl(gateway), secret });
  try {
    const { violations } = await auditSystem(auditSourceOf(operator));
    return violations.map(({ code, message }) => `${code}: ${message}`);
  } finally {
    await operator.close();
  }
}
