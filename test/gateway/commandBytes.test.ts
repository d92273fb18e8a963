import { expect } from 'chai';
import fc from 'fast-check';
import Long from 'long';
import { commandBytes } from '../../gateway/commandBytes.js';
import { v1 } from '../../proto/generated/emoney.js';
import { encodeMessage } from '../../proto/message.js';

const count = fc.oneof(fc.nat(), fc.maxSafeNat());
const text = fc.oneof(fc.constantFrom('', 'C1', 'kärtchen', 'x'.repeat(300), '\ud800'), fc.string());
const wide = fc.constantFrom(Long.MAX_VALUE, Long.fromNumber(-1), -1);
const id = fc.record({ terminal: text, incarnation: fc.nat(), number: count });

const transact: fc.Arbitrary<v1.Transact.$Properties> = fc.record({
  id,
  session: count,
  mark: count,
  kind: fc.constantFrom(v1.Kind.KIND_PURCHASE, v1.Kind.KIND_VOID),
  card: text,
  amount: fc.option(fc.oneof({ weight: 5, arbitrary: count }, wide), { nil: null }),
  currency: fc.constantFrom('', 'JPY'),
  terminalTimeMs: fc.option(fc.oneof({ weight: 5, arbitrary: count }, wide), { nil: null }),
  device: fc.constantFrom(0, 1, 2),
  partial: fc.boolean(),
  original: fc.option(id, { nil: null }),
  pinHash: fc.constantFrom(null, new Uint8Array(0), new Uint8Array(16)),
});

describe('the bytes of a command', () => {
  it('of a transaction: those that protobufjs writes', () => {
    fc.assert(
      fc.property(transact, (said) => {
        const command = { transact: said };
        expect(Buffer.from(commandBytes(command))).to.deep.equal(
          Buffer.from(encodeMessage(v1.Command, command)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('of an ordinary one: also', () => {
    const ordinary = transact.map((said): v1.Transact.$Properties => {
      return { ...said, card: 'C1', id: { ...said.id, terminal: 'T1' }, amount: 5, terminalTimeMs: 0 };
    });
    const none = { partial: false, original: null, pinHash: null };
    fc.assert(
      fc.property(ordinary, (said) => {
        const command = { transact: { ...said, ...none } };
        expect(Buffer.from(commandBytes(command))).to.deep.equal(
          Buffer.from(encodeMessage(v1.Command, command)),
        );
      }),
    );
  });

  it('of any other: those that protobufjs writes', () => {
    const command = { queryOutcome: { id: { terminal: 'T1', incarnation: 1, number: 1 }, session: 1 } };
    expect(Buffer.from(commandBytes(command))).to.deep.equal(Buffer.from(encodeMessage(v1.Command, command)));
  });
});
