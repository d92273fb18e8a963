/** The twin of base files: what processes share is on the disk, and bytes there can be lost. */
import { verifyBase } from '../../runtime/bases.js';
import { StateDigest } from '../../runtime/digest.js';
import { BaseDamagedError } from '../../runtime/errors.js';
import type { Base, BaseHead, BaseStore, BaseUnit } from '../../runtime/ports.js';

interface StoredBase {
  readonly head: BaseHead;
  readonly units: readonly BaseUnit[];
  readonly digest: string;
  /** Its foot cannot be read any more. */
  lost: boolean;
  /** Units whose bytes cannot be read any more. */
  readonly damaged: Set<string>;
}

/** The folder. */
export class MemoryBaseDisk {
  readonly #bases = new Map<string, StoredBase>();
  /** How often a unit's state was read, in all. */
  reads = 0;

  get(partition: number, position: number): StoredBase | undefined {
    return this.#bases.get(nameOf(partition, position));
  }

  put(partition: number, base: StoredBase): void {
    this.#bases.set(nameOf(partition, base.head.position), base);
  }

  remove(partition: number, position: number): void {
    this.#bases.delete(nameOf(partition, position));
  }

  positions(partition: number): readonly number[] {
    return [...this.#bases.keys()]
      .filter((name) => name.startsWith(`${String(partition)}:`))
      .map((name) => Number(name.slice(name.indexOf(':') + 1)))
      .sort((left, right) => right - left);
  }

  /** A bit of this unit's bytes, or of the foot, is not what was written. */
  damage(partition: number, position: number, unit?: string): void {
    const base = this.get(partition, position);
    if (base === undefined) return;
    if (unit === undefined) base.lost = true;
    else base.damaged.add(unit);
  }
}

function nameOf(partition: number, position: number): string {
  return `${String(partition)}:${String(position)}`;
}

export class MemoryBaseStore implements BaseStore {
  readonly #disk: MemoryBaseDisk;
  readonly #reach: () => Promise<void>;

  /** `reach`: awaited before each access, as long as the disk needs; never settled for a process that is gone. */
  constructor(disk: MemoryBaseDisk, reach = () => Promise.resolve()) {
    this.#disk = disk;
    this.#reach = reach;
  }

  async newest(partition: number): Promise<BaseHead | undefined> {
    await this.#reach();
    const readable = this.#disk.positions(partition).map((position) => this.#disk.get(partition, position));
    return readable.find((base) => base?.lost === false)?.head;
  }

  async list(partition: number): Promise<readonly number[]> {
    await this.#reach();
    return this.#disk.positions(partition);
  }

  async open(partition: number, position: number): Promise<Base> {
    await this.#reach();
    const stored = this.#disk.get(partition, position);
    if (stored === undefined) throw new BaseDamagedError('it cannot be opened');
    if (stored.lost) throw new BaseDamagedError('its foot cannot be read');
    return new MemoryBase(this.#disk, stored);
  }

  async write(partition: number, head: BaseHead, units: AsyncIterable<readonly BaseUnit[]>): Promise<void> {
    const all: BaseUnit[] = [];
    const digest = new StateDigest();
    for await (const batch of units) {
      for (const unit of batch) {
        if (unit.key <= (all.at(-1)?.key ?? '')) throw new Error(`${unit.key} comes too late`);
        all.push(unit);
        if (unit.state !== undefined) digest.add(unit.key, unit.sequence, unit.state);
      }
    }
    const stored = { head, units: all, digest: digest.end(), lost: false, damaged: new Set<string>() };
    await verifyBase(new MemoryBase(this.#disk, stored));
    await this.#reach();
    this.#disk.put(partition, stored);
  }

  async remove(partition: number, position: number): Promise<void> {
    await this.#reach();
    this.#disk.remove(partition, position);
  }
}

class MemoryBase implements Base {
  readonly #disk: MemoryBaseDisk;
  readonly #stored: StoredBase;

  constructor(disk: MemoryBaseDisk, stored: StoredBase) {
    this.#disk = disk;
    this.#stored = stored;
  }

  get head(): BaseHead {
    return this.#stored.head;
  }

  get units(): number {
    return this.#stored.units.length;
  }

  get bytes(): number {
    return this.#stored.units.reduce((sum, { key, state }) => sum + key.length + (state?.length ?? 0), 0);
  }

  get digest(): string {
    return this.#stored.digest;
  }

  async index(onUnit: (key: string, sequence: number, unfinished: boolean) => void): Promise<void> {
    for (const { key, sequence, unfinished } of this.#stored.units) onUnit(key, sequence, unfinished);
  }

  async read(keys: readonly string[]): Promise<readonly (BaseUnit | undefined)[]> {
    const wanted = new Set(keys);
    const found = new Map<string, BaseUnit>();
    for (const unit of this.#stored.units) {
      if (!wanted.has(unit.key)) continue;
      this.#mustBeWhole(unit);
      this.#disk.reads += 1;
      found.set(unit.key, unit);
    }
    return keys.map((key) => found.get(key));
  }

  async *all(): AsyncGenerator<readonly BaseUnit[]> {
    for (const unit of this.#stored.units) {
      this.#mustBeWhole(unit);
      yield [unit];
    }
  }

  async close(): Promise<void> {
    // Nothing is held.
  }

  #mustBeWhole({ key }: BaseUnit): void {
    if (this.#stored.damaged.has(key)) throw new BaseDamagedError(`the checksum of ${key} is wrong`);
  }
}
