/** Messages that are a oneof and nothing else: events, commands and replies are decoded by their case. */
import type protobuf from 'protobufjs/minimal.js';
import { type Encodable, tagsOf } from '../../../proto/tags.js';
import { WholeReader } from '../../../proto/wholeNumbers.js';
import { GuardError, noUnknowns } from './guards.js';

/** What a generated class has. */
interface Decoder<Message> {
  decode(reader: protobuf.Reader, length?: number): Message;
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
 * Decodes messages that hold exactly one of `cases`. By itself protobufjs would make a message of fifty fields for each,
 * which costs as much as reading; and it would take the last of two.
 */
export function oneofDecoder<Plain>(
  type: Encodable,
  cases: Readonly<Record<string, Case<Plain>>>,
): (bytes: Uint8Array) => Plain {
  const byTag = new Map<number, Case<Plain>>();
  for (const [body, read] of Object.entries(cases)) byTag.set(tagsOf(type, { [body]: {} })[body] ?? 0, read);
  return (bytes) => {
    const reader = strictReader(bytes);
    const read = reader.len === 0 ? undefined : byTag.get(reader.uint32());
    if (read === undefined) throw new GuardError('body', 'is missing or unknown');
    const plain = read(reader, reader.uint32());
    if (reader.pos !== reader.len) throw new GuardError('body', 'is followed by something else');
    return plain;
  };
}

function strictReader(bytes: Uint8Array): protobuf.Reader {
  const reader = new WholeReader(bytes);
  reader.discardUnknown = false;
  return reader;
}
