/**
 * protobufjs's reader and writer, which make an object of two halves of every integer of 64 bits, also of those that a
 * number holds: nearly all. Here these are read as numbers, and small ones written as such; the bytes are the same. Whoever
 * reads a field takes both (`WireLong`).
 */
import type Long from 'long';
import protobuf from 'protobufjs/minimal.js';

const LOW_BITS = 0x1_0000_0000;

export class WholeReader extends protobuf.Reader {
  override uint64(): Long {
    return (this.#whole() ?? super.uint64()) as Long;
  }

  /** Of a negative one the highest bit is set: it is left to protobufjs. */
  override int64(): Long {
    return (this.#whole() ?? super.int64()) as Long;
  }

  /** Undefined: more than seven bytes, or not all there. */
  #whole(): number | undefined {
    const { buf, len, pos: start } = this;
    let value = 0;
    let weight = 1;
    const end = Math.min(len, start + 7);
    for (let at = start; at < end; at += 1) {
      const byte = buf[at] ?? 0;
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) {
        this.pos = at + 1;
        return value;
      }
      weight *= 0x80;
    }
    return undefined;
  }
}

export class WholeWriter extends protobuf.BufferWriter {
  override uint64(value: Long | number | string): protobuf.Writer {
    return isShort(value) ? this.uint32(value) : super.uint64(value);
  }

  override int64(value: Long | number | string): protobuf.Writer {
    return isShort(value) ? this.uint32(value) : super.int64(value);
  }
}

function isShort(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < LOW_BITS && Number.isInteger(value);
}
