/** Bytes that are collected one after the other, in memory that is used again and again. */
const FIRST_BYTES = 64 * 1024;

export class Arena {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** An integer of 0 … 2^53 − 1: seven bits a byte, the least ones first; all bytes but the last have their top bit set. */
  uint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length] = (rest % 0x80) | 0x80;
      this.#length += 1;
      rest = rest > 0x7fff_ffff ? Math.floor(rest / 0x80) : rest >>> 7;
    }
    this.#bytes[this.#length] = rest;
    this.#length += 1;
  }

  /** The length, then the bytes. */
  bytes(value: Uint8Array): void {
    this.uint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** What stands at `begin … end` in another one. */
  piece(from: Arena, begin: number, end: number): void {
    this.#reserve(end - begin);
    this.#length += from.#bytes.copy(this.#bytes, this.#length, begin, end);
  }

  /** Until something is added. */
  view(begin = 0): Buffer {
    return this.#bytes.subarray(begin, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}

/** Reads what an arena has written. Throws RangeError beyond its end. */
export class ArenaReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  uint(): number {
    let value = 0;
    for (let weight = 1; ; weight *= 0x80) {
      const byte = this.#bytes.readUInt8(this.#at);
      this.#at += 1;
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value;
    }
  }

  bytes(): Buffer {
    const length = this.uint();
    const begin = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError('a packed row ends within an item');
    return this.#bytes.subarray(begin, this.#at);
  }
}
