/** Makes bases of a deployment beside its workers: it reads journals, and takes nothing from payments. */
import type { ListView } from './registry/environment.js';
import { createRegistry, type Registry } from './registry/registry.js';
import { type MadeBase, makeBase } from './runtime/baseMaker.js';
import { readDeployment } from './runtime/deployment.js';
import type { BaseStore, Clock, JournalStore } from './runtime/ports.js';

export interface BasingParts {
  /** The deployment's name. */
  readonly deployment: string;
  readonly journals: JournalStore;
  readonly bases: BaseStore;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** As makeBase, for one partition after the other. */
export type BaseMaker = (partition: number) => Promise<MadeBase>;

/** @throws DeploymentMismatchError */
export async function openBaseMaker(parts: BasingParts): Promise<BaseMaker> {
  const { journals, bases, clock } = parts;
  const deployment = await readDeployment(journals, parts.deployment);
  /** One is as good as the next, and its calendar is costly to make. */
  const domains = new Map<number, Registry>();
  const domainOf = (partition: number): Registry => {
    const known = domains.get(partition) ?? createRegistry({ ...deployment, partition }, NO_LIST);
    domains.set(partition, known);
    return known;
  };
  return async (partition) => {
    const journal = await journals.open(partition);
    const domain = domainOf(partition);
    const log = (line: string): void => {
      parts.log(`partition ${String(partition)}: ${line}`);
    };
    return makeBase({ domain, partition, journal, clock, bases, log });
  };
}

/** Nothing is decided here. */
const NO_LIST: ListView = {
  prohibitedSince: () => undefined,
  listVersion: () => ({ incarnation: 0, sequence: 0 }),
};
