/**
 * To and from bytes, without protobufjs's costly habits. A fresh writer for each message costs more than the message:
 * here one buffer is written again and again. In decoding, it drops unknown fields without a word; here they are kept in
 * `$unknowns`, for whoever must refuse them. (Of the generated code, see scripts/leanCode.mjs.)
 */
import type protobuf from 'protobufjs/minimal.js';
import { WholeReader, WholeWriter } from './wholeNumbers.js';

/** What a generated class has. */
interface Decodable<Message> {
  decode(reader: protobuf.Reader): Message;
}

/** What a generated class has. */
interface Encodable<Properties> {
  encode(message: Properties, writer?: protobuf.Writer): protobuf.Writer;
}

/** Beyond this the buffer is let go: one large message must not stay in memory for ever. */
const KEPT_BYTES = 64 * 1024;

let shared = new WholeWriter();
let busy = false;

/** The bytes of a message, in a buffer of their own. */
export function encodeMessage<Properties>(type: Encodable<Properties>, message: Properties): Uint8Array {
  // A writer that an error left where it was is not used again: its position would be wrong.
  const writer = busy ? new WholeWriter() : shared;
  busy = true;
  writer.reset();
  const bytes = type.encode(message, writer).finish();
  shared = bytes.length > KEPT_BYTES ? new WholeWriter() : writer;
  busy = false;
  return bytes;
}

/** @throws Error, of no class of its own, for bytes that are no protobuf */
export function decodeMessage<Message>(type: Decodable<Message>, bytes: Uint8Array): Message {
  const reader = new WholeReader(bytes);
  reader.discardUnknown = false;
  return type.decode(reader);
}
