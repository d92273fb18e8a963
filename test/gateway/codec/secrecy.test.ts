import { expect } from 'chai';
import protobuf from 'protobufjs/light.js';
import { binaryCodec } from '../../../gateway/codec/binary.js';
import { MalformedMessageError, type Codec } from '../../../gateway/codec/codec.js';
import { jsonCodec } from '../../../gateway/codec/json.js';
import { clientMessageType } from '../../../gateway/codec/schema.js';

const PIN = '470815';

/** Where a value may stand, from the outermost message. */
type Path = readonly protobuf.Field[];

function pathsOf(type: protobuf.Type, before: Path = []): Path[] {
  return type.fieldsArray.flatMap((field) => {
    const path = [...before, field];
    const inner = field.resolve().resolvedType;
    return inner instanceof protobuf.Type ? [path, ...pathsOf(inner, path)] : [path];
  });
}

/** Texts of a PIN in each type that JSON has, right and wrong. */
const jsonValues = [
  PIN,
  `"${PIN}"`,
  `"${PIN}x"`,
  `"${PIN}\\ud800"`,
  `-${PIN}`,
  `${PIN}.5`,
  `${PIN}000000000000000000`,
  `"${PIN}000000000000000000"`,
  `[${PIN}]`,
  `["${PIN}"]`,
  `[["${PIN}"]]`,
  `{"x":"${PIN}"}`,
  `"${PIN}`,
];

function jsonAt(path: Path, value: string): Buffer {
  let text = value;
  for (const field of [...path].reverse()) {
    text = `{"${field.name}":${field.repeated && field !== path.at(-1) ? `[${text}]` : text}}`;
  }
  return Buffer.from(text);
}

/** The bytes of a PIN under each wire type, right and wrong. */
const binaryValues: readonly ((writer: protobuf.Writer, id: number) => protobuf.Writer)[] = [
  (writer, id) => writer.uint32(id * 8).uint64(Number(PIN)),
  (writer, id) => writer.uint32(id * 8).uint64(`${PIN}000000000000`),
  (writer, id) => writer.uint32(id * 8 + 1).fixed64(Number(PIN)),
  (writer, id) => writer.uint32(id * 8 + 2).string(PIN),
  (writer, id) => writer.uint32(id * 8 + 2).bytes(Buffer.from(`${PIN}\xff`, 'latin1')),
  (writer, id) =>
    writer
      .uint32(id * 8 + 2)
      .string(PIN)
      .uint32(id * 8 + 2)
      .string(PIN),
  (writer, id) => writer.uint32(id * 8 + 5).fixed32(Number(PIN)),
];

function binaryAt(path: Path, write: (typeof binaryValues)[number]): Buffer {
  const last = path.at(-1)!;
  let bytes = write(protobuf.Writer.create(), last.id).finish();
  for (const field of path.slice(0, -1).reverse()) {
    bytes = protobuf.Writer.create()
      .uint32(field.id * 8 + 2)
      .bytes(bytes)
      .finish();
  }
  return Buffer.from(bytes);
}

/** Returns whether the message was refused. */
function refusedInSilence(codec: Codec, data: Buffer, path: Path): boolean {
  try {
    codec.decode(data);
    return false;
  } catch (error) {
    expect(error).to.be.instanceOf(MalformedMessageError);
    const { message, stack, cause } = error as MalformedMessageError;
    const where = path.map(({ name }) => name).join('.');
    expect(`${message} ${stack ?? ''} ${String(cause)}`, where).to.not.contain(PIN);
    return true;
  }
}

describe('gateway codec: a PIN in any place, of any type, is in no error', () => {
  const paths = pathsOf(clientMessageType);

  it('emoney.v1.json', () => {
    let refused = 0;
    for (const path of paths) {
      for (const value of jsonValues)
        if (refusedInSilence(jsonCodec, jsonAt(path, value), path)) refused += 1;
    }
    expect(refused).to.be.above(paths.length * 5);
  });

  it('emoney.v1.protobuf', () => {
    let refused = 0;
    for (const path of paths) {
      for (const write of binaryValues) {
        if (refusedInSilence(binaryCodec, binaryAt(path, write), path)) refused += 1;
      }
    }
    expect(refused).to.be.above(paths.length * 3);
  });
});
