import { expect } from 'chai';
import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import type { Answered } from '../../../actors/money/answer.js';
import { KINDS } from '../../../actors/money/transaction.js';
import { isFrequent, packAnswered, packAsk, packEvent } from '../../../actors/registry/wire/hot/packing.js';
import {
  unpackAnswered,
  unpackAsk,
  unpackEvent,
  unpackTransact,
} from '../../../actors/registry/wire/hot/unpacking.js';
import type { Event } from '../../../actors/registry/event.js';
import { MalformedError } from '../../../actors/runtime/errors.js';
import { createCommandDecoder } from '../../../actors/registry/wire/commandCodec.js';
import { decodeEvent, encodeEvent } from '../../../actors/registry/wire/eventCodec.js';
import { encodeAnswer, encodeId } from '../../../actors/registry/wire/moneyCodec.js';
import { kinds, optionalToWire } from '../../../actors/registry/wire/vocabulary.js';
import type { TerminalAsk } from '../../../actors/terminal/decision.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { meaningOf } from '../../support/meaning.js';
import { NOON, RIGHT_PIN } from '../money/samples.js';
import { anyAnswer, anyAsked, anyEvent } from './arbitraries.js';
import { withUsualTexts } from './usualTexts.js';

const frequent = [
  'TransactionOpened',
  'TransactionClosed',
  'ReversalOpened',
  'ReversalClosed',
  'CardMoved',
  'CardDeclined',
  'CardReversed',
  'RecordMoved',
  'RecordDeclined',
  'RecordReversed',
] as const;

const anyAsk: fc.Arbitrary<TerminalAsk> = fc.record({
  mode: fc.constantFrom('EXECUTE', 'OUTCOME', 'REVERSE'),
  asked: anyAsked,
  mayDefer: fc.boolean(),
  zone: fc.constantFrom('', 'A'),
  pinHash: fc.constantFrom('', RIGHT_PIN),
  towards: fc.constant(0),
});

const anyAnswered: fc.Arbitrary<Answered> = fc.record({
  id: anyAsked.map(({ id }) => id),
  kind: fc.option(fc.constantFrom(...KINDS), { nil: undefined }),
  card: fc.constantFrom('C1', 'card 2', 'kärtchen'),
  answer: anyAnswer,
  terminalTime: fc.constant(NOON),
  log: fc.constant([]),
});

const anyId = fc
  .constantFrom('T1', 'terminal 2')
  .map((terminal) => ({ terminal, incarnation: 1, number: 7 }));

/** Some are wrong: an original where there is none, no amount where there must be one. */
const anyTransact: fc.Arbitrary<v1.Transact.$Properties> = fc.record({
  id: anyId,
  session: rarely(0, 1),
  mark: fc.nat(),
  kind: rarely(v1.Kind.KIND_STORE, v1.Kind.KIND_PURCHASE, v1.Kind.KIND_REFUND, v1.Kind.KIND_VOID),
  card: fc.constantFrom('C1', 'card 2'),
  amount: fc.option(fc.nat(), { nil: null, freq: 10 }),
  currency: fc.constantFrom('', 'JPY', 'EUR'),
  terminalTimeMs: fc.option(fc.constant(NOON), { nil: null }),
  device: fc.constantFrom(0, 1, 2),
  partial: fc.boolean(),
  original: fc.option(anyId, { nil: null }),
  pinHash: rarely(new Uint8Array(3), null, Buffer.from(RIGHT_PIN, 'hex')),
});

/** `rare` once in ten times. */
function rarely<Value>(rare: Value, ...others: Value[]): fc.Arbitrary<Value> {
  return fc.oneof(fc.constant(rare), { weight: 9, arbitrary: fc.constantFrom(...others) });
}

function varint(value: number): Uint8Array {
  return protobuf.Writer.create().uint32(value).finish();
}

/** One byte is another, or the end is missing. */
const damage = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.boolean() });

function damaged(bytes: Uint8Array, { at, byte, cut }: { at: number; byte: number; cut: boolean }) {
  const copy = bytes.slice();
  if (cut) return copy.subarray(0, at % copy.length);
  copy[at % copy.length] = byte;
  return copy;
}

function rewritten<Message>(
  type: { decode(bytes: Uint8Array): Message; encode(message: Message): { finish(): Uint8Array } },
  bytes: Uint8Array,
): Buffer {
  return Buffer.from(type.encode(type.decode(bytes)).finish());
}

/** Written differently, but of one meaning. */
function expectSame(type: { decode(bytes: Uint8Array): unknown }, one: Uint8Array, other: Uint8Array): void {
  const [left, right] = [one, other].map((bytes) => withoutFirstDevice(meaningOf(type.decode(bytes))));
  expect(left).to.deep.equal(right);
}

/** The first device of a card need not be named. */
function withoutFirstDevice(meaning: unknown): unknown {
  if (typeof meaning !== 'object' || meaning === null) return meaning;
  const members = Object.entries(meaning).filter(([name, member]) => name !== 'device' || member !== '1');
  return Object.fromEntries(members.map(([name, member]) => [name, withoutFirstDevice(member)]));
}

