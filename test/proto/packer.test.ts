import { expect } from 'chai';
import fc from 'fast-check';
import { GuardError } from '../../proto/guard.js';
import { bytesOf, Packer, sizeOf } from '../../proto/packer.js';
import { tagsOf } from '../../proto/tags.js';
import { END, Unpacker, Unusual } from '../../proto/unpacker.js';
import { v1 } from '../../proto/generated/emoney.js';

const ID = tagsOf(v1.TransactionId, { terminal: 'x', incarnation: 1, number: 1 });
const OPENED = tagsOf(v1.TransactionOpened, { id: {}, card: 'x', original: {} });
const integer = fc.oneof(
  fc.maxSafeNat(),
  fc.constantFrom(0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1),
);
const text = fc.string({ maxLength: 64, unit: 'grapheme' });

describe('packer', () => {
  it('writes what protobufjs writes, byte for byte', () => {
    fc.assert(
      fc.property(text, fc.nat(), integer, text, (terminal, incarnation, number, card) => {
        const to = new Packer();
        to.begin();
        for (const tag of [OPENED.id, OPENED.original]) {
          const id = to.open(tag);
          to.text(ID.terminal, terminal, 'terminal');
          to.uint(ID.incarnation, incarnation, 'incarnation');
          to.uint(ID.number, number, 'number');
          to.close(id);
          if (tag === OPENED.id) to.text(OPENED.card, card, 'card');
        }
        const id = { terminal, incarnation, number };
        const expected = v1.TransactionOpened.encode({ id, card, original: id }).finish();
        expect(Buffer.from(to.finish())).to.deep.equal(Buffer.from(expected));
      }),
    );
  });

  it('leaves room for a length of any size', () => {
    for (const size of [0, 1, 127, 128, 300, 16_383, 16_384, 70_000]) {
      const to = new Packer();
      to.begin(size + 100);
      const outer = to.open(OPENED.id);
      to.raw(ID.terminal, new Uint8Array(size).fill(0x61));
      to.close(outer);
      const read = v1.TransactionOpened.decode(to.finish());
      expect(read.id?.terminal ?? '').to.equal('a'.repeat(size));
    }
  });

  it('gives every message memory of its own', () => {
    const to = new Packer();
    const messages = Array.from({ length: 5_000 }, (_, number) => {
      to.begin();
      to.presentUint(ID.number, number, 'number');
      return to.finish();
    });
    for (const [number, bytes] of messages.entries()) {
      expect(Number(v1.TransactionId.decode(bytes).number)).to.equal(number);
    }
  });

  it('forgets a message that was broken off', () => {
    const to = new Packer();
    to.begin();
    to.text(ID.terminal, 'T1', 'terminal');
    expect(() => {
      to.uint(ID.number, -1, 'number');
    }).to.throw(GuardError, 'number: -1');
    to.begin();
    to.uint(ID.number, 7, 'number');
    const read = v1.TransactionId.decode(to.finish());
    expect([read.terminal, Number(read.number)]).to.deep.equal(['', 7]);
  });

  it('refuses what is no unsigned integer of 53 bits, and endless text', () => {
    const to = new Packer();
    for (const wrong of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      to.begin();
      expect(() => {
        to.uint(ID.number, wrong, 'number');
      }).to.throw(GuardError, 'number');
    }
    expect(() => {
      to.text(ID.terminal, 'x'.repeat(257), 'terminal');
    }).to.throw(GuardError, 'terminal');
  });

  it('knows sizes before it writes', () => {
    fc.assert(
      fc.property(integer, text, (value, words) => {
        const to = new Packer();
        to.begin();
        to.presentUint(ID.number, value, 'number');
        expect(to.finish().length).to.equal(1 + sizeOf(value));
        to.begin();
        to.presentText(ID.terminal, words, 'terminal');
        expect(to.finish().length).to.equal(1 + sizeOf(bytesOf(words)) + bytesOf(words));
      }),
    );
  });
});

describe('unpacker', () => {
  const from = new Unpacker();

  it('reads integers and ids', () => {
    const word = fc.string({ minLength: 1, maxLength: 64 }).filter((id) => id.trim() === id);
    fc.assert(
      fc.property(word, integer, (terminal, number) => {
        const bytes = v1.TransactionId.encode({ terminal, number }).finish();
        from.begin(bytes);
        expect(from.tag()).to.equal(ID.terminal);
        expect(from.id()).to.equal(terminal);
        if (number > 0) {
          expect(from.tag()).to.equal(ID.number);
          expect(from.uint()).to.equal(number);
        }
        expect(from.tag()).to.equal(END);
      }),
    );
  });

  it('takes two ids that share a place in its memory for two', () => {
    const ids = Array.from({ length: 60_000 }, (_, number) => `card-${number}`);
    for (const id of ids) {
      from.begin(v1.TransactionId.encode({ terminal: id }).finish());
      from.tag();
      expect(from.id()).to.equal(id);
    }
  });

  it('leaves to others what is cut off, too large, or no plain text', () => {
    const whole = v1.TransactionId.encode({ terminal: 'T1', incarnation: 300, number: 2 ** 40 }).finish();
    for (let length = 1; length < whole.length; length += 1) {
      from.begin(whole.subarray(0, length));
      expect(() => {
        for (let tag = from.tag(); tag !== END; tag = from.tag()) {
          if (tag === ID.terminal) from.id();
          else from.uint();
        }
        if (![4, 7].includes(length)) from.unusual();
      }).to.satisfy((read: () => void) => {
        try {
          read();
          return [4, 7].includes(length);
        } catch (error) {
          return error instanceof Unusual;
        }
      });
    }
    for (const terminal of ['', ' a', 'a ', 'ä', 'a\u0000', 'x'.repeat(65)]) {
      from.begin(Uint8Array.of(ID.terminal, Buffer.byteLength(terminal), ...Buffer.from(terminal)));
      from.tag();
      expect(() => from.id(), terminal).to.throw(Unusual);
    }
    from.begin(Uint8Array.of(ID.number, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1));
    from.tag();
    expect(() => from.uint()).to.throw(Unusual);
  });
});
