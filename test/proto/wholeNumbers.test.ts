import { expect } from 'chai';
import fc from 'fast-check';
import Long from 'long';
import protobuf from 'protobufjs/minimal.js';
import { WholeReader, WholeWriter } from '../../proto/wholeNumbers.js';

/** Of every length on the wire, and at the edges where a number ends to be exact, or an integer to be positive. */
const anyInteger = fc.oneof(
  fc.bigInt({ min: 0n, max: 300n }),
  fc.bigInt({ min: 2n ** 31n - 2n, max: 2n ** 32n + 2n }),
  fc.bigInt({ min: 2n ** 49n - 2n, max: 2n ** 49n + 2n }),
  fc.bigInt({ min: 2n ** 53n - 2n, max: 2n ** 53n + 2n }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
);

const asLong = (value: bigint): Long => Long.fromString(BigInt.asIntN(64, value).toString());
const asInput = (value: bigint): number | Long =>
  value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : asLong(value);

describe('whole numbers on the wire', () => {
  it('writes the bytes that protobufjs writes', () => {
    fc.assert(
      fc.property(fc.array(anyInteger, { maxLength: 5 }), fc.boolean(), (values, signed) => {
        const [ours, theirs] = [new WholeWriter(), protobuf.Writer.create()];
        for (const value of values.map(asInput)) {
          if (signed) ours.int64(value).bool(true);
          else ours.uint64(value).bool(true);
          if (signed) theirs.int64(value).bool(true);
          else theirs.uint64(value).bool(true);
        }
        expect(Buffer.from(ours.finish())).to.deep.equal(Buffer.from(theirs.finish()));
      }),
    );
  });

  it('writes also what is no whole number as protobufjs does: guards are elsewhere', () => {
    for (const value of [1.5, -1, -0, Number.NaN, 2 ** 53, '17']) {
      const bytes = new WholeWriter().uint64(value).finish();
      expect(Buffer.from(bytes), String(value)).to.deep.equal(
        Buffer.from(protobuf.Writer.create().uint64(value).finish()),
      );
    }
  });

  it('reads what was written, as a number where that is exact', () => {
    fc.assert(
      fc.property(fc.array(anyInteger, { maxLength: 5 }), fc.boolean(), (values, signed) => {
        const writer = protobuf.Writer.create();
        for (const value of values) writer.uint64(asLong(value)).bool(true);
        const reader = new WholeReader(writer.finish());
        for (const value of values) {
          const read: unknown = signed ? reader.int64() : reader.uint64();
          const expected = signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
          expect(BigInt(String(read))).to.equal(expected);
          if (expected >= 0n && expected < 2n ** 49n) expect(read).to.be.a('number');
          expect(reader.bool()).to.equal(true);
        }
        expect(reader.pos).to.equal(reader.len);
      }),
    );
  });

  it('refuses what ends in the middle, and what has no end, as protobufjs does', () => {
    expect(() => new WholeReader(Uint8Array.of(0x80)).uint64()).to.throw(RangeError, /out of range/);
    expect(() => new WholeReader(new Uint8Array(11).fill(0xff)).uint64()).to.throw(/invalid varint/);
  });
});
