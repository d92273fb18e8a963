import { expect } from 'chai';
import fc from 'fast-check';
import Long from 'long';
import { createCommandDecoder } from '../../../actors/registry/wire/commandCodec.js';
import { packAsk } from '../../../actors/registry/wire/hot/packing.js';
import { MalformedError } from '../../../actors/runtime/errors.js';
import type { Transact } from '../../../actors/terminal/transact.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { NOON, RIGHT_PIN } from '../money/samples.js';
import { anyAsked } from './arbitraries.js';

const id = { terminal: 'T1', incarnation: 1, number: 7 };
const purchase = v1.Kind.KIND_PURCHASE;
const deposit = v1.Kind.KIND_DEPOSIT;
const enquiry = v1.Kind.KIND_ENQUIRY;
const { PROHIBITION_REASON_LIMIT, PROHIBITION_REASON_OPERATOR } = v1.ProhibitionReason;
const wire = { id, session: 1, mark: 7, kind: purchase, card: 'C1', amount: 2_000, terminalTimeMs: NOON };

const decodeCommand = createCommandDecoder('JPY');

function decode(command: v1.Command.$Properties) {
  return decodeCommand(v1.Command.encode(command).finish());
}

function transact(change: v1.Transact.$Properties): Transact {
  const command = decode({ transact: { ...wire, ...change } });
  if (command.type !== 'Transact') throw new Error(command.type);
  return command;
}

