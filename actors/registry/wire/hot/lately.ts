/**
 * Messages that were read lately, by their bytes: what many cards have in common, byte for byte, they share as an
 * object too. It is then neither decoded again nor in memory once for each.
 */

/** A power of 2. A deployment has some dozens of sorts of cards. */
const PLACES = 256;

export class Lately<Plain> {
  readonly #read: (bytes: Uint8Array) => Plain;
  readonly #places = new Array<{ readonly bytes: Uint8Array; readonly plain: Plain } | undefined>(
    PLACES,
  ).fill(undefined);

  constructor(read: (bytes: Uint8Array) => Plain) {
    this.#read = read;
  }

  of(bytes: Uint8Array): Plain {
    // FNV-1a, as good as any.
    let hash = 0x811c_9dc5;
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x0100_0193);
    const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    const known = this.#places[place];
    if (known !== undefined && isSame(known.bytes, bytes)) return known.plain;
    const plain = this.#read(bytes);
    this.#places[place] = { bytes: bytes.slice(), plain };
    return plain;
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}
