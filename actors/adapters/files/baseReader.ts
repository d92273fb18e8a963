import { BASE_READ_BYTES } from '../../bounds.js';
import { BaseDamagedError } from '../../runtime/errors.js';
import type { Base, BaseHead, BaseUnit } from '../../runtime/ports.js';
import {
  BASE_FILE,
  type Block,
  decodeFoot,
  decodeIndex,
  decodeStates,
  type Foot,
  type IndexEntry,
  type Part,
} from './baseFormat.js';
import { FramedFile, mustBe } from './framedFile.js';

/** A base file, open. What was deleted meanwhile can still be read. */
export class FileBase implements Base {
  readonly #file: FramedFile;
  readonly #foot: Foot;

  private constructor(file: FramedFile) {
    this.#file = file;
    this.#foot = decodeFoot(file.foot);
  }

  /** Throws BaseDamagedError for a file that is not there, or of which the foot cannot be read. */
  static async open(path: string): Promise<FileBase> {
    const file = await FramedFile.open(BASE_FILE, path);
    try {
      return new FileBase(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  get deployment(): string {
    return this.#foot.deployment;
  }

  get partition(): number {
    return this.#foot.partition;
  }

  get head(): BaseHead {
    return this.#foot.head;
  }

  get units(): number {
    return this.#foot.units;
  }

  get digest(): string {
    return this.#foot.digest;
  }

  async index(onUnit: (key: string, sequence: number, unfinished: boolean) => void): Promise<void> {
    for await (const { entries } of this.#indexes()) {
      for (const { key, sequence, unfinished } of entries) onUnit(key, sequence, unfinished);
    }
  }

  async read(keys: readonly string[]): Promise<readonly (BaseUnit | undefined)[]> {
    const found = new Map<string, BaseUnit>();
    // By block: each is read once, whatever number of its units is asked for.
    for (const [block, wanted] of this.#byBlock(keys)) {
      const index = decodeIndex(await this.#part(block.index));
      if (!index.some(({ key }) => wanted.has(key))) continue;
      for (const unit of decodeStates(index, await this.#part(block.states))) {
        if (wanted.has(unit.key)) found.set(unit.key, unit);
      }
    }
    return keys.map((key) => found.get(key));
  }

  async *all(): AsyncGenerator<readonly BaseUnit[]> {
    for await (const { block, entries } of this.#indexes()) {
      yield decodeStates(entries, await this.#part(block.states));
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** The index, block by block. Its pieces follow each other in the file: many are read at once. */
  async *#indexes(): AsyncGenerator<{ readonly block: Block; readonly entries: readonly IndexEntry[] }> {
    const { blocks } = this.#foot;
    for (let from = 0; from < blocks.length;) {
      const begin = blocks[from]?.index.offset ?? 0;
      let to = from;
      let end = begin;
      while (to < blocks.length && (to === from || end - begin < BASE_READ_BYTES)) {
        const part = blocks[to]?.index;
        if (part?.offset !== end) throw new BaseDamagedError('an index with a gap');
        end += part.bytes;
        to += 1;
      }
      const bytes = await this.#file.read(begin, end - begin);
      for (const block of blocks.slice(from, to)) {
        const stored = bytes.subarray(
          block.index.offset - begin,
          block.index.offset - begin + block.index.bytes,
        );
        mustBe(BASE_FILE, block.index, stored);
        yield { block, entries: decodeIndex(stored) };
      }
      from = to;
    }
  }

  #byBlock(keys: readonly string[]): Map<Block, Set<string>> {
    const wanted = new Map<Block, Set<string>>();
    for (const key of keys) {
      const block = this.#blockOf(key);
      if (block === undefined) continue;
      const others = wanted.get(block);
      if (others === undefined) wanted.set(block, new Set([key]));
      else others.add(key);
    }
    return wanted;
  }

  /** The last block that begins at or before the key. */
  #blockOf(key: string): Block | undefined {
    const { blocks } = this.#foot;
    let low = 0;
    let high = blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((blocks[middle]?.firstUnit ?? '') <= key) low = middle + 1;
      else high = middle;
    }
    return blocks[low - 1];
  }

  async #part(part: Part): Promise<Buffer> {
    const bytes = await this.#file.read(part.offset, part.bytes);
    mustBe(BASE_FILE, part, bytes);
    return bytes;
  }
}
