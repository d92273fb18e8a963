import { LAST_FIELD, type WireField, type WireTable } from './wireTable.js';

const LAST_TAG = LAST_FIELD * 8 + 7;

/** Bytes that are not exactly what the .proto allows. The message names the field. */
export class WireError extends Error {}

/**
 * Checks raw protobuf bytes against a table: unknown fields, wrong wire types, values that a field's type cannot
 * hold, fields given twice, two bodies, and bytes that break off. protobufjs would skip, truncate, merge or overwrite
 * all of these silently (a varint of 2^32 + 1 in a uint32 reads as 1), and money must not depend on that. No problem
 * repeats a value: it might be a PIN in the wrong place.
 */
export function checkWire(bytes: Uint8Array, table: WireTable): void {
  new Scanner(bytes).message(table, bytes.length);
}

class Scanner {
  private readonly bytes: Uint8Array;
  private position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  message(table: WireTable, end: number): void {
    // The field numbers that were seen: a bit each, in two words.
    let low = 0;
    let high = 0;
    let body: WireField | undefined;
    while (this.position < end) {
      const tag = this.varint(table.path, end);
      const number = tag >>> 3;
      const field = table.fields[number];
      if (field === undefined || tag > LAST_TAG) throw unknownField(table, tag);
      if ((tag & 7) !== field.wireType) throw wrongWireType(field, tag & 7);
      const bit = 1 << number;
      if (((number < 32 ? low : high) & bit) !== 0 && !field.repeated) {
        throw new WireError(`${field.path}: is given twice`);
      }
      if (number < 32) low |= bit;
      else high |= bit;
      if (field.inOneof) {
        if (body !== undefined)
          throw new WireError(`${field.path}: the message has a body already (${body.path})`);
        body = field;
      }
      if (field.wireType === 2) this.lengthDelimited(field, end);
      else this.value(field, end);
    }
  }

  private lengthDelimited(field: WireField, end: number): void {
    const length = this.varint(field.path, end);
    const stop = this.position + length;
    if (stop > end) throw breaksOff(field.path);
    if (field.message === undefined) this.position = stop;
    else this.message(field.message, stop);
  }

  private value(field: WireField, end: number): void {
    const value = this.varint(field.path, end);
    if (value > field.max) throw new WireError(`${field.path}: is too large`);
    if (field.values !== undefined && !field.values.has(value)) {
      throw new WireError(`${field.path}: is not a known value`);
    }
  }

  /** Exact up to 2^53, only its size beyond; which is enough to check it. */
  private varint(path: string, end: number): number {
    const { bytes } = this;
    let value = 0;
    let weight = 1;
    for (let length = 1; length <= 10; length += 1) {
      if (this.position >= end) throw breaksOff(path);
      const byte = bytes[this.position] ?? 0;
      this.position += 1;
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) {
        if (length === 10 && byte > 1) break;
        return value;
      }
      weight *= 128;
    }
    throw new WireError(`${path === '' ? 'the message' : path}: an integer has more than 64 bits`);
  }
}

function unknownField(table: WireTable, tag: number): WireError {
  return new WireError(
    `${table.path === '' ? 'the message' : table.path}: unknown field ${Math.floor(tag / 8)}`,
  );
}

function wrongWireType(field: WireField, wireType: number): WireError {
  return new WireError(`${field.path}: has wire type ${wireType}, not ${field.wireType}`);
}

function breaksOff(path: string): WireError {
  return new WireError(`${path === '' ? 'the message' : path}: breaks off`);
}
