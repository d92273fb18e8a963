import type { FileHandle } from 'node:fs/promises';
import { BASE_BLOCK_BYTES } from '../../bounds.js';
import { StateDigest } from '../../runtime/digest.js';
import type { BaseHead, BaseUnit } from '../../runtime/ports.js';
import { BASE_FILE, type Block, encodeBlock, encodeFoot, type Part, partOf } from './baseFormat.js';

export interface WhatIsWritten {
  readonly deployment: string;
  readonly partition: number;
  readonly head: BaseHead;
  /** By ascending key. */
  readonly units: AsyncIterable<readonly BaseUnit[]>;
}

/** Writes a base into an empty file, states first, then the index, which is held until then: some ten bytes a unit. */
export async function writeBase(file: FileHandle, what: WhatIsWritten): Promise<void> {
  const { deployment, partition, head } = what;
  const writer = new Writer(file);
  await writer.append(BASE_FILE.firstLine);
  for await (const units of what.units) for (const unit of units) await writer.add(unit);
  const blocks = await writer.end();
  const { units, digest } = writer;
  await writer.append(encodeFoot({ deployment, partition, head, units, digest: digest.end(), blocks }));
}

class Writer {
  units = 0;
  readonly digest = new StateDigest();
  readonly #file: FileHandle;
  readonly #written: { readonly firstUnit: string; readonly states: Part; readonly index: Buffer }[] = [];
  #block: BaseUnit[] = [];
  #blockBytes = 0;
  #last = '';
  #offset = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async add(unit: BaseUnit): Promise<void> {
    if (this.units > 0 && unit.key <= this.#last) throw new Error(`${unit.key} comes after ${this.#last}`);
    this.#last = unit.key;
    this.units += 1;
    if (unit.state !== undefined) this.digest.add(unit.key, unit.sequence, unit.state);
    this.#block.push(unit);
    // A unit without a state takes room in the index.
    this.#blockBytes += unit.key.length + (unit.state?.length ?? 0);
    if (this.#blockBytes >= BASE_BLOCK_BYTES) await this.#endBlock();
  }

  /** Writes the last block, and the index of all. */
  async end(): Promise<readonly Block[]> {
    if (this.#block.length > 0) await this.#endBlock();
    const blocks: Block[] = [];
    for (const { firstUnit, states, index } of this.#written) {
      blocks.push({ firstUnit, states, index: partOf(this.#offset, index) });
      await this.append(index);
    }
    return blocks;
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, at);
      at += bytesWritten;
    }
    this.#offset += bytes.length;
  }

  async #endBlock(): Promise<void> {
    const { index, states } = encodeBlock(this.#block);
    this.#written.push({ firstUnit: this.#block[0]?.key ?? '', states: partOf(this.#offset, states), index });
    await this.append(states);
    this.#block = [];
    this.#blockBytes = 0;
  }
}
