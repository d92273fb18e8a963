/** Creation of a deployment, once and explicitly, and the reading of its genesis frames. */
import { EMPTY_TIP } from './chain.js';
import { Appender } from './appender.js';
import type { Deployment } from './domain.js';
import { DeploymentMismatchError } from './errors.js';
import { encodeFrame } from './frame.js';
import { HASH_FUNCTION } from './placement.js';
import type { Clock, Journal, JournalStore } from './ports.js';
import { readBeginning } from './segments.js';

export interface NewDeployment {
  readonly deployment: string;
  readonly partitions: number;
  readonly rules: Uint8Array;
}

/**
 * Creates the streams and writes each genesis frame. Runs again after an interruption; throws
 * DeploymentMismatchError when the deployment exists with another number of partitions.
 */
export async function createDeployment(
  store: JournalStore,
  clock: Clock,
  wanted: NewDeployment,
): Promise<void> {
  const present = await store.list();
  const begun = await firstGenesis(store, wanted.deployment, present);
  const partitions = begun?.partitions ?? wanted.partitions;
  if (partitions !== wanted.partitions || present.some((partition) => partition >= partitions)) {
    throw new DeploymentMismatchError(
      `deployment ${wanted.deployment} has ${String(partitions)} partitions, their number is fixed for ever; ${String(wanted.partitions)} were asked for`,
    );
  }
  // An interrupted creation goes on with the rules that it began with.
  const rules = begun?.rules ?? wanted.rules;
  for (let partition = 0; partition < wanted.partitions; partition += 1) {
    if (!present.includes(partition)) await store.create(partition);
    await writeGenesis(await store.open(partition), clock, { ...wanted, rules, partition });
  }
}

/** What is fixed already: of the first journal that has its genesis frame. */
async function firstGenesis(
  store: JournalStore,
  deployment: string,
  present: readonly number[],
): Promise<Deployment | undefined> {
  for (const partition of present) {
    const journal = await store.open(partition);
    if ((await journal.lastSequence()) > 0) return readGenesis(journal, deployment, partition);
  }
  return undefined;
}

async function writeGenesis(journal: Journal, clock: Clock, deployment: Deployment): Promise<void> {
  if ((await journal.lastSequence()) > 0) return;
  const frame = encodeFrame({
    sequence: 1,
    previousHash: EMPTY_TIP.hash,
    epoch: 0,
    time: clock.now(),
    body: { kind: 'genesis', hashFunction: HASH_FUNCTION, ...deployment },
  });
  // Fenced: somebody else creates the same deployment; reading the genesis frame tells whether it is the same.
  await new Appender(journal, clock).append(frame, 0, EMPTY_TIP.hash);
}

/** What the genesis frame fixes. Throws DeploymentMismatchError for another name or hash function. */
export async function readGenesis(
  journal: Journal,
  deployment: string,
  partition: number,
): Promise<Deployment> {
  const { genesis } = await readBeginning(journal);
  if (genesis.deployment !== deployment || genesis.partition !== partition) {
    throw new DeploymentMismatchError(
      `the journal belongs to partition ${String(genesis.partition)} of deployment ${genesis.deployment}`,
    );
  }
  if (genesis.hashFunction !== HASH_FUNCTION) {
    throw new DeploymentMismatchError(
      `the deployment places actors by ${genesis.hashFunction}, this version by ${HASH_FUNCTION}`,
    );
  }
  return { deployment, partition, partitions: genesis.partitions, rules: genesis.rules };
}

/** What the genesis frames fix: of the first that can be read. Throws DeploymentMismatchError where there is none. */
export async function readDeployment(store: JournalStore, deployment: string): Promise<Deployment> {
  const present = await store.list();
  if (present.length === 0) {
    throw new DeploymentMismatchError(
      `deployment ${deployment} does not exist: create it with \`emoney create\` (\`emoney up\` creates one in an empty data folder)`,
    );
  }
  return anyGenesis(store, deployment, present);
}

/** A journal that is gone, or cannot be read or asked, stops its own partition later, not whoever asks for the deployment. */
async function anyGenesis(
  store: JournalStore,
  deployment: string,
  present: readonly number[],
): Promise<Deployment> {
  let problem: unknown;
  for (const partition of present) {
    try {
      return await readGenesis(await store.open(partition), deployment, partition);
    } catch (error) {
      if (error instanceof DeploymentMismatchError) throw error;
      problem = error;
    }
  }
  throw problem;
}
