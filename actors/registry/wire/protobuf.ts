/** The one way to and from protobufjs: no message of this folder is encoded or decoded by itself. */
import protobuf from 'protobufjs/minimal.js';
import { GuardError, noUnknowns } from './guards.js';

/** What a generated class has. */
interface Encoder<Properties> {
  encode(message: Properties, writer?: protobuf.Writer): protobuf.Writer;
}
interface Decoder<Message> {
  decode(reader: protobuf.Reader, length?: number): Message;
}

/** Beyond this the buffer is let go: one large description must not stay in memory for ever. */
const KEPT_BYTES = 64 * 1024;

let shared = protobuf.Writer.create();
let busy = false;

/** The bytes of a message. Written into one buffer again and again: a fresh writer costs more than the message. */
export function encoded<Properties>(type: Encoder<Properties>, message: Properties): Uint8Array {
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
export function decoded<Message>(type: Decoder<Message>, bytes: Uint8Array): Message {
  return type.decode(strictReader(bytes));
}

/** One case of a message that is a oneof and nothing else. */
export type Case<Plain> = (reader: protobuf.Reader, length: number) => Plain;

/** Throws GuardError for fields that are not known here: they could change the meaning of the others. */
export function caseOf<Message extends { readonly $unknowns?: Uint8Array[] }, Plain>(
  type: Decoder<Message>,
  toPlain: (message: Message) => Plain,
): Case<Plain> {
  return (reader, length) => {
    const message = type.decode(reader, length);
    noUnknowns(message, 'body');
    return toPlain(message);
  };
}

/**
 * Decodes messages that hold exactly one of `cases`. By itself protobufjs would delete every other field of the
 * message for each that it reads, which costs as much as reading; and it would take the last of two.
 */
export function oneofDecoder<Plain>(
  type: Encoder<object>,
  cases: Readonly<Record<string, Case<Plain>>>,
): (bytes: Uint8Array) => Plain {
  const byTag = new Map<number, Case<Plain>>();
  for (const [body, read] of Object.entries(cases)) byTag.set(tagOf(type, body), read);
  return (bytes) => {
    const reader = strictReader(bytes);
    const read = reader.len === 0 ? undefined : byTag.get(reader.uint32());
    if (read === undefined) throw new GuardError('body', 'is missing or unknown');
    const plain = read(reader, reader.uint32());
    if (reader.pos !== reader.len) throw new GuardError('body', 'is followed by something else');
    return plain;
  };
}

/** Field number and wire type, as the generated code writes them: no number of the protocol is repeated here. */
function tagOf(type: Encoder<object>, body: string): number {
  const bytes = encoded(type, { [body]: {} });
  return protobuf.Reader.create(bytes).uint32();
}

function strictReader(bytes: Uint8Array): protobuf.Reader {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = false;
  return reader;
}
