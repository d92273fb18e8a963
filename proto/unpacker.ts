/**
 * Reads protobuf's wire format straight into plain values: the counterpart of Packer. It knows only what ordinary
 * messages look like: fields in the order of their numbers, integers below 2^53, short ASCII strings. Whatever else it
 * meets, and whatever has no place in the message, ends it with `Unusual`: then the codec that knows everything, and
 * every error, has to read the bytes.
 */

/** Not an error of the sender: only not for this reader. */
export class Unusual extends Error {}
const UNUSUAL = new Unusual('to be read by the codec that knows everything');

/** No tag is 0. */
export const END = 0;

const MAX_TEXT = 64;
/** Strings that were read lately, by a hash of their bytes: most are ids that come again and again. */
const KNOWN = 16_384;
/** Bytes of a string, from its end, that decide its place among them. */
const HASHED = 8;

export class Unpacker {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  readonly #known: (string | undefined)[];

  /** `known`: strings that are kept; a power of 2. */
  constructor(known = KNOWN) {
    this.#known = new Array<string | undefined>(known).fill(undefined);
  }

  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
    this.#end = bytes.length;
  }

  /** Of the next field; END where the message ends. */
  tag(): number {
    return this.#at === this.#end ? END : this.uint();
  }

  /** Throws Unusual beyond 2^53. */
  uint(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let byte = bytes[at] ?? 0;
    let value = byte & 0x7f;
    let weight = 0x80;
    while (byte > 0x7f) {
      at += 1;
      byte = bytes[at] ?? 0;
      value += (byte & 0x7f) * weight;
      weight *= 0x80;
      if (weight > 0x200_0000_0000_0000) throw UNUSUAL;
    }
    this.#at = at + 1;
    if (this.#at > this.#end || value > Number.MAX_SAFE_INTEGER) throw UNUSUAL;
    return value;
  }

  flag(): boolean {
    return this.uint() !== 0;
  }

  /** Printable ASCII, at most `most` characters, no space at either end: what ids are made of. */
  id(most = MAX_TEXT): string {
    const length = this.uint();
    const begin = this.#at;
    const end = begin + length;
    if (length === 0 || length > most || end > this.#end) throw UNUSUAL;
    this.#at = end;
    const bytes = this.#bytes;
    const place = this.#placeOf(begin, end);
    const known = this.#known[place];
    if (known?.length === length && isAt(bytes, begin, known)) return known;
    if (bytes[begin] === 0x20 || bytes[end - 1] === 0x20) throw UNUSUAL;
    for (let at = begin; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte < 0x20 || byte > 0x7e) throw UNUSUAL;
    }
    const text = ascii(bytes, begin, end);
    this.#known[place] = text;
    return text;
  }

  /** Among the known strings. FNV-1a, as good as any, of the end alone, where ids differ. */
  #placeOf(begin: number, end: number): number {
    let hash = 0x811c_9dc5 ^ (end - begin);
    for (let at = Math.max(begin, end - HASHED); at < end; at += 1) {
      hash = Math.imul(hash ^ (this.#bytes[at] ?? 0), 0x0100_0193);
    }
    return (hash ^ (hash >>> 15)) & (this.#known.length - 1);
  }

  /** Begins a message within the message. Returns what `leave` wants. */
  enter(): number {
    const length = this.uint();
    const outer = this.#end;
    const end = this.#at + length;
    if (end > outer) throw UNUSUAL;
    this.#end = end;
    return outer;
  }

  /** Ends it: nothing of it may be left. */
  leave(outer: number): void {
    if (this.#at !== this.#end) throw UNUSUAL;
    this.#end = outer;
  }

  /** A field's bytes, in the memory of the message. */
  raw(): Uint8Array {
    const length = this.uint();
    const begin = this.#at;
    this.#at = begin + length;
    if (this.#at > this.#end) throw UNUSUAL;
    const { buffer, byteOffset } = this.#bytes;
    return new Uint8Array(buffer, byteOffset + begin, length);
  }

  /** Passes over a field's bytes. */
  skip(): void {
    const length = this.uint();
    this.#at += length;
    if (this.#at > this.#end) throw UNUSUAL;
  }

  /** Whether nothing of the message is left. */
  get isAtEnd(): boolean {
    return this.#at === this.#end;
  }

  /** For whoever has found something else than it knows. */
  unusual(): never {
    throw UNUSUAL;
  }
}

function isAt(bytes: Uint8Array, begin: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[begin + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** In one piece: a string that is put together from others is taken apart again whenever it is looked at. */
function ascii(bytes: Uint8Array, begin: number, end: number): string {
  return String.fromCharCode.apply(undefined, bytes.subarray(begin, end) as unknown as number[]);
}
