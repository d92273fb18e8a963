/**
 * Decoding without two of protobufjs's habits. It drops unknown fields without a word; here they are kept in
 * `$unknowns`, for whoever must refuse them. And for every member of a oneof it deletes all others from the message,
 * which costs more than the decoding and leaves a slow object behind; here the oneof is an ordinary property.
 */
import protobuf from 'protobufjs/minimal.js';

/** What a generated class has; the last parameter is protobufjs's own, for messages within messages. */
interface Decodable<Message> {
  readonly prototype: unknown;
  decode(
    reader: protobuf.Reader,
    length?: number,
    end?: undefined,
    depth?: undefined,
    target?: Message,
  ): Message;
}

const prototypes = new Map<unknown, object>();

/** @throws Error, of no class of its own, for bytes that are no protobuf */
export function decodeMessage<Message>(type: Decodable<Message>, bytes: Uint8Array): Message {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = false;
  const target = Object.create(prototypeOf(type)) as Message;
  return type.decode(reader, undefined, undefined, undefined, target);
}

/** The class's prototype, its oneofs shadowed by writable properties. */
function prototypeOf(type: Decodable<unknown>): object {
  const known = prototypes.get(type);
  if (known !== undefined) return known;
  const accessors = Object.entries(Object.getOwnPropertyDescriptors(type.prototype)).filter(
    ([, { get }]) => get,
  );
  const shadows = accessors.map(([name]) => [name, { value: undefined, writable: true }] as const);
  const made = Object.create(type.prototype as object, Object.fromEntries(shadows)) as object;
  prototypes.set(type, made);
  return made;
}
