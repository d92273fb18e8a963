/**
 * Units and the sequences of their last events, as bytes and numbers: a million of them are nothing that a collector of
 * garbage has to look at. The keys stand as a message holds them, so that a page which is written every few seconds is
 * copied, not encoded.
 */
import { bytesOf, sizeOf, writeVarint } from '../../proto/packer.js';
import { fnv1a32, fnv1a32Bytes } from './placement.js';

const FIRST_ROOM = 8;
/** Of a usual key with its tag and length; more room is made where it does not do. */
const KEY_BYTES = 24;
/** Places for the keys, for each unit that there is room for: a probe seldom meets another key. */
const PLACES_PER_UNIT = 2;
/** Numbers of a unit that are next to each other, so that they are in the processor's cache together. */
const NUMBERS = 2;
const SEQUENCE = 1;
/** A length up to this is one byte, up to its square two. */
const SHORT = 0x7f;
const utf8 = new TextEncoder();

export class Sequences {
  readonly #tag: number;
  /** Fields of the keys, one after the other. */
  #fields: Uint8Array;
  #length = 0;
  /** Of each unit: where in them the length of its key is, which comes before the key; and the sequence. */
  #units: Float64Array;
  #size = 0;
  /** By hash, the next free one where it is taken: number of the unit, counted from 1. A power of 2 of them. */
  #places: Uint32Array;

  /** `tag`: of a key's field in the message, below 128. `room`: for so many units at first. */
  constructor(tag: number, room = FIRST_ROOM) {
    const power = 2 ** Math.ceil(Math.log2(Math.max(FIRST_ROOM, room)));
    this.#tag = tag;
    this.#fields = new Uint8Array(power * KEY_BYTES);
    this.#units = new Float64Array(power * NUMBERS);
    this.#places = new Uint32Array(power * PLACES_PER_UNIT);
  }

  get size(): number {
    return this.#size;
  }

  /** All keys, each as a field of the message, in the order in which they came. Valid until the next change. */
  get fields(): Uint8Array {
    return this.#fields.subarray(0, this.#length);
  }

  /** Of the unit that came as number `at`, counted from 0. */
  sequenceAt(at: number): number {
    return this.#units[at * NUMBERS + SEQUENCE] ?? 0;
  }

  get(unit: string): number | undefined {
    const number = this.#places[this.#placeOf(unit)] ?? 0;
    return number === 0 ? undefined : this.sequenceAt(number - 1);
  }

  set(unit: string, sequence: number): void {
    const place = this.#placeOf(unit);
    const number = this.#places[place] ?? 0;
    if (number === 0) this.#addAt(place, utf8.encode(unit), sequence);
    else this.#units[(number - 1) * NUMBERS + SEQUENCE] = sequence;
  }

  /** A unit of which it has nothing yet, by its key in UTF-8. */
  add(key: Uint8Array, sequence: number): void {
    this.#addAt(this.#freePlace(fnv1a32Bytes(key)), key, sequence);
  }

  #addAt(place: number, key: Uint8Array, sequence: number): void {
    const begin = this.#length + 1 + sizeOf(key.length);
    const end = begin + key.length;
    if (end > this.#fields.length) {
      const fields = new Uint8Array(2 * end);
      fields.set(this.#fields);
      this.#fields = fields;
    }
    this.#fields[this.#length] = this.#tag;
    writeVarint(this.#fields, this.#length + 1, key.length);
    this.#fields.set(key, begin);
    this.#units[this.#size * NUMBERS] = this.#length + 1;
    this.#units[this.#size * NUMBERS + SEQUENCE] = sequence;
    this.#length = end;
    this.#size += 1;
    this.#places[place] = this.#size;
    if (this.#size * NUMBERS === this.#units.length) this.#grow();
  }

  #grow(): void {
    const units = new Float64Array(2 * this.#units.length);
    units.set(this.#units);
    this.#units = units;
    this.#places = new Uint32Array(2 * this.#places.length);
    for (let at = 0; at < this.#size; at += 1) {
      this.#places[this.#freePlace(fnv1a32Bytes(this.#keyAt(at)))] = at + 1;
    }
  }

  /** Of the unit, or the free one where it would be. */
  #placeOf(unit: string): number {
    const places = this.#places;
    let place = this.#firstPlace(fnv1a32(unit));
    for (;;) {
      const number = places[place] ?? 0;
      if (number === 0 || this.#isKey(number - 1, unit)) return place;
      place = (place + 1) & (places.length - 1);
    }
  }

  #freePlace(hash: number): number {
    const places = this.#places;
    let place = this.#firstPlace(hash);
    while (places[place] !== 0) place = (place + 1) & (places.length - 1);
    return place;
  }

  /** Units of one page have the lower bits of their hash in common. */
  #firstPlace(hash: number): number {
    return ((hash >>> 8) ^ (hash >>> 20)) & (this.#places.length - 1);
  }

  #isKey(at: number, unit: string): boolean {
    const fields = this.#fields;
    const place = this.#units[at * NUMBERS] ?? 0;
    const first = fields[place] ?? 0;
    // Not ASCII, or another: that many bytes are not as many characters.
    if (first !== unit.length || first > SHORT) return this.#isOddKey(at, unit);
    // From the end, where keys differ.
    for (let index = unit.length; index > 0; index -= 1) {
      const code = unit.charCodeAt(index - 1);
      if (code > 0x7f || fields[place + index] !== code) return false;
    }
    return true;
  }

  #isOddKey(at: number, unit: string): boolean {
    const bytes = bytesOf(unit);
    const key = this.#keyAt(at);
    if (key.length !== bytes) return false;
    const wanted = utf8.encode(unit);
    return key.every((byte, index) => byte === wanted[index]);
  }

  #keyAt(at: number): Uint8Array {
    let place = this.#units[at * NUMBERS] ?? 0;
    let length = this.#fields[place] ?? 0;
    if (length > SHORT) length += ((this.#fields[(place += 1)] ?? 0) - 1) * (SHORT + 1);
    return this.#fields.subarray(place + 1, place + 1 + length);
  }
}
