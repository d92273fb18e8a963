/** The canonical digest of states (D5): equal for equal states under the same code version, whatever led to them. */
import { createHash, type Hash } from 'node:crypto';
import type { Domain } from './domain.js';
import type { Unit } from './units.js';

/** SHA-256, hexadecimal, over every unit's key, position and encoded acknowledged state, by key. */
export function stateDigest<Command, Event, State>(
  domain: Domain<Command, Event, State>,
  units: Iterable<Unit<State>>,
): string {
  const all = [...units].sort((left, right) => (left.key < right.key ? -1 : 1));
  const digest = new StateDigest();
  for (const unit of all) {
    const state = unit.encoded(domain);
    if (state !== undefined) digest.add(unit.key, unit.acknowledgedPosition, state);
  }
  return digest.end();
}

/** The same over units that come one by one, by ascending key. */
export class StateDigest {
  readonly #hash: Hash = createHash('sha256');

  add(key: string, position: number, state: Uint8Array): void {
    this.#hash.update(`${key}\n${String(position)}\n`);
    this.#hash.update(state);
  }

  end(): string {
    return this.#hash.digest('hex');
  }
}
