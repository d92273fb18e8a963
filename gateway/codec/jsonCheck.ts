import protobuf from 'protobufjs/light.js';
import { protoNameOf } from './schema.js';

const integers = new Set(['uint32', 'int32', 'uint64', 'int64']);
const decimal = /^-?(0|[1-9][0-9]*)$/;

/**
 * What protobuf JSON as such would let pass and an amount must not depend on: numbers that JSON.parse has already
 * rounded, and strings such as "1e3" or "9007199254740993.0", which are read through floating point. Unknown fields
 * are named here too, by their full path. The rest (types, ranges, doubled keys) protobufjs refuses by itself.
 * @throws Error whose message begins with the path of the field
 */
export function checkJson(type: protobuf.Type, value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${path === '' ? 'the message' : path}: is not an object`);
  }
  const names = fieldsOf(type);
  for (const [key, content] of Object.entries(value)) {
    const field = names.get(key);
    const name = path === '' ? key : `${path}.${key}`;
    if (field === undefined) throw new Error(`${name}: unknown field`);
    if (content !== null) checkField(field.resolve(), content, name);
  }
}

function checkField(field: protobuf.Field, value: unknown, path: string): void {
  if (!field.repeated) {
    checkSingle(field, value, path);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkSingle(field, item, `${path}[${index}]`);
  } else {
    throw new Error(`${path}: is not an array`);
  }
}

function checkSingle(field: protobuf.Field, value: unknown, path: string): void {
  if (field.resolvedType instanceof protobuf.Type) checkJson(field.resolvedType, value, path);
  else if (field.resolvedType !== null) checkEnum(field.resolvedType, value, path);
  else if (integers.has(field.type)) checkInteger(value, path);
  else if (field.type === 'bool') checkTypeof('boolean', value, path);
  else checkTypeof('string', value, path);
}

function checkInteger(value: unknown, path: string): void {
  if (typeof value === 'string' && decimal.test(value)) return;
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return;
    if (Number.isInteger(value)) throw new Error(`${path}: beyond 2^53 an integer must be given as a string`);
  }
  throw new Error(`${path}: ${described(value)} is not an integer`);
}

function checkEnum(type: protobuf.Enum, value: unknown, path: string): void {
  const known = typeof value === 'string' ? Object.hasOwn(type.values, value) : typeof value === 'number';
  if (!known) throw new Error(`${path}: ${described(value)} is not a known value`);
}

function checkTypeof(expected: 'boolean' | 'string', value: unknown, path: string): void {
  if (typeof value !== expected) throw new Error(`${path}: ${described(value)} is not a ${expected}`);
}

/** What it is, never what it says: it might be a PIN, or a secret, in the wrong place. */
function described(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `this ${typeof value}`;
}

const cache = new Map<protobuf.Type, ReadonlyMap<string, protobuf.Field>>();

/** Protobuf JSON allows the name of the .proto file beside its camelCase form. */
function fieldsOf(type: protobuf.Type): ReadonlyMap<string, protobuf.Field> {
  let fields = cache.get(type);
  if (fields === undefined) {
    fields = new Map(type.fieldsArray.flatMap((f) => [[f.name, f] as const, [protoNameOf(f), f] as const]));
    cache.set(type, fields);
  }
  return fields;
}
