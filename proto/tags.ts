/** Tags of fields (number and wire type), taken from the generated code: no number of the protocol is repeated by hand. */
import protobuf from 'protobufjs/minimal.js';
import { encodeMessage } from './message.js';

/** What a generated class has. */
export type Encodable = Parameters<typeof encodeMessage<object>>[0];

/** `samples`: the wanted fields, each with any value that is not its default. */
export function tagsOf<Name extends string>(
  type: Encodable,
  samples: Readonly<Record<Name, unknown>>,
): Readonly<Record<Name, number>> {
  const tags: Partial<Record<Name, number>> = {};
  for (const [name, sample] of Object.entries(samples) as [Name, unknown][]) {
    tags[name] = protobuf.Reader.create(encodeMessage(type, { [name]: sample })).uint32();
  }
  return tags as Record<Name, number>;
}
