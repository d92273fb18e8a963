import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectNats, type Nats } from '../../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../../actors/adapters/nats/journalStore.js';
import { createProhibitions } from '../../../actors/adapters/nats/prohibitions.js';
import type { JournalStore } from '../../../actors/runtime/ports.js';
import { systemClock } from '../../../actors/adapters/system/clock.js';
import { decodeRules, encodeRules } from '../../../actors/registry/rules.js';
import { createDeployment, readDeployment } from '../../../actors/runtime/deployment.js';
import { CommandError } from '../errors.js';
import { readDataFile } from './dataFile.js';
import { ANEW, type Creation, mustAgree, rulesOf, WITHOUT_INTEREST } from './creation.js';

export interface WantedDeployment {
  readonly natsUrl: string;
  readonly dataDir: string;
  readonly deployment: string;
  /** Undefined: the number that exists, 4 for a new one. */
  readonly partitions: number | undefined;
  /** What was said of the deployment; absent: nothing. */
  readonly creation?: Creation | undefined;
  /** Nothing is created: who only looks must not make what it looks at. */
  readonly mustExist?: boolean | undefined;
  /** Puts new streams on the disk; absent for a server that was not started here. */
  readonly sync: (() => Promise<void>) | undefined;
  /** Nodes of the cluster that keep what is created; absent: 1. */
  readonly replicas?: number | undefined;
  readonly log: (line: string) => void;
}

/** A few partitions make full frames on one machine. */
const DEFAULT_PARTITIONS = 4;
/** Written once the deployment is on the disk: from then on missing journals are a loss, not a beginning. */
const CREATED = 'deployment.json';

/**
 * Whether a deployment was created in this data folder, on servers that were started there.
 * @throws UnreadableFile
 */
export async function holdsDeployment(dataDir: string): Promise<boolean> {
  return (await readDataFile(join(dataDir, CREATED))) !== undefined;
}

/** Its name; undefined where there is none, or it is not said. @throws UnreadableFile */
export async function heldDeployment(dataDir: string): Promise<string | undefined> {
  const text = await readDataFile(join(dataDir, CREATED));
  try {
    const { deployment } = JSON.parse(text ?? '{}') as { deployment?: unknown };
    return typeof deployment === 'string' ? deployment : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The deployment that the data folder or the given nats-server holds; created where there is none. Resolves with its
 * number of partitions.
 */
export async function ensureDeployment(wanted: WantedDeployment): Promise<number> {
  const nats = await connectNats(wanted.natsUrl, { name: 'emoney up' });
  try {
    const journals = await natsJournalStore(nats, {
      deployment: wanted.deployment,
      replicas: wanted.replicas ?? 1,
    });
    const present = await journals.list();
    const embedded = wanted.sync !== undefined;
    if (present.length === 0) await refuseToBegin(wanted, embedded);
    if (present.length === 0 || (embedded && !(await holdsDeployment(wanted.dataDir)))) {
      await create(wanted, journals, nats);
      if (embedded) {
        const created = `${JSON.stringify({ deployment: wanted.deployment })}\n`;
        await writeFile(join(wanted.dataDir, CREATED), created, { mode: 0o600, flush: true });
      }
    }
    const { partitions, rules } = await readDeployment(journals, wanted.deployment);
    if (wanted.partitions !== undefined && wanted.partitions !== partitions) {
      throw new CommandError(
        `deployment ${wanted.deployment} has ${partitions} partitions for ever: leave out --partitions ${wanted.partitions}, or begin anew: ${ANEW}`,
      );
    }
    if (wanted.creation !== undefined) mustAgree(wanted.creation, wanted.deployment, decodeRules(rules));
    return partitions;
  } finally {
    await nats.close();
  }
}

/** There are no journals of this name. Throws where that does not mean that a deployment is to be created. */
async function refuseToBegin(
  { dataDir, deployment, mustExist }: WantedDeployment,
  embedded: boolean,
): Promise<void> {
  if (embedded && (await holdsDeployment(dataDir))) {
    const held = await heldDeployment(dataDir);
    if (held === undefined || held === deployment) {
      throw new CommandError(
        `${dataDir} held a deployment, but its journals are gone: restore the folder, or begin anew with \`emoney up --fresh\``,
      );
    }
    throw new CommandError(
      `${dataDir} holds deployment ${held}, not ${deployment}: name it (--deployment ${held}, or EMONEY_DEPLOYMENT), or choose another folder`,
    );
  }
  if (mustExist === true) {
    throw new CommandError(
      `deployment ${deployment} does not exist${embedded ? ` in ${dataDir}` : ' on the nats-server of NATS_URL'}: correct the name (EMONEY_DEPLOYMENT), or name another folder`,
    );
  }
}

async function create(
  { deployment, partitions = DEFAULT_PARTITIONS, replicas = 1, creation, sync, log }: WantedDeployment,
  journals: JournalStore,
  nats: Nats,
): Promise<void> {
  log(`creating deployment ${deployment} with ${partitions} partitions`);
  const rules = encodeRules(rulesOf(creation ?? WITHOUT_INTEREST, Date.now()));
  await createDeployment(journals, systemClock, { deployment, partitions, rules });
  await createProhibitions(nats, { deployment, replicas });
  await sync?.();
}