describe('commands on the wire', () => {
  it('carry any 64-bit amount exactly: the rules decide', () => {
    for (const text of [
      '0',
      '-1',
      '999999999999',
      '1000000000000',
      '9223372036854775807',
      '-9223372036854775808',
    ]) {
      const { amount } = transact({ amount: Long.fromString(text) });
      expect(String(amount)).to.equal(text);
    }
  });

  it('have the same digest for the same content, and another for another', () => {
    const { digest } = transact({});
    expect(digest).to.be.within(1, 2 ** 48 - 1);
    const same = [{}, { currency: 'JPY' }, { currency: '' }, { session: 9 }, { mark: 1 }];
    for (const change of same) expect(transact(change).digest, JSON.stringify(change)).to.equal(digest);
    const others = [
      { kind: deposit },
      { card: 'C2' },
      { amount: 2_001 },
      { amount: -2_000 },
      { currency: 'USD' },
      { terminalTimeMs: NOON + 1 },
      { terminalTimeMs: null },
    ];
    for (const change of others) expect(transact(change).digest, JSON.stringify(change)).not.to.equal(digest);
  });

  it('ask exactly what a terminal asks', () => {
    const mode = fc.constantFrom('EXECUTE' as const, 'OUTCOME' as const, 'REVERSE' as const);
    fc.assert(
      fc.property(anyAsked, mode, fc.boolean(), (asked, asking, mayDefer) => {
        const bytes = packAsk({ mode: asking, asked, mayDefer, zone: 'A', pinHash: RIGHT_PIN });
        if (asked.kind === undefined && asking !== 'REVERSE') {
          expect(() => decodeCommand(bytes)).to.throw(MalformedError, /asked.kind/);
        } else {
          const expected = { type: 'Ask', mode: asking, asked, mayDefer, zone: 'A', pinHash: RIGHT_PIN };
          expect(decodeCommand(bytes)).to.deep.equal(expected);
        }
      }),
    );
  });

  describe('are refused, and the field is named', () => {
    const limit = { card: 'C1' };
    const refused: readonly [string, v1.Command.$Properties, RegExp][] = [
      ['no body', {}, /body/],
      ['a purchase without an amount', { transact: { ...wire, amount: null } }, /amount: is missing/],
      ['an enquiry with one', { transact: { ...wire, kind: enquiry } }, /amount: ENQUIRY has none/],
      ['no kind', { transact: { ...wire, kind: null } }, /kind/],
      ['no id', { transact: { ...wire, id: null } }, /id: is missing/],
      ['number 0', { transact: { ...wire, id: { ...id, number: 0 } } }, /id.number/],
      [
        'a number that no number holds',
        { transact: { ...wire, id: { ...id, number: Long.MAX_UNSIGNED_VALUE } } },
        /id.number/,
      ],
      ['incarnation 0', { transact: { ...wire, id: { ...id, incarnation: 0 } } }, /id.incarnation/],
      ['session 0', { transact: { ...wire, session: 0 } }, /session/],
      ['a card with a control character', { transact: { ...wire, card: 'C\n1' } }, /card/],
      ['a card of 65 characters', { transact: { ...wire, card: 'C'.repeat(65) } }, /card/],
      ['a time before 1970', { transact: { ...wire, terminalTimeMs: -1 } }, /terminal_time_ms/],
      ['no terms', { issueCard: { card: 'C1' } }, /terms: is missing/],
      ['a negative limit', { issueCard: { card: 'C1', terms: { limit: -1 } } }, /terms.limit/],
      ['a negative loan', { issueCard: { card: 'C1', terms: { loan: -1 } } }, /terms.loan/],
      [
        'an expiry date that is none',
        { issueCard: { card: 'C1', terms: { policy: { expiryDate: 20240000 } } } },
        /expiry_date/,
      ],
      ['a change without a limit', { changeLimit: limit }, /limit: is missing/],
      ['a change to a negative limit', { changeLimit: { ...limit, limit: -5 } }, /limit: -5/],
      [
        'a prohibition by limit',
        { changeProhibition: { card: 'C1', reason: PROHIBITION_REASON_LIMIT } },
        /reason: LIMIT/,
      ],
      [
        'a note of two lines',
        { changeProhibition: { card: 'C1', reason: PROHIBITION_REASON_OPERATOR, note: 'a\nb' } },
        /note/,
      ],
      ['no role', { registerTerminal: { terminal: 'T1' } }, /role/],
      ['no ids', { describeCards: {} }, /ids: is empty/],
      [
        '201 ids',
        { describeTotals: { terminals: Array.from({ length: 201 }, (_, n) => `T${n}`) } },
        /more than 200/,
      ],
      ['a list version that is missing', { holdList: { terminal: 'T1', session: 1 } }, /version: is missing/],
    ];
    for (const [what, command, message] of refused) {
      it(what, () => {
        expect(() => decode(command)).to.throw(MalformedError, message);
      });
    }

    it('a date that is in no calendar, by whatever command', () => {
      const named = { card: 'C1', reference: 'R1', note: 'n', date: 20260231 };
      const commands: v1.Command.$Properties[] = [
        { chargeInterest: { through: 20260231 } },
        { chargeInterest: { through: 20250229 } },
        { storeValue: { ...named, amount: 1 } },
        { issueCard: { card: 'C1', terms: { policy: { expiryDate: 20260231 } } } },
        { changePolicy: { card: 'C1', policy: { expiryDate: 20260431 } } },
        { adjustCard: { ...named, adjustment: { storedValue: 1 } } },
      ];
      for (const command of commands) {
        expect(() => decode(command)).to.throw(MalformedError, /is no date yyyymmdd/);
      }
      expect(decode({ chargeInterest: { through: 20240229 } })).to.have.property('through', 20240229);
    });

    it('an unknown kind', () => {
      const inner = v1.Transact.encode({ ...wire, kind: null })
        .uint32(32)
        .int32(99)
        .finish();
      const bytes = v1.Command.encode({}).uint32(18).bytes(inner).finish();
      expect(() => decodeCommand(bytes)).to.throw(MalformedError, /kind: 99/);
    });

    it('a field that is not known here, because it could change the meaning of the others', () => {
      const inner = v1.Transact.encode(wire).uint32(402).string('1234').finish();
      const bytes = v1.Command.encode({}).uint32(18).bytes(inner).finish();
      expect(() => decodeCommand(bytes)).to.throw(MalformedError, /body: has an unknown field/);
    });

    it('two commands in one', () => {
      const bytes = v1.Command.encode({
        activateCard: { card: 'C1' },
        describeCards: { cards: ['C1'] },
      }).finish();
      expect(() => decodeCommand(bytes)).to.throw(MalformedError, /followed by something else/);
    });

    it('random bytes, whatever they are, without any other error', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
          try {
            decodeCommand(bytes);
          } catch (error) {
            expect(error).to.be.instanceOf(MalformedError);
          }
        }),
        { numRuns: 2_000 },
      );
    });
  });

  it('name each id once, however often it was given', () => {
    const command = decode({ describeCards: { cards: ['C1', 'C2', 'C1'] } });
    expect(command).to.deep.equal({ type: 'DescribeCards', ids: ['C1', 'C2'], firstRow: 0 });
  });
});
