import type protobuf from 'protobufjs/light.js';
import { serverMessageType } from '../../gateway/codec/schema.js';

/** A message type of the protocol by its name, for tests that must hold for every field, later ones too. */
export function typeOf(name: string): protobuf.Type {
  return serverMessageType.root.lookupType(`emoney.v1.${name}`);
}

/** The fields that are present, 64-bit integers as numbers. `defaults`: absent ones too. */
export function plainOf(name: string, message: object, defaults = false): Record<string, unknown> {
  return typeOf(name).toObject(message as protobuf.Message, { longs: Number, defaults });
}
