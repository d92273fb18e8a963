import type protobuf from 'protobufjs/light.js';
import { serverMessageType } from '../../gateway/codec/schema.js';
import { v1 } from '../../proto/generated/emoney.js';
import { encodeMessage } from '../../proto/message.js';

/** A message type of the protocol by its name, for tests that must hold for every field, later ones too. */
export function typeOf(name: string): protobuf.Type {
  return serverMessageType.root.lookupType(`emoney.v1.${name}`);
}

/** What the message's bytes hold, 64-bit integers as numbers. `defaults`: absent fields too. */
export function plainOf(name: string, message: object, defaults = false): Record<string, unknown> {
  const type = typeOf(name);
  const classes = v1 as unknown as Readonly<Record<string, Parameters<typeof encodeMessage<object>>[0]>>;
  const bytes = encodeMessage(classes[name]!, message);
  return type.toObject(type.decode(bytes), { longs: Number, defaults });
}
