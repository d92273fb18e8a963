/** Bytes that are collected one after the other, in memory that is used again and again. */
const FIRST_BYTES = 64 * 1024;
/** More than is ever needed but for a journal's largest frames: it is given back. */
const KEPT_BYTES = 8 * 1024 * 1024;

export class Arena {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was added since then is forgotten. */
  cut(length: number): void {
    this.#length = length;
    if (length === 0 && this.#bytes.length > KEPT_BYTES) this.#bytes = new Uint8Array(FIRST_BYTES);
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

  /** The length, then the characters of Latin-1, a byte each. */
  latin1(text: string): void {
    this.uint(text.length);
    this.#reserve(text.length);
    const bytes = this.#bytes;
    const begin = this.#length;
    // They are ids, and short: faster than a call of Buffer's.
    for (let at = 0; at < text.length; at += 1) bytes[begin + at] = text.charCodeAt(at);
    this.#length = begin + text.length;
  }

  /** What stands at `begin … end`, once more. */
  again(begin: number, end: number): void {
    this.#reserve(end - begin);
    this.#bytes.copyWithin(this.#length, begin, end);
    this.#length += end - begin;
  }

  /** From `begin` to the end, until something is added. */
  view(begin: number): Uint8Array {
    // A Buffer's own subarray costs several times as much.
    return new Uint8Array(this.#bytes.buffer, begin, this.#length - begin);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    bytes.set(this.#bytes);
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
