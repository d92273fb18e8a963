/** The canonical digest of states (D5): equal for equal states under the same code version, whatever led to them. */
import { createHash } from 'node:crypto';
import type { Domain } from './domain.js';
import type { Unit } from './units.js';

/** SHA-256, hexadecimal, over every unit's key, position and encoded acknowledged state, by key. */
export function stateDigest<Command, Event, State>(
  domain: Domain<Command, Event, State>,
  units: Iterable<Unit<State>>,
): string {
  const existing = [...units].filter((unit) => unit.acknowledgedState !== undefined);
  existing.sort((left, right) => (left.key < right.key ? -1 : 1));
  const hash = createHash('sha256');
  for (const { key, acknowledgedPosition, acknowledgedState } of existing) {
    if (acknowledgedState === undefined) continue;
    hash.update(`${key}\n${String(acknowledgedPosition)}\n`);
    hash.update(domain.encodeState(acknowledgedState));
  }
  return hash.digest('hex');
}
