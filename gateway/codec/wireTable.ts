import protobuf from 'protobufjs/light.js';
import { protoNameOf } from './schema.js';

/** What may stand at one field number of one message, for the strict check of raw bytes. */
export interface WireField {
  /** From the outermost message, for instance `purchase.amount`. */
  readonly path: string;
  readonly wireType: number;
  readonly repeated: boolean;
  readonly inOneof: boolean;
  /** Largest value of a varint, where it is less than 64 bits. */
  readonly max: number;
  /** Known numbers of an enum. */
  readonly values: ReadonlySet<number> | undefined;
  readonly message: WireTable | undefined;
}

export interface WireTable {
  readonly path: string;
  /** By field number. */
  readonly fields: readonly (WireField | undefined)[];
}

/** Largest field number that the check can take: it keeps a bit for each in two words. */
export const LAST_FIELD = 63;

const VARINT = 0;
const LENGTH = 2;
const scalars: Readonly<Record<string, readonly [wireType: number, max: number]>> = {
  bool: [VARINT, 1],
  uint32: [VARINT, 0xffff_ffff],
  uint64: [VARINT, Infinity],
  int64: [VARINT, Infinity],
  string: [LENGTH, 0],
  bytes: [LENGTH, 0],
};

/**
 * The table of a message and of all in it. Names are spelled out for every path, so that the check itself never
 * builds a string unless it refuses. Types must not contain themselves, and field numbers end at LAST_FIELD.
 */
export function wireTableOf(type: protobuf.Type, path = ''): WireTable {
  const fields: (WireField | undefined)[] = [];
  for (const field of type.fieldsArray) {
    if (field.id > LAST_FIELD)
      throw new Error(`${type.fullName}: field number ${field.id} is too large for the check`);
    fields[field.id] = wireFieldOf(field, path);
  }
  return { path, fields };
}

function wireFieldOf(field: protobuf.Field, parent: string): WireField {
  const path = parent === '' ? protoNameOf(field) : `${parent}.${protoNameOf(field)}`;
  // An optional scalar is a oneof of its own for protobufjs; only real ones exclude other fields.
  const inOneof = field.partOf !== null && field.partOf.oneof.length > 1;
  const common = { path, repeated: field.repeated, inOneof, max: Infinity, values: undefined };
  const type = field.resolvedType;
  if (type instanceof protobuf.Type) {
    return { ...common, wireType: LENGTH, message: wireTableOf(type, path) };
  }
  if (field.repeated && field.type !== 'string') throw new Error(`${path}: packed fields are not supported`);
  if (type !== null) {
    return { ...common, wireType: VARINT, values: new Set(Object.values(type.values)), message: undefined };
  }
  const scalar = scalars[field.type];
  if (scalar === undefined) throw new Error(`${path}: type ${field.type} is not supported`);
  return { ...common, wireType: scalar[0], max: scalar[1], message: undefined };
}
