/** The bases of one partition, as far as its journal confirms them: where a rebuild begins (D16). */
import type { Tip } from './chain.js';
import { StateDigest } from './digest.js';
import { BaseDamagedError, FramesGoneError } from './errors.js';
import { hashOf, readFrame, sameBytes } from './frame.js';
import type { Base, BaseHead, BaseStore, BaseUnit, Clock, Journal } from './ports.js';
import { getCertain } from './replay.js';
import { readBeginning } from './segments.js';

/** Reads all of it. Throws BaseDamagedError. */
export async function verifyBase(base: Base): Promise<void> {
  const digest = new StateDigest();
  let units = 0;
  let last = '';
  for await (const batch of base.all()) {
    for (const { key, sequence, state } of batch) {
      if (units > 0 && key <= last) throw new BaseDamagedError(`${key} comes after ${last}`);
      if (sequence > base.head.position) throw new BaseDamagedError(`${key} is of a later frame`);
      if (state !== undefined) digest.add(key, sequence, state);
      last = key;
      units += 1;
    }
  }
  if (units !== base.units || digest.end() !== base.digest) {
    throw new BaseDamagedError('its digest is not that of what it holds');
  }
}

/** Throws BaseDamagedError for a state that this version cannot read. */
export function stateOf<State>(
  domain: { readonly decodeState: (bytes: Uint8Array) => State },
  { key, state }: BaseUnit,
): State | undefined {
  if (state === undefined) return undefined;
  try {
    return domain.decodeState(state);
  } catch (error) {
    throw new BaseDamagedError(`its state of ${key} cannot be read (${String(error)})`, { cause: error });
  }
}

/** Where reading goes on after a base. */
export function tipOf({ position, hash, time }: BaseHead): Tip {
  return { sequence: position, hash, time };
}

export interface BasesParts {
  readonly store: BaseStore;
  readonly partition: number;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Snapshot generation in force in the journal. */
  readonly generation: number;
  readonly log: (line: string) => void;
}

export class Bases {
  readonly #parts: BasesParts;
  /** Positions that were left aside: nothing is said of them twice. */
  readonly #rejected = new Set<number>();
  #open: Base | undefined;
  #users = 0;
  #closed = false;

  constructor(parts: BasesParts) {
    this.#parts = parts;
  }

  /**
   * Works on the newest base up to `to` that can be opened and is of this journal. Where it turns out to be damaged it
   * works again, on the one before it, in the end on none. Throws FramesGoneError where the journal has another frame at
   * the base's position.
   */
  async use<Result>(to: number, work: (base: Base | undefined) => Promise<Result>): Promise<Result> {
    this.#users += 1;
    try {
      for (;;) {
        const base = await this.#newest(to);
        try {
          return await work(base);
        } catch (error) {
          if (base === undefined || !(error instanceof BaseDamagedError)) throw error;
          await this.#reject(base.head.position, error.message);
        }
      }
    } finally {
      this.#users -= 1;
      if (this.#closed) await this.close();
    }
  }

  /** It stays open until there is a newer one. */
  async #newest(to: number): Promise<Base | undefined> {
    for (const position of await this.#positions()) {
      if (position > to || this.#rejected.has(position)) continue;
      if (this.#open?.head.position === position) return this.#open;
      const base = await this.#opened(position, to);
      if (base === undefined) continue;
      await this.#open?.close();
      this.#open = base;
      return base;
    }
    return undefined;
  }

  /**
   * A base that was made of frames which this journal, read up to `to`, does not have; undefined: there is none. Bases
   * of an older generation say nothing: an operator has given up what they were made of.
   */
  async beyond(to: number): Promise<number | undefined> {
    const { generation } = this.#parts;
    for (const position of await this.#positions()) {
      if (position <= to) break;
      const head = await this.#headAt(position);
      if (head === undefined || head.generation < generation || (await this.#isForeign(head))) continue;
      return position;
    }
    return undefined;
  }

  /** Throws FramesGoneError where a base was made of frames that the journal, which ends at `last`, does not have. */
  async mustBeWithin(last: number): Promise<void> {
    const position = await this.beyond(last);
    if (position === undefined) return;
    throw new FramesGoneError(
      `a base was made of frame ${String(position)}, but the journal ends at ${String(last)}: acknowledged frames are gone. ${WAY_OUT}`,
    );
  }

  /** Once nobody works on a base any more. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#users > 0) return;
    const open = this.#open;
    this.#open = undefined;
    await open?.close();
  }

  /** Without the folder payments go on: a rebuild takes longer. */
  async #positions(): Promise<readonly number[]> {
    const { store, partition, log } = this.#parts;
    try {
      return await store.list(partition);
    } catch (error) {
      log(`bases cannot be listed (${String(error)}): the journal is read instead`);
      return [];
    }
  }

  async #headAt(position: number): Promise<BaseHead | undefined> {
    const { store, partition } = this.#parts;
    try {
      const base = await store.open(partition, position);
      await base.close();
      return base.head;
    } catch (error) {
      if (!(error instanceof BaseDamagedError)) throw error;
      return undefined;
    }
  }

  async #opened(position: number, to: number): Promise<Base | undefined> {
    const { store, partition } = this.#parts;
    try {
      const base = await store.open(partition, position);
      if (await this.#isConfirmed(base.head, to)) return base;
      await base.close();
    } catch (error) {
      if (!(error instanceof BaseDamagedError)) throw error;
      await this.#reject(position, error.message);
    }
    return undefined;
  }

  async #isConfirmed(head: BaseHead, to: number): Promise<boolean> {
    const { generation } = this.#parts;
    if (sameBytes(await this.#hashAt(head.position, to), head.hash)) return true;
    if (head.generation >= generation && !(await this.#isForeign(head))) {
      throw new FramesGoneError(
        `a base was made of frame ${String(head.position)}, which the journal has otherwise: acknowledged frames are gone. ${WAY_OUT}`,
      );
    }
    await this.#reject(head.position, 'the journal has another frame there');
    return false;
  }

  /** Of the frame at `position`. The one after it names it, and is not in a segment that was deleted. */
  async #hashAt(position: number, to: number): Promise<Uint8Array> {
    const { journal, clock } = this.#parts;
    if (position === to) return hashOf((await getCertain(journal, clock, position)).bytes);
    return readFrame(await getCertain(journal, clock, position + 1)).previousHash;
  }

  /** Made of another journal of the same name. */
  async #isForeign({ genesis }: BaseHead): Promise<boolean> {
    const { journal, clock } = this.#parts;
    const { genesisHash } = await readBeginning(journal, (at) => getCertain(journal, clock, at));
    return !sameBytes(genesisHash, genesis);
  }

  async #reject(position: number, reason: string): Promise<void> {
    this.#rejected.add(position);
    this.#parts.log(`the base at ${String(position)} is left aside: ${reason}`);
    if (this.#open?.head.position !== position) return;
    await this.#open.close();
    this.#open = undefined;
  }
}

const WAY_OUT =
  'Restore the stream from a backup, or order this partition to go on without them (worker --accept-loss).';
