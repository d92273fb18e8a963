/**
 * Writes protobuf's wire format (https://protobuf.dev/programming-guides/encoding) straight from plain values. For the
 * few messages of which every payment needs several: protobufjs wants an object of its own for each message, asks it
 * for every field that it might have, and cuts every integer of 64 bits into two. Fields are written in the order of
 * their numbers and left out where they are 0, false or empty, as protobufjs does: the bytes are the same.
 */
import { GuardError } from './guard.js';

/** Of a piece of memory, from which messages are cut. */
const CHUNK_BYTES = 128 * 1024;
/** Enough for every message that holds neither a list nor text of people. */
const SMALL = 8 * 1024;
/** Longer strings do not belong into small messages. */
const MAX_TEXT = 256;

export class Packer {
  #bytes = new Uint8Array(CHUNK_BYTES);
  #start = 0;
  #at = 0;

  /** `most`: bytes of the message, or more. What was begun before and not finished is forgotten. */
  begin(most = SMALL): void {
    if (this.#start + most > this.#bytes.length) {
      this.#bytes = new Uint8Array(Math.max(CHUNK_BYTES, most));
      this.#start = 0;
    }
    this.#at = this.#start;
  }

  /** The message, in memory that nobody writes again. */
  finish(): Uint8Array {
    const start = this.#start;
    this.#start = this.#at;
    return new Uint8Array(this.#bytes.buffer, start, this.#at - start);
  }

  /** An integer of 0 … 2^53 − 1. Throws GuardError for anything else. */
  uint(tag: number, value: number, field: string): void {
    if (value === 0) return;
    this.presentUint(tag, value, field);
  }

  /** A field that is `optional`: 0 is written too. */
  presentUint(tag: number, value: number, field: string): void {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new GuardError(field, `${String(value)} is not an unsigned integer`);
    }
    this.#varint(tag);
    this.#varint(value);
  }

  flag(tag: number, value: boolean): void {
    if (!value) return;
    this.#varint(tag);
    this.#varint(1);
  }

  text(tag: number, value: string, field: string): void {
    if (value.length > 0) this.presentText(tag, value, field);
  }

  /** An element of a list: an empty one is written too. */
  presentText(tag: number, value: string, field: string): void {
    const { length } = value;
    if (length > MAX_TEXT) throw new GuardError(field, `has ${String(length)} characters`);
    this.#varint(tag);
    const place = this.#open();
    let at = this.#at;
    for (let index = 0; index < length; index += 1) {
      const unit = value.charCodeAt(index);
      if (unit > 0x7f) {
        at = place + 1 + utf8.encodeInto(value, this.#bytes.subarray(place + 1)).written;
        break;
      }
      this.#bytes[at] = unit;
      at += 1;
    }
    this.#at = at;
    this.close(place);
  }

  /** Bytes, or a message that is encoded already. */
  raw(tag: number, value: Uint8Array): void {
    this.#varint(tag);
    this.#varint(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /** Begins a message within the message; to be closed with what this returns. */
  open(tag: number): number {
    this.#varint(tag);
    return this.#open();
  }

  close(place: number): void {
    const length = this.#at - place - 1;
    if (length < 0x80) {
      this.#bytes[place] = length;
      return;
    }
    // One byte was left for the length, and more are needed.
    const more = sizeOf(length) - 1;
    this.#bytes.copyWithin(place + 1 + more, place + 1, this.#at);
    const end = this.#at + more;
    this.#at = place;
    this.#varint(length);
    this.#at = end;
  }

  #open(): number {
    const place = this.#at;
    this.#at += 1;
    return place;
  }

  #varint(value: number): void {
    // Tags as a rule, and most values.
    if (value < 0x80) {
      this.#bytes[this.#at] = value;
      this.#at += 1;
      return;
    }
    this.#at = writeVarint(this.#bytes, this.#at, value);
  }
}

/** An integer of 0 … 2^53 − 1. Returns where it ends. */
export function writeVarint(bytes: Uint8Array, begin: number, value: number): number {
  let at = begin;
  let rest = value;
  while (rest > 0x7fff_ffff) {
    bytes[at] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 0x80);
    at += 1;
  }
  while (rest > 0x7f) {
    bytes[at] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    at += 1;
  }
  bytes[at] = rest;
  return at + 1;
}

const utf8 = new TextEncoder();

/** Bytes that an integer takes. */
export function sizeOf(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}

/** Bytes of a text. */
export function bytesOf(text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x7f) return utf8.encode(text).length;
  }
  return text.length;
}
