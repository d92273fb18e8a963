import { expect } from 'chai';
import protobuf from 'protobufjs/minimal.js';
import { binaryCodec } from '../../../gateway/codec/binary.js';
import { MalformedMessageError, type Codec } from '../../../gateway/codec/codec.js';
import { jsonCodec } from '../../../gateway/codec/json.js';
import { clientMessageType } from '../../../gateway/codec/schema.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { badBinary, badJson, good, goodJson, type BadMessage } from './badMessages.js';

function refuses(codec: Codec, { name, data, problem, request }: BadMessage): void {
  it(`refuses ${name}`, () => {
    let refusal: unknown;
    try {
      codec.decode(data);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).to.be.instanceOf(MalformedMessageError);
    expect((refusal as MalformedMessageError).message).to.match(problem);
    expect((refusal as MalformedMessageError).message, "no library's names").not.to.match(/emoney\.v1|oneof/);
    expect(Number((refusal as MalformedMessageError).request)).to.equal(request);
  });
}

const names = {
  terminal: 'T1',
  card: 'C1',
};

describe('gateway codec: emoney.v1.protobuf', () => {
  it('takes a good message', () => {
    const { purchase } = binaryCodec.decode(good);
    expect(purchase).to.include(names);
    expect(String(purchase?.amount)).to.equal('500');
  });

  it('takes every body of the protocol, whatever its number, beside a request number', () => {
    const bodies = clientMessageType.oneofsArray[0]!.fieldsArray;
    expect(Math.max(...bodies.map(({ id }) => id))).to.be.above(31);
    for (const { id, name } of bodies) {
      const bytes = protobuf.Writer.create().uint32(8).uint32(5);
      bytes
        .uint32(id * 8 + 2)
        .fork()
        .ldelim();
      const message = binaryCodec.decode(Buffer.from(bytes.finish()));
      expect(message.body, name).to.equal(name);
      expect(Number(message.request)).to.equal(5);
    }
  });

  it('takes repeated fields as often as they come', () => {
    const zones = ['A', 'B', 'C'];
    const changePolicy = { card: 'C1', policy: { zones, hours: [{ days: 1 }, { days: 2 }] } };
    const bytes = Buffer.from(v1.ClientMessage.encode({ changePolicy }).finish());
    const { policy } = binaryCodec.decode(bytes).changePolicy!;
    expect(policy?.zones).to.deep.equal(zones);
    expect(policy?.hours?.map(({ days }) => days)).to.deep.equal([1, 2]);
  });

  for (const amount of ['9223372036854775807', '-9223372036854775808', '-1', '0']) {
    it(`takes the amount ${amount}: the rules decide`, () => {
      const { purchase } = jsonCodec.decode(Buffer.from(goodJson.replace('"500"', `"${amount}"`)));
      const bytes = Buffer.from(v1.ClientMessage.encode({ purchase: purchase! }).finish());
      expect(String(binaryCodec.decode(bytes).purchase?.amount)).to.equal(amount);
    });
  }

  for (const message of badBinary) refuses(binaryCodec, message);

  it('refuses every good message that breaks off, wherever', () => {
    // Cut within the body; before it there is no body at all.
    for (let length = 0; length < good.length; length += 1) {
      expect(() => binaryCodec.decode(good.subarray(0, length)), `${length} bytes`).to.throw(
        MalformedMessageError,
      );
    }
  });
});

describe('gateway codec: emoney.v1.json', () => {
  it('takes a good message, under both spellings of a name, and integers as strings or numbers', () => {
    const spelled =
      '{"request":5,"purchase":{"terminal":"T1","card":"C1","amount":500,"terminal_time_ms":"7"}}';
    const { purchase } = jsonCodec.decode(Buffer.from(spelled));
    expect(purchase).to.include(names);
    expect(String(purchase?.amount)).to.equal('500');
    expect(String(purchase?.terminalTimeMs)).to.equal('7');
    expect(jsonCodec.decode(Buffer.from(goodJson)).purchase).to.include(names);
  });

  it('reads an amount of 0 as present, and null as absent', () => {
    const zero = jsonCodec.decode(Buffer.from('{"purchase":{"amount":0,"number":null}}'));
    expect(zero.purchase!.amount).to.equal(0);
    expect(zero.purchase!.number).to.equal(null);
  });

  for (const message of badJson) refuses(jsonCodec, message);

  it('writes 64-bit integers as strings and enums by name', () => {
    const reply = { outcome: v1.Outcome.OUTCOME_APPROVED, amount: 500, available: 9_007_199_254_740_991 };
    const text = jsonCodec.encode(v1.ServerMessage.create({ request: 5, reply }));
    expect(JSON.parse(text as string)).to.deep.equal({
      request: '5',
      reply: { outcome: 'OUTCOME_APPROVED', amount: '500', available: '9007199254740991' },
    });
  });
});
