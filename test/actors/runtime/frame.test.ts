import { expect } from 'chai';
import fc from 'fast-check';
import { v1 } from '../../../proto/generated/emoney.js';
import { ChainReader } from '../../../actors/runtime/chain.js';
import { meaningOf } from '../../support/meaning.js';
import { JournalDamagedError } from '../../../actors/runtime/errors.js';
import {
  decodeFrame,
  encodeFrame,
  hashOf,
  type Frame,
  type FrameBody,
} from '../../../actors/runtime/frame.js';

const bytes = fc.uint8Array({ maxLength: 40 });
const genesisFields = {
  hashFunction: fc.string(),
  deployment: fc.string(),
  partition: fc.nat(),
  partitions: fc.nat(),
  rules: bytes,
};
const epochFields = {
  worker: fc.string(),
  writesFormat: fc.nat(),
  generation: fc.nat(),
  operatorOrder: fc.string(),
};
const body: fc.Arbitrary<FrameBody> = fc.oneof(
  fc.record({ kind: fc.constant('genesis' as const), ...genesisFields }),
  fc.record({ kind: fc.constant('epoch' as const), ...epochFields }),
  fc.record({
    kind: fc.constant('turns' as const),
    turns: fc.array(fc.record({ units: fc.array(fc.string()), events: fc.array(bytes) })),
  }),
  fc.record({ kind: fc.constant('released' as const), successor: fc.string() }),
  fc.record({ kind: fc.constant('sealed' as const), nextSegment: fc.nat() }),
  fc.record({
    kind: fc.constant('continued' as const),
    segment: fc.nat(),
    genesis: fc.record(genesisFields),
    genesisHash: bytes,
    epoch: fc.record(epochFields),
  }),
);
const frame: fc.Arbitrary<Frame> = fc.record({
  sequence: fc.maxSafeNat(),
  previousHash: bytes,
  epoch: fc.maxSafeNat(),
  time: fc.maxSafeNat(),
  body,
});

/** Buffers and Uint8Arrays of the same bytes are the same to us. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

function stored(
  sequence: number,
  content: Partial<Frame>,
): { sequence: number; bytes: Uint8Array; storedAt: number } {
  const whole: Frame = {
    sequence,
    previousHash: new Uint8Array(0),
    epoch: 0,
    time: 0,
    body: { kind: 'turns', turns: [] },
    ...content,
  };
  return { sequence, bytes: encodeFrame(whole), storedAt: 0 };
}

const genesis: FrameBody = {
  kind: 'genesis',
  hashFunction: 'fnv1a32',
  deployment: 'd',
  partition: 0,
  partitions: 1,
  rules: new Uint8Array(0),
};
const epochBody: FrameBody = {
  kind: 'epoch',
  worker: 'w',
  writesFormat: 1,
  generation: 1,
  operatorOrder: '',
};

describe('frame', () => {
  it('reads back every frame that it writes', () => {
    fc.assert(
      fc.property(frame, (original) => {
        expect(plain(decodeFrame(encodeFrame(original)))).to.deep.equal(plain(original));
      }),
    );
  });

  it('of turns, damaged anywhere: refused, or read as protobufjs reads it', () => {
    const turns = fc.array(
      fc.record({
        units: fc.array(fc.constantFrom('card/C1', 'visitor/T1', 'kärtchen/1', `card/${'9'.repeat(100)}`)),
        events: fc.array(bytes),
      }),
      { minLength: 1 },
    );
    const damage = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.boolean() });
    fc.assert(
      fc.property(frame, turns, fc.option(damage), (any, all, change) => {
        const written = encodeFrame({ ...any, body: { kind: 'turns', turns: all } });
        let copy = written.slice();
        if (change?.cut === true) copy = copy.subarray(0, change.at % copy.length);
        else if (change !== null) copy[change.at % copy.length] = change.byte;
        let read: Frame;
        try {
          read = decodeFrame(copy);
        } catch (error) {
          expect(error).to.be.instanceOf(JournalDamagedError);
          expect(change, 'what was written can be read').to.not.equal(null);
          return;
        }
        const [again, damaged] = [encodeFrame(read), copy].map((each) => meaningOf(v1.Frame.decode(each)));
        expect(again).to.deep.equal(damaged);
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuses bytes that are no frame, and formats that are newer than this version', () => {
    expect(() => decodeFrame(new Uint8Array([255, 255]))).to.throw(JournalDamagedError);
    expect(() => decodeFrame(new Uint8Array(0))).to.throw(JournalDamagedError, 'format 0');
    const newer = v1.Frame.encode({ format: 2, sequence: 1, turns: {} }).finish();
    expect(() => decodeFrame(newer)).to.throw(JournalDamagedError, 'upgrade this worker');
    const bodiless = v1.Frame.encode({ format: 1, sequence: 1 }).finish();
    expect(() => decodeFrame(bodiless)).to.throw(JournalDamagedError, 'without a body');
  });
});

describe('chain', () => {
  const first = stored(1, { body: genesis, time: 5 });
  const second = stored(2, { previousHash: hashOf(first.bytes), epoch: 2, time: 6, body: epochBody });

  function reader(): ChainReader {
    const chain = new ChainReader();
    chain.next(first);
    chain.next(second);
    return chain;
  }

  it('follows frames that carry the hash of the one before', () => {
    const chain = reader();
    chain.next(stored(3, { previousHash: hashOf(second.bytes), epoch: 2, time: 6 }));
    expect(chain.tip.sequence).to.equal(3);
  });

  it('stops at a frame with another hash, sequence, epoch or an earlier time', () => {
    const good = { previousHash: hashOf(second.bytes), epoch: 2, time: 6 };
    expect(() => reader().next(stored(3, { ...good, previousHash: hashOf(first.bytes) }))).to.throw('hash');
    expect(() => reader().next(stored(4, good))).to.throw('frame 3');
    expect(() => reader().next({ ...stored(3, good), sequence: 4 })).to.throw('stored as 4');
    expect(() => reader().next(stored(3, { ...good, epoch: 1 }))).to.throw('epoch 1');
    expect(() => reader().next(stored(3, { ...good, time: 5 }))).to.throw('older');
  });
});
