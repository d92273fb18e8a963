import { expect } from 'chai';
import fc from 'fast-check';
import { encodeAnswered } from '../../actors/registry/wire/replyCodec.js';
import type { Answered } from '../../actors/money/answer.js';
import { KINDS } from '../../actors/money/transaction.js';
import { binaryCodec } from '../../gateway/codec/binary.js';
import { passedReply } from '../../gateway/passedReply.js';
import { replyOf } from '../../gateway/reply.js';
import { v1 } from '../../proto/generated/emoney.js';
import { decodeMessage } from '../../proto/message.js';
import { anyAnswer, anyAsked } from '../actors/registry/arbitraries.js';
import { withUsualTexts } from '../actors/registry/usualTexts.js';
import { meaningOf } from '../support/meaning.js';

const NOON = Date.UTC(2024, 1, 29, 12);

const anyAnswered: fc.Arbitrary<Answered> = fc.record({
  id: anyAsked.map(({ id }) => ({ ...id, terminal: 'T1' })),
  kind: fc.option(fc.constantFrom(...KINDS), { nil: undefined }),
  card: fc.constantFrom('C1', 'card 2', 'kärtchen', ''),
  answer: fc.oneof(anyAnswer, anyAnswer.map(withUsualTexts)),
  terminalTime: fc.constant(NOON),
  log: fc.constant([]),
});

/** As a gateway answers that reads it. */
function read(request: number, reply: Uint8Array): Uint8Array {
  const { answered } = decodeMessage(v1.CommandReply, reply);
  if (answered == null) throw new Error('no answer');
  return binaryCodec.encode({ request, reply: replyOf(answered) }) as Uint8Array;
}

const request = fc.oneof(fc.nat(), fc.maxSafeNat());

describe('a reply that is passed on', () => {
  it('is the message that a gateway sends which has read it', () => {
    let passed = 0;
    fc.assert(
      fc.property(request, anyAnswered, (number, answered) => {
        const reply = encodeAnswered(answered);
        const found = passedReply(number, reply);
        if (found === undefined) return;
        passed += 1;
        expect(Buffer.from(found.bytes)).to.deep.equal(Buffer.from(read(number, reply)));
        expect(found.position).to.equal(answered.answer.position);
        expect(v1.Outcome[found.outcome]).to.equal(`OUTCOME_${answered.answer.outcome}`);
      }),
      { numRuns: 500 },
    );
    expect(passed, 'read too often').to.be.above(50);
  });

  it('is what most answers are: that of an approved purchase', () => {
    const balances = { storedValue: 900, loan: 0, limit: 5_000 };
    const answer = { outcome: v1.Outcome.OUTCOME_APPROVED, amount: 100, parts: { value: 100 }, balances };
    const id = { terminal: 'T1', incarnation: 1, number: 7 };
    const said = { id, kind: v1.Kind.KIND_PURCHASE, card: 'C1', terminalTimeMs: NOON };
    const whole = { ...said, answer: { ...answer, creditFlag: true, receiveTimeMs: NOON, position: 9 } };
    const reply = v1.CommandReply.encode({ answered: whole }).finish();
    const passed = passedReply(3, reply);
    expect(passed && Buffer.from(passed.bytes)).to.deep.equal(Buffer.from(read(3, reply)));
    // A field of number 0 does not end a message.
    const storedValue = Buffer.from(reply).indexOf(Buffer.of(0x08, 0x84, 0x07));
    const damaged = Buffer.from(reply);
    damaged[storedValue] = 0;
    expect(storedValue).to.be.above(0);
    expect(passedReply(3, damaged)).to.equal(undefined);
  });

  it('damaged: is read instead, or means what it means to who reads it', () => {
    const damage = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.boolean() });
    fc.assert(
      fc.property(anyAnswered, damage, (answered, { at, byte, cut }) => {
        const copy = encodeAnswered(answered).slice();
        copy[at % copy.length] = byte;
        const reply = cut ? copy.subarray(0, at % copy.length) : copy;
        const found = passedReply(1, reply);
        if (found === undefined) return;
        const [passed, expected] = [found.bytes, read(1, reply)].map((bytes) =>
          meaningOf(v1.ServerMessage.decode(bytes)),
        );
        expect(passed).to.deep.equal(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is no other reply, and none with the log of a card', () => {
    expect(passedReply(1, v1.CommandReply.encode({ acknowledged: { outcome: 1 } }).finish())).to.equal(
      undefined,
    );
    const answered = { id: { terminal: 'T1', incarnation: 1, number: 1 }, answer: { outcome: 1 }, log: [{}] };
    expect(passedReply(1, v1.CommandReply.encode({ answered }).finish())).to.equal(undefined);
  });
});
