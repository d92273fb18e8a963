/** The types that docs/PROTOCOL.md must document: everything that a message of either side may hold. */
import protobuf from 'protobufjs/light.js';
import { fileEvent } from '../../actors/registry/history.js';
import { clientMessageType, serverMessageType } from '../../gateway/codec/schema.js';
import { v1 } from '../../proto/generated/emoney.js';

export interface DocumentedTypes {
  readonly messages: ReadonlyMap<string, readonly protobuf.Field[]>;
  readonly enums: ReadonlyMap<string, protobuf.Enum>;
}

/** Of Event only what an answer of the gateway may hold: the journal has far more. */
export function documentedTypes(): DocumentedTypes {
  const messages = new Map<string, readonly protobuf.Field[]>();
  const enums = new Map<string, protobuf.Enum>();
  const visit = (type: protobuf.Type): void => {
    if (messages.has(type.name)) return;
    const fields = type.name === 'Event' ? type.fieldsArray.filter(isAnswered) : type.fieldsArray;
    messages.set(type.name, fields);
    for (const { resolvedType } of fields) {
      if (resolvedType instanceof protobuf.Type) visit(resolvedType);
      else if (resolvedType !== null) enums.set(resolvedType.name, resolvedType);
    }
  };
  visit(clientMessageType);
  visit(serverMessageType);
  return { messages, enums };
}

function isAnswered({ name }: protobuf.Field): boolean {
  const role = fileEvent(v1.Event.encode({ [name]: {} }).finish())?.role;
  return role === 'entry' || role === 'refusal' || role === 'matter';
}

/** As the tables write it: `?` where absence is told from 0, `[]` for a list, a link for what has a table itself. */
export function typeText(field: protobuf.Field): string {
  const { resolvedType, type, repeated } = field;
  const name = resolvedType === null ? type : `[${resolvedType.name}](#${resolvedType.name.toLowerCase()})`;
  // An optional scalar is a oneof of its own.
  const optional = field.partOf !== null && field.partOf.oneof.length === 1;
  return `${name}${repeated ? '[]' : ''}${optional ? '?' : ''}`;
}
