/**
 * Writes protobuf's wire format (https://protobuf.dev/programming-guides/encoding) straight from plain values. For the
 * few messages of which every payment needs several: protobufjs wants an object of its own for each message, asks it
 * for every field that it might have, and cuts every integer of 64 bits into two. Fields are written in the order of
 * their numbers and left out where they are 0, false or empty, as protobufjs does: the bytes are the same.
 */
import { GuardError } from './guard.js';

/** Of a piece of memory, from which messages are cut. */
const CHUNK_BYTES = 128 * 1024;
/** Room that every message finds at its beginning. */
const MESSAGE_BYTES = 8 * 1024;
/** Longer strings do not belong into these messages. */
const MAX_TEXT = 256;

export class Packer {
  #bytes = new Uint8Array(CHUNK_BYTES);
  #start = 0;
  #at = 0;

  /** What was begun before and not finished is forgotten. A message has at most MESSAGE_BYTES. */
  begin(): void {
    if (this.#start + MESSAGE_BYTES > CHUNK_BYTES) {
      this.#bytes = new Uint8Array(CHUNK_BYTES);
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
    const { length } = value;
    if (length === 0) return;
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
  raw(tag: number, value: Uint8Array, field: string): void {
    if (value.length > MAX_TEXT) throw new GuardError(field, `has ${String(value.length)} bytes`);
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
    // One byte was left for the length, and two are needed.
    this.#bytes.copyWithin(place + 2, place + 1, this.#at);
    this.#bytes[place] = (length & 0x7f) | 0x80;
    this.#bytes[place + 1] = length >>> 7;
    this.#at += 1;
  }

  #open(): number {
    const place = this.#at;
    this.#at += 1;
    return place;
  }

  #varint(value: number): void {
    const bytes = this.#bytes;
    let at = this.#at;
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
    this.#at = at + 1;
  }
}

const utf8 = new TextEncoder();
