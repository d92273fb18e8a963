import { expect } from 'chai';
import fc from 'fast-check';
import { Arena, ArenaReader } from '../../../actors/history/arena.js';

describe('an arena', () => {
  it('gives back what was added, in its order, however much it is', () => {
    const integer = fc.oneof(
      fc.nat(),
      fc.maxSafeNat(),
      fc.constantFrom(0, 127, 128, 2 ** 31, 2 ** 32, 2 ** 53 - 1),
    );
    const piece = fc.oneof(
      integer,
      fc.uint8Array({ maxLength: 300 }),
      fc.constant(new Uint8Array(100_000).fill(7)),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const arena = new Arena();
        for (const each of pieces) {
          if (typeof each === 'number') arena.uint(each);
          else arena.bytes(each);
        }
        const reader = new ArenaReader(Buffer.from(arena.view(0)));
        for (const each of pieces) {
          if (typeof each === 'number') expect(reader.uint()).to.equal(each);
          else expect(Buffer.compare(reader.bytes(), each)).to.equal(0);
        }
        expect(reader.ended).to.equal(true);
      }),
    );
  });

  it('puts pieces together again behind what there is, and forgets what is cut', () => {
    const arena = new Arena();
    arena.latin1('ab');
    const end = arena.length;
    arena.bytes(Uint8Array.of(0xe9));
    const row = arena.length;
    arena.again(end, row);
    arena.again(0, end);
    expect([...arena.view(row)]).to.deep.equal([1, 0xe9, 2, 0x61, 0x62]);
    arena.cut(end);
    arena.latin1('\u00e9');
    expect([...arena.view(0)]).to.deep.equal([2, 0x61, 0x62, 1, 0xe9]);
  });

  it('goes on after it was very large', () => {
    const arena = new Arena();
    for (let i = 0; i < 200; i += 1) arena.bytes(new Uint8Array(100_000));
    arena.cut(0);
    arena.uint(5);
    expect([...arena.view(0)]).to.deep.equal([5]);
  });

  it('does not read beyond its end', () => {
    expect(() => new ArenaReader(Buffer.of(2, 1)).bytes()).to.throw(RangeError);
    expect(() => new ArenaReader(Buffer.of(0x80)).uint()).to.throw(RangeError);
  });
});
