/** Brings back what Redis does not have: from a base, and the journal after it (D10, D16). */
import { type Bases, stateOf, tipOf } from './bases.js';
import type { Domain } from './domain.js';
import { BaseDamagedError } from './errors.js';
import type { Base, Clock, Journal } from './ports.js';
import { evolveAll, readChain, type Replayed } from './replay.js';

export interface RebuildParts<Command, Event, State> {
  readonly domain: Domain<Command, Event, State>;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Absent: everything is read from the genesis frame on. */
  readonly bases?: Bases | undefined;
  readonly log: (line: string) => void;
}

/**
 * Units as the journal up to `to` leads to them, for snapshots that are missing or do not count: from the newest base,
 * and from the frames after it for those that have changed since. `wanted`: for each the sequence of its last event, as
 * the index has it; 0: not known.
 */
export async function rebuildUnits<Command, Event, State>(
  parts: RebuildParts<Command, Event, State>,
  wanted: ReadonlyMap<string, number>,
  to: number,
): Promise<Map<string, Replayed<State>>> {
  const { bases } = parts;
  if (bases === undefined) return rebuildAfter(parts, undefined, wanted, to);
  return bases.use(to, (base) => rebuildAfter(parts, base, wanted, to));
}

async function rebuildAfter<Command, Event, State>(
  { domain, journal, clock, log }: RebuildParts<Command, Event, State>,
  base: Base | undefined,
  wanted: ReadonlyMap<string, number>,
  to: number,
): Promise<Map<string, Replayed<State>>> {
  const rebuilt = new Map<string, Replayed<State>>();
  for (const unit of (await base?.read([...wanted.keys()])) ?? []) {
    if (unit !== undefined) rebuilt.set(unit.key, { state: stateOf(domain, unit), position: unit.sequence });
  }
  const later = new Set<string>();
  for (const [key, position] of wanted) {
    const found = rebuilt.get(key)?.position ?? 0;
    if (found === position) continue;
    if (base !== undefined && position <= base.head.position) {
      throw new BaseDamagedError(`it has ${key} at ${String(found)}, the index at ${String(position)}`);
    }
    later.add(key);
  }
  if (later.size === 0) return rebuilt;
  const from = base === undefined ? '' : ` after the base at ${String(base.head.position)}`;
  log(`rebuilding ${String(later.size)} actors from the journal${from}: their snapshots do not count`);
  await readChain(journal, clock, base && tipOf(base.head), to, (frame) => {
    if (frame.body.kind !== 'turns') return;
    for (const turn of frame.body.turns) {
      const concerned = turn.units.filter((unit) => later.has(unit));
      if (concerned.length === 0) continue;
      const events = turn.events.map((bytes) => domain.decodeEvent(bytes));
      for (const unit of concerned) {
        const state = evolveAll(domain, unit, rebuilt.get(unit)?.state, events);
        rebuilt.set(unit, { state, position: frame.sequence });
      }
    }
  });
  return rebuilt;
}
