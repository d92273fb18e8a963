/** Recovery without a checkpoint: from the journal alone, and from a base of it where there is one (D16). */
import { BaseDamagedError } from './errors.js';
import { stateOf } from './bases.js';
import { Evolution, type EvolutionParts } from './evolution.js';
import type { Base } from './ports.js';
import type { Recovered } from './recovery.js';
import { Tails } from './tails.js';
import { UnitIndex } from './unitIndex.js';
import { Unit, Units } from './units.js';

/** Brings a partition to frame `to`. Throws as readChain does, and BaseDamagedError. */
export async function recoverFromJournal<Command, Event, State>(
  parts: EvolutionParts<Command, Event, State>,
  base: Base | undefined,
  to: number,
): Promise<Recovered<Command, Event, State>> {
  const index = new UnitIndex();
  const unfinished: string[] = [];
  await base?.index((key, sequence, isUnfinished) => {
    index.set(key, sequence);
    if (isUnfinished) unfinished.push(key);
  });
  const evolution = new Evolution(parts, base);
  const from = evolution.tip.sequence;
  while (evolution.tip.sequence < to) await evolution.readOn(to);
  const units = new Units<State>(parts.domain);
  const add = (key: string, state: State | undefined, position: number): void => {
    const unit = new Unit(key, state, position, -1);
    unit.unfinished = state !== undefined && parts.domain.isUnfinished(state);
    units.add(unit);
  };
  for (const [key, { state, position }] of evolution.changed) {
    add(key, state, position);
    index.set(key, position);
  }
  const idle = unfinished.filter((key) => !evolution.changed.has(key));
  for (const unit of (await base?.read(idle)) ?? []) {
    if (unit === undefined) throw new BaseDamagedError('its index names a unit that it has not');
    add(unit.key, stateOf(parts.domain, unit), unit.sequence);
  }
  return {
    ...{ tip: evolution.tip, index, units, pages: new Map(), unfinished: [] },
    tails: new Tails(parts.domain, index),
    ...{ replayedFrames: evolution.tip.sequence - from, fromCheckpoint: 0, fromBase: from },
  };
}
