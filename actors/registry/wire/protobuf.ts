/** The one way to and from protobufjs: no message of this folder is encoded or decoded by itself. */
import protobuf from 'protobufjs/minimal.js';

/** What a generated class has. */
interface Codec<Properties, Message> {
  encode(message: Properties, writer?: protobuf.Writer): protobuf.Writer;
  decode(reader: protobuf.Reader): Message;
}

/** Beyond this the buffer is let go: one large description must not stay in memory for ever. */
const KEPT_BYTES = 64 * 1024;

let shared = protobuf.Writer.create();
let busy = false;

/** The bytes of a message. Written into one buffer again and again: a fresh writer costs more than the message. */
export function encoded<Properties>(type: Codec<Properties, unknown>, message: Properties): Uint8Array {
  // A writer that an error left where it was is not used again: its position would be wrong.
  const writer = busy ? protobuf.Writer.create() : shared;
  busy = true;
  writer.reset();
  const bytes = type.encode(message, writer).finish();
  shared = bytes.length > KEPT_BYTES ? protobuf.Writer.create() : writer;
  busy = false;
  return bytes;
}

/** The message, with what is unknown in it, which protobufjs would otherwise drop without a word. */
export function decoded<Message>(type: Codec<never, Message>, bytes: Uint8Array): Message {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = false;
  return type.decode(reader);
}
