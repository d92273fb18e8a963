import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectNats, type Nats } from '../../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../../actors/adapters/nats/journalStore.js';
import { createProhibitions } from '../../../actors/adapters/nats/prohibitions.js';
import type { JournalStore } from '../../../actors/runtime/ports.js';
import { systemClock } from '../../../actors/adapters/system/clock.js';
import { encodeRules } from '../../../actors/registry/rules.js';
import { createDeployment, readDeployment } from '../../../actors/runtime/deployment.js';
import { CommandError } from '../errors.js';

export interface WantedDeployment {
  readonly natsUrl: string;
  readonly dataDir: string;
  readonly deployment: string;
  /** Undefined: the number that exists, 4 for a new one. */
  readonly partitions: number | undefined;
  /** Puts new streams on the disk; absent for a server that was not started here. */
  readonly sync: (() => Promise<void>) | undefined;
  readonly log: (line: string) => void;
}

/** A few partitions make full frames on one machine. */
const DEFAULT_PARTITIONS = 4;
/** Written once the deployment is on the disk: from then on missing journals are a loss, not a beginning. */
const CREATED = 'deployment.json';

/**
 * The deployment that the data folder or the given nats-server holds; created where there is none. Resolves with its
 * number of partitions.
 */
export async function ensureDeployment(wanted: WantedDeployment): Promise<number> {
  const nats = await connectNats(wanted.natsUrl, { name: 'emoney up' });
  try {
    const journals = await natsJournalStore(nats, { deployment: wanted.deployment });
    const marker = join(wanted.dataDir, CREATED);
    const present = await journals.list();
    if (present.length === 0 && wanted.sync !== undefined && existsSync(marker)) {
      throw new CommandError(
        `${wanted.dataDir} held a deployment, but its journals are gone: restore the folder, or begin anew with --fresh`,
      );
    }
    if (present.length === 0 || (wanted.sync !== undefined && !existsSync(marker))) {
      await create(wanted, journals, nats);
      if (wanted.sync !== undefined) {
        await writeFile(marker, `${JSON.stringify({ deployment: wanted.deployment })}\n`, { mode: 0o600 });
      }
    }
    const { partitions } = await readDeployment(journals, wanted.deployment);
    if (wanted.partitions !== undefined && wanted.partitions !== partitions) {
      throw new CommandError(
        `deployment ${wanted.deployment} has ${partitions} partitions for ever: leave out --partitions ${wanted.partitions}, or begin anew with --fresh`,
      );
    }
    return partitions;
  } finally {
    await nats.close();
  }
}

async function create(
  { deployment, partitions = DEFAULT_PARTITIONS, sync, log }: WantedDeployment,
  journals: JournalStore,
  nats: Nats,
): Promise<void> {
  log(`creating deployment ${deployment} with ${partitions} partitions`);
  const rules = encodeRules({
    currency: 'JPY',
    currencyScale: 0,
    timeZone: 'Asia/Tokyo',
    created: Date.now(),
    businessClock: undefined,
  });
  await createDeployment(journals, systemClock, { deployment, partitions, rules });
  await createProhibitions(nats, { deployment });
  await sync?.();
}
