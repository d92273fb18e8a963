/** How fast a journal is read again and its actors evolve, in one thread of a process with a worker's memory. */
import { connectNats } from '../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import { systemClock } from '../../actors/adapters/system/clock.js';
import { createRegistry, type Registry } from '../../actors/registry/registry.js';
import { readDeployment } from '../../actors/runtime/deployment.js';
import { Evolution } from '../../actors/runtime/evolution.js';
import type { Clock, Journal, JournalStore } from '../../actors/runtime/ports.js';
import { readChain } from '../../actors/runtime/replay.js';
import { DEPLOYMENT } from '../support/system.js';

export interface Speed {
  readonly eventsPerSecond: number;
  /** Of processor time, garbage collection included. */
  readonly cpuMicrosPerEvent: number;
}

export interface Replayed extends Speed {
  readonly events: number;
  /** The same frames only read, verified and decoded, as after a checkpoint before the partition serves. */
  readonly read: Speed;
}

export interface ReplayQuestion {
  readonly natsUrl: string;
  /** Replayed first, and not measured: a worker replays one partition after the other. */
  readonly warm: readonly number[];
  readonly partition: number;
}

export async function measureReplay({ natsUrl, warm, partition }: ReplayQuestion): Promise<Replayed> {
  return withJournals(natsUrl, async (journals) => {
    for (const each of warm) await replay(await openJournal(journals, each));
    const parts = await openJournal(journals, partition);
    const read = await measured(async () => decodeAll(parts));
    let events = 0;
    const replayed = await measured(async () => {
      events = await replay(parts);
    });
    return { events, ...speed(replayed, events), read: speed(read, events) };
  });
}

/** Of one partition, as a worker has them that takes it. */
export interface ReplayParts {
  readonly domain: Registry;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly last: number;
}

export async function withJournals<Result>(
  natsUrl: string,
  use: (journals: JournalStore) => Promise<Result>,
): Promise<Result> {
  const nats = await connectNats(natsUrl, { name: 'bench: recovery' });
  try {
    return await use(await natsJournalStore(nats, { deployment: DEPLOYMENT }));
  } finally {
    await nats.close();
  }
}

export async function openJournal(journals: JournalStore, partition: number): Promise<ReplayParts> {
  const journal = await journals.open(partition);
  const domain = createRegistry(
    { ...(await readDeployment(journals, DEPLOYMENT)), partition },
    { prohibitedSince: () => undefined, listVersion: () => ({ incarnation: 0, sequence: 0 }) },
  );
  return { domain, journal, clock: systemClock, last: await journal.lastSequence() };
}

async function replay(parts: ReplayParts): Promise<number> {
  const evolution = new Evolution(parts, undefined);
  while (evolution.tip.sequence < parts.last) await evolution.readOn(parts.last);
  return evolution.events;
}

async function decodeAll({ domain, journal, clock, last }: ReplayParts): Promise<void> {
  await readChain(journal, clock, undefined, last, ({ body }) => {
    if (body.kind !== 'turns') return;
    for (const turn of body.turns) for (const bytes of turn.events) domain.decodeEvent(bytes);
  });
}

interface Measured {
  readonly seconds: number;
  readonly cpuMicros: number;
}

/** Of this process, which does nothing else. */
export async function measured(work: () => Promise<unknown>): Promise<Measured> {
  const began = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - began) / 1_000, cpuMicros: user + system };
}

function speed({ seconds, cpuMicros }: Measured, events: number): Speed {
  return { eventsPerSecond: events / seconds, cpuMicrosPerEvent: cpuMicros / events };
}
