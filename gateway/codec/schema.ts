import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs/light.js';

const descriptor = new URL('../../proto/generated/descriptor.json', import.meta.url);
const root = protobuf.Root.fromJSON(JSON.parse(readFileSync(descriptor, 'utf8')) as protobuf.INamespace);
root.resolveAll();

/** Reflection types of the gateway protocol: what the strict checks and protobuf JSON need beside the static code. */
export const clientMessageType = root.lookupType('emoney.v1.ClientMessage');
export const serverMessageType = root.lookupType('emoney.v1.ServerMessage');

/** The name in the .proto file (snake_case): what problems are named by, in both subprotocols. */
export function protoNameOf(field: protobuf.Field): string {
  return (field as { readonly name: string; readonly protoName?: string | null }).protoName ?? field.name;
}
