/** What a base costs and saves: a partition whose Redis is empty, from the genesis frame and from a base. */
import { FileBaseStore } from '../../actors/adapters/files/baseStore.js';
import { openBaseMaker } from '../../actors/basing.js';
import { recoverFromJournal } from '../../actors/runtime/journalRecovery.js';
import { DEPLOYMENT } from '../support/system.js';
import { measured, openJournal, withJournals } from './replay.js';

export interface Rebuilt {
  readonly base: {
    readonly eventsPerSecond: number;
    readonly seconds: number;
    readonly units: number;
    readonly bytesPerUnit: number;
  };
  /** Of one partition whose Redis is empty. */
  readonly rebuildSeconds: { readonly fromGenesis: number; readonly fromBase: number };
}

export interface RebuildQuestion {
  readonly natsUrl: string;
  readonly partition: number;
  /** For the base. */
  readonly folder: string;
}

export async function measureRebuild({ natsUrl, partition, folder }: RebuildQuestion): Promise<Rebuilt> {
  return withJournals(natsUrl, async (journals) => {
    const { last, ...parts } = await openJournal(journals, partition);
    const bases = new FileBaseStore(folder, DEPLOYMENT);
    const { clock } = parts;
    const make = await openBaseMaker({
      ...{ deployment: DEPLOYMENT, journals, bases, clock, log: () => undefined },
    });
    let made = { position: 0, events: 0 };
    const makeSeconds = await timed(async () => {
      made = await make(partition);
    });
    const base = await bases.open(partition, made.position);
    const fromGenesis = await timed(async () => recoverFromJournal(parts, undefined, last));
    const fromBase = await timed(async () => recoverFromJournal(parts, base, last));
    const { units, bytes } = base;
    await base.close();
    return {
      base: {
        eventsPerSecond: made.events / makeSeconds,
        seconds: makeSeconds,
        units,
        bytesPerUnit: bytes / Math.max(1, units),
      },
      rebuildSeconds: { fromGenesis, fromBase },
    };
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  return (await measured(work)).seconds;
}
