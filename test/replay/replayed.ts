/** What a recorded journal leads to under today's code, from the genesis frame on. */
import { ManualClock } from '../../actors/adapters/memory/clock.js';
import { MemoryJournalStore } from '../../actors/adapters/memory/journal.js';
import { MemoryJournalServer } from '../../actors/adapters/memory/journalServer.js';
import { v1 } from '../../proto/generated/emoney.js';
import { createRegistry, type Registry } from '../../actors/registry/registry.js';
import type { Event } from '../../actors/registry/event.js';
import type { State } from '../../actors/registry/unit.js';
import { ChainReader } from '../../actors/runtime/chain.js';
import { readGenesis } from '../../actors/runtime/deployment.js';
import { stateDigest } from '../../actors/runtime/digest.js';
import type { Frame } from '../../actors/runtime/frame.js';
import type { Journal, StoredFrame } from '../../actors/runtime/ports.js';
import { Unit } from '../../actors/runtime/units.js';
import type { CardBalances, Expected } from './files.js';

/** Everything that replaying passes on its way. */
export interface Seen {
  readonly frame?: (frame: Frame) => void;
  readonly event?: (bytes: Uint8Array, event: Event) => void;
  /** After each turn, of each of its units. */
  readonly state?: (key: string, bytes: Uint8Array) => void;
}

export interface Replay {
  readonly registry: Registry;
  readonly units: ReadonlyMap<string, Unit<State>>;
  readonly digest: string;
}

/** Journals as a memory twin holds them, at the time of their newest frame. */
export function journalServer(journals: readonly (readonly StoredFrame[])[]): {
  readonly server: MemoryJournalServer;
  readonly clock: ManualClock;
} {
  const server = new MemoryJournalServer();
  for (const [partition, frames] of journals.entries()) {
    server.create(partition);
    for (const { bytes, sequence, storedAt } of frames) {
      const stream = server.stream(partition)!;
      stream.append(bytes, sequence - 1, storedAt);
      const next = v1.Frame.decode(bytes).sealed?.nextSegment;
      if (next == null) continue;
      server.create(partition, { segment: next, first: sequence + 1 });
      stream.seal();
    }
  }
  const newest = Math.max(...journals.map((frames) => frames.at(-1)?.storedAt ?? 0));
  return { server, clock: new ManualClock(newest) };
}

/** The journal of one partition. */
export async function openJournal(
  { server, clock }: ReturnType<typeof journalServer>,
  partition: number,
): Promise<Journal> {
  return finished(clock, new MemoryJournalStore(server, clock).open(partition));
}

export async function finished<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  let done = false;
  const settle = (): void => {
    done = true;
  };
  work.then(settle, settle);
  await clock.runUntil(() => done, 'the end of it');
  return work;
}

/** Throws what recovery would: JournalDamagedError for what does not continue the chain. */
export async function replay(
  journals: readonly (readonly StoredFrame[])[],
  partition: number,
  deployment: string,
  seen: Seen = {},
): Promise<Replay> {
  const servers = journalServer(journals);
  const journal = await openJournal(servers, partition);
  const genesis = await finished(servers.clock, readGenesis(journal, deployment, partition));
  const registry = registryOf(genesis);
  const units = new Map<string, Unit<State>>();
  const chain = new ChainReader();
  for (const stored of journals[partition] ?? []) {
    const frame = chain.next(stored);
    seen.frame?.(frame);
    if (frame.body.kind !== 'turns') continue;
    for (const turn of frame.body.turns) {
      const events = turn.events.map((bytes) => registry.decodeEvent(bytes));
      for (const [at, event] of events.entries()) seen.event?.(turn.events[at]!, event);
      for (const key of turn.units) {
        let state = units.get(key)?.state;
        for (const event of events) state = registry.evolve(key, state, event);
        if (state === undefined) continue;
        units.set(key, new Unit(key, state, frame.sequence, 0));
        seen.state?.(key, registry.encodeState(state));
      }
    }
  }
  return { registry, units, digest: stateDigest(registry, units.values()) };
}

export function registryOf(genesis: Parameters<typeof createRegistry>[0]): Registry {
  const nothing = { prohibitedSince: () => undefined, listVersion: () => ({ incarnation: 0, sequence: 0 }) };
  return createRegistry(genesis, nothing);
}

/** Cards by id, as card and center hold them. */
export function cardsOf(units: Iterable<readonly [string, Unit<State>]>): Expected['cards'] {
  const cards: Record<string, Expected['cards'][string]> = {};
  for (const [key, { state }] of units) {
    if (state?.unit !== 'card' || state.card === undefined || state.record === undefined) continue;
    cards[key.slice('card/'.length)] = {
      card: plain(state.card.balances),
      center: plain(state.record.balances),
    };
  }
  return cards;
}

function plain({ storedValue, loan, interest, fareOwed, limit }: CardBalances): CardBalances {
  return { storedValue, loan, interest, fareOwed, limit };
}
