/** Some fields of a message, found in its bytes: where little of it is needed, a fraction of the cost of decoding it. */
import { type Encodable, tagsOf } from '../../../proto/tags.js';
import { GuardError } from './guards.js';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A place in bytes that moves on as they are read. */
class Cursor {
  at = 0;

  /** Exact up to 2^53: no id, batch or length is larger. */
  varint(bytes: Uint8Array): number {
    let value = 0;
    let weight = 1;
    for (;;) {
      const byte = bytes[this.at] ?? 0;
      this.at += 1;
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value;
      weight *= 128;
    }
  }
}

const cursor = new Cursor();

/** The fields of one message type that are wanted, by their place in the list of them. */
export class FieldFinder {
  /** The integer, or where the contents begin; 0: it is not there. */
  readonly #values: number[];
  readonly #ends: number[];
  /** Place plus 1, by field number. */
  readonly #places: number[] = [];
  readonly #wanted: number;

  /**
   * `samples`: the wanted fields, each with any value; their numbers come from the generated code. Undefined: a place
   * without a field.
   */
  constructor(type: Encodable, samples: readonly (readonly [name: string, sample: unknown] | undefined)[]) {
    this.#values = samples.map(() => 0);
    this.#ends = samples.map(() => 0);
    this.#wanted = samples.filter((sample) => sample !== undefined).length;
    for (const [place, wanted] of samples.entries()) {
      if (wanted !== undefined) this.#places[fieldNumberOf(type, ...wanted)] = place + 1;
    }
  }

  /**
   * Looks through a message that stands at `from … to`, until all are found: encoders write fields in the order of
   * their numbers, and what is wanted has low ones. Throws GuardError where it finds no message.
   */
  find(bytes: Uint8Array, from: number, to: number): void {
    for (let place = 0; place < this.#values.length; place += 1) this.#values[place] = this.#ends[place] = 0;
    let missing = this.#wanted;
    cursor.at = from;
    while (missing > 0 && cursor.at < to) {
      const tag = cursor.varint(bytes);
      const place = (this.#places[tag >>> 3] ?? 0) - 1;
      const wireType = tag & 7;
      if (wireType === VARINT) {
        const value = cursor.varint(bytes);
        if (place >= 0) this.#values[place] = value;
      } else if (wireType === LENGTH_DELIMITED) {
        const length = cursor.varint(bytes);
        if (place >= 0) this.#values[place] = cursor.at;
        cursor.at += length;
        if (place >= 0) this.#ends[place] = cursor.at;
      } else if (wireType === FIXED64) cursor.at += 8;
      else if (wireType === FIXED32) cursor.at += 4;
      else throw new GuardError('event', `has wire type ${wireType}`);
      if (place >= 0) missing -= 1;
    }
    if (cursor.at > to) throw new GuardError('event', 'breaks off');
  }

  integer(place: number): number {
    return this.#values[place] ?? 0;
  }

  /** Of a string, bytes or message: from here to `end`. Both are 0 where it is not there. */
  begin(place: number): number {
    return this.#values[place] ?? 0;
  }

  end(place: number): number {
    return this.#ends[place] ?? 0;
  }

  /** Of a string: its bytes, as characters of Latin-1. Empty where it is not there. */
  latin1(bytes: Uint8Array, place: number): string {
    const begin = this.begin(place);
    const end = this.end(place);
    if (begin === end) return '';
    const among = placeOf(bytes, begin, end);
    const before = known[among];
    if (before?.length === end - begin && isAt(bytes, begin, before)) return before;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + begin, end - begin).toString('latin1');
    known[among] = text;
    return text;
  }

  contents(bytes: Uint8Array, place: number): Uint8Array {
    const begin = this.begin(place);
    // A Buffer's own subarray costs several times as much.
    return new Uint8Array(bytes.buffer, bytes.byteOffset + begin, this.end(place) - begin);
  }
}

/** Strings that were read lately, by a hash of their bytes: most are ids that come again and again. A power of 2. */
const KNOWN = 16_384;
const known = new Array<string | undefined>(KNOWN).fill(undefined);
/** Bytes of a string, from its end, that decide its place among them. */
const HASHED = 8;

/** FNV-1a, of the end alone, where ids differ. */
function placeOf(bytes: Uint8Array, begin: number, end: number): number {
  let hash = 0x811c_9dc5 ^ (end - begin);
  for (let at = Math.max(begin, end - HASHED); at < end; at += 1) {
    hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
  }
  return (hash ^ (hash >>> 15)) & (KNOWN - 1);
}

function isAt(bytes: Uint8Array, begin: number, text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) !== bytes[begin + at]) return false;
  return true;
}

/** The body of a message that is a oneof of messages and nothing else. */
export class BodyFinder {
  number = 0;
  begin = 0;
  end = 0;

  /** Throws GuardError for bytes that are something else. */
  find(bytes: Uint8Array): void {
    cursor.at = 0;
    this.number = cursor.varint(bytes) >>> 3;
    const length = cursor.varint(bytes);
    this.begin = cursor.at;
    this.end = cursor.at + length;
    if (this.end !== bytes.length) throw new GuardError('event', 'breaks off');
  }
}

export function fieldNumberOf(type: Encodable, name: string, sample: unknown): number {
  return (tagsOf(type, { [name]: sample })[name] ?? 0) >>> 3;
}