describe('frequent messages', () => {
  for (const type of frequent) {
    it(`${type}: the bytes that protobufjs writes`, () => {
      fc.assert(
        fc.property(anyEvent(type), (event) => {
          if (!isFrequent(event)) throw new Error(event.type);
          const bytes = packEvent(event);
          expect(Buffer.from(bytes)).to.deep.equal(rewritten(v1.Event, bytes));
        }),
      );
    });
  }

  for (const type of frequent) {
    it(`${type}: read as it was written`, () => {
      let quick = 0;
      fc.assert(
        fc.property(anyEvent(type), (event) => {
          const usual = withUsualTexts(event);
          if (!isFrequent(usual)) throw new Error(event.type);
          const read = unpackEvent(packEvent(usual));
          if (read === undefined) return;
          quick += 1;
          expect(read).to.deep.equal(usual);
        }),
      );
      expect(quick, 'left to protobufjs too often').to.be.above(50);
    });
  }

  for (const type of ['CardIssued', 'RecordOpened'] as const) {
    it(`${type}: read as it was written, its terms shared with those before it`, () => {
      let quick = 0;
      fc.assert(
        fc.property(anyEvent(type), (any) => {
          const event = { ...any, card: 'C1' } as Event;
          const bytes = encodeEvent(event);
          const [first, second] = [unpackEvent(bytes), unpackEvent(bytes.slice())];
          expect(second).to.deep.equal(first);
          if (first?.type !== type || second?.type !== type) return;
          quick += 1;
          expect(second.terms).to.equal(first.terms);
          expect(first).to.deep.equal(event);
        }),
      );
      expect(quick, 'left to protobufjs too often').to.be.above(50);
    });
  }

  it('an event that is damaged: left to protobufjs, or read as protobufjs reads it', () => {
    const read = [...frequent, 'CardIssued', 'RecordOpened'] as const;
    const anyRead: fc.Arbitrary<Event> = fc.oneof(...read.map((type) => anyEvent(type)));
    fc.assert(
      fc.property(anyRead, damage, (event, change) => {
        const bytes = damaged(encodeEvent(event), change);
        const found = unpackEvent(bytes);
        if (found === undefined) return;
        // Through the same writer: what is 0 may mean a default, which is written.
        const expected = encodeEvent(decodeEvent(rewritten(v1.Event, bytes)));
        expect(Buffer.from(encodeEvent(found))).to.deep.equal(Buffer.from(expected));
      }),
      { numRuns: 2_000 },
    );
  });

  it('events of other kinds are left to protobufjs', () => {
    const bytes = v1.Event.encode({ cardActivated: { card: 'C1' } }).finish();
    expect(unpackEvent(bytes)).to.equal(undefined);
    expect(decodeEvent(bytes)).to.deep.equal({ type: 'CardActivated', card: 'C1' });
  });

  it('an ask: the bytes that protobufjs writes', () => {
    fc.assert(
      fc.property(anyAsk, (ask) => {
        const bytes = packAsk(ask);
        expect(Buffer.from(bytes)).to.deep.equal(rewritten(v1.Command, bytes));
      }),
    );
  });

  it('an answer: the bytes that protobufjs writes', () => {
    fc.assert(
      fc.property(anyAnswered, (answered) => {
        const { id, kind, card, answer, terminalTime } = answered;
        const wire: v1.Answered.$Properties = {
          id: encodeId(id),
          kind: optionalToWire(kinds, kind),
          card,
          answer: encodeAnswer(answer),
          terminalTimeMs: terminalTime,
        };
        const expected = v1.CommandReply.encode({ answered: wire }).finish();
        const packed = packAnswered(answered);
        if (packed === undefined) throw new Error('not packed');
        expect(Buffer.from(packed)).to.deep.equal(Buffer.from(expected));
      }),
    );
  });

  it('a transaction is read without protobufjs, and as with it', () => {
    const decode = createCommandDecoder('JPY');
    let quick = 0;
    fc.assert(
      fc.property(anyTransact, (said) => {
        const { id, ...rest } = said;
        const read = unpackTransact(v1.Command.encode({ transact: said }).finish(), 'JPY');
        // Not in the order of the fields' numbers: left to protobufjs.
        const parts = [v1.Transact.encode(rest).finish(), v1.Transact.encode({ id: id ?? null }).finish()];
        const body = Buffer.concat(parts);
        const slow = Buffer.concat([Buffer.from([0x12]), varint(body.length), body]);
        expect(unpackTransact(slow, 'JPY')).to.equal(undefined);
        if (read === undefined) {
          expect(() => decode(slow)).to.throw(MalformedError);
          return;
        }
        quick += 1;
        expect(decode(slow)).to.deep.equal(read);
      }),
      { numRuns: 500 },
    );
    expect(quick, 'left to protobufjs too often').to.be.above(80);
  });

  it('damaged: left to protobufjs, or read as protobufjs reads it', () => {
    fc.assert(
      fc.property(anyAsk, anyAnswered, damage, (ask, answered, change) => {
        const asked = damaged(packAsk(ask), change);
        const read = unpackAsk(asked);
        if (read !== undefined) {
          const again = packAsk({ ...read, pinHash: read.pinHash ?? '' });
          expectSame(v1.Command, again, asked);
        }
        const packed = packAnswered(answered);
        if (packed === undefined) throw new Error('not packed');
        const reply = damaged(packed, change);
        const told = unpackAnswered(reply);
        if (told === undefined) return;
        expectSame(v1.CommandReply, packAnswered(told) ?? new Uint8Array(0), reply);
      }),
      { numRuns: 2_000 },
    );
  });
});
