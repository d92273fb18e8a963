import { expect } from 'chai';
import Long from 'long';
import protobuf from 'protobufjs/light.js';
import { v1 } from '../../proto/generated/emoney.js';
import { decodeMessage, encodeMessage } from '../../proto/message.js';
import { typeOf } from '../gateway/plain.js';

type Decodable = Parameters<typeof decodeMessage<Record<string, unknown>>>[0];

const hello = { terminal: 't', source: '', token: '' };

/** As protobufjs does it by itself. */
const plain = (message: v1.ClientMessage.$Properties): Uint8Array =>
  v1.ClientMessage.encode(message).finish();

describe('proto: messages', () => {
  it('a message has the bytes that protobufjs gives it, whatever was encoded before', () => {
    const messages: readonly v1.ClientMessage.$Properties[] = [
      { request: 1, hello },
      { request: 2, describeCenter: {} },
      { outcome: { terminal: '', number: 7 } },
      { request: 3 },
      {},
    ];
    for (const message of [...messages, ...[...messages].reverse()]) {
      expect(Buffer.from(encodeMessage(v1.ClientMessage, message))).to.deep.equal(
        Buffer.from(plain(message)),
      );
    }
  });

  it('what was decoded is encoded again, unknown fields included', () => {
    const unknown = new Uint8Array([0xf8, 0x7f, 5]);
    const bytes = new Uint8Array([...plain({ request: 1, hello }), ...unknown]);
    const message = decodeMessage(v1.ClientMessage, bytes);
    expect(message.body).to.equal('hello');
    expect(Buffer.from(encodeMessage(v1.ClientMessage, message))).to.deep.equal(Buffer.from(bytes));
    expect(encodeMessage(v1.ClientMessage, {})).to.have.length(0);
  });

  it('every message has all of its fields, whatever its bytes hold: what is absent is at its default', () => {
    const types = Object.entries(v1 as unknown as Readonly<Record<string, Decodable>>).filter(
      ([, type]) => typeof type.decode === 'function',
    );
    expect(types).to.have.length.above(200);
    for (const [name, type] of types) {
      const { fieldsArray, oneofsArray } = typeOf(name);
      const oneofs = oneofsArray.filter((oneof) => !oneof.name.startsWith('_'));
      const message = decodeMessage(type, new Uint8Array(0));
      expect(Object.keys(message), name).to.have.members(
        [...fieldsArray, ...oneofs].map((each) => each.name),
      );
      for (const { name: field, repeated, partOf, defaultValue, resolvedType } of fieldsArray) {
        const value: unknown = message[field];
        if (repeated || defaultValue instanceof Array) expect(value, `${name}.${field}`).to.have.length(0);
        else if (partOf !== null || resolvedType instanceof protobuf.Type) expect(value).to.equal(null);
        else expect(value, `${name}.${field}`).to.equal(Long.isLong(defaultValue) ? 0 : defaultValue);
      }
    }
  });

  it('a default that was written out is the default, and of an optional field it is there', () => {
    const version = decodeMessage(v1.ListVersion, new Uint8Array([8, 0, 16, 3, 16, 0]));
    expect(version).to.deep.equal(decodeMessage(v1.ListVersion, new Uint8Array(0)));
    const reply = decodeMessage(v1.Reply, encodeMessage(v1.Reply, { triesLeft: 0 }));
    expect(reply.triesLeft).to.equal(0);
    expect(decodeMessage(v1.Reply, new Uint8Array(0)).triesLeft).to.equal(null);
  });

  it('of two members of a oneof the last one is there', () => {
    const bytes = Buffer.concat([
      plain({ request: 1, hello }),
      plain({ describeCenter: {} }),
      plain({ hello }),
    ]);
    for (const [end, body] of [
      [bytes.length, 'hello'],
      [bytes.length - plain({ hello }).length, 'describeCenter'],
    ] as const) {
      const message = decodeMessage(v1.ClientMessage, bytes.subarray(0, end));
      expect(message.body).to.equal(body);
      const there = (['hello', 'describeCenter'] as const).filter((member) => message[member] !== null);
      expect(there).to.deep.equal([body]);
    }
  });

  it('nothing of a message that cannot be encoded is left in the next one', () => {
    const outcome = {
      get number(): number {
        throw new Error('broken');
      },
      terminal: '',
    };
    expect(() => encodeMessage(v1.ClientMessage, { request: 1, outcome })).to.throw('broken');
    expect(Buffer.from(encodeMessage(v1.ClientMessage, { hello }))).to.deep.equal(
      Buffer.from(plain({ hello })),
    );
  });
});
