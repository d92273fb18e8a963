import { expect } from 'chai';
import fc from 'fast-check';
import Long from 'long';
import type { Event } from '../../../actors/registry/event.js';
import { decodeEvent, encodeEvent } from '../../../actors/registry/wire/eventCodec.js';
import { MalformedError } from '../../../actors/runtime/errors.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { askedOf, C1, NOON } from '../money/samples.js';
import { anyEvent, eventTypes } from './arbitraries.js';

describe('events on the wire', () => {
  for (const type of eventTypes) {
    it(`${type}: is read exactly as it was written`, () => {
      fc.assert(
        fc.property(anyEvent(type), (event) => {
          expect(decodeEvent(encodeEvent(event))).to.deep.equal(event);
        }),
        { numRuns: 60 },
      );
    });
  }

  it('has every event of the protocol', () => {
    const event = v1.Event.create();
    const bodies = Object.keys(Object.getPrototypeOf(event) as object).filter((name) => name !== 'body');
    const names = bodies.filter((name) => /^[a-z]/.test(name));
    expect(eventTypes.map((type) => type[0]!.toLowerCase() + type.slice(1))).to.have.members(names);
  });

  describe('refuses to write what protobuf would change silently', () => {
    const issued: Event = { type: 'CardIssued', card: 'C1', terms: C1, time: NOON };
    for (const limit of [NaN, 1.5, -1, 2 ** 53, Infinity]) {
      it(`a limit of ${limit}`, () => {
        expect(() => encodeEvent({ ...issued, terms: { ...C1, limit } })).to.throw(/terms.limit/);
      });
    }

    it('an incarnation of more than 32 bits', () => {
      const asked = askedOf({ oldestIncarnation: 2 ** 32 });
      const event: Event = { type: 'RecordDeclined', asked, outcome: 'CREDIT_LIMIT', receiveTime: NOON };
      expect(() => encodeEvent(event)).to.throw(/oldest_incarnation/);
    });

    it('and goes on with the next event as if nothing had been', () => {
      const broken: Event = { ...issued, terms: { ...C1, limit: -1 } };
      expect(() => encodeEvent(broken)).to.throw();
      expect(decodeEvent(encodeEvent(issued))).to.deep.equal(issued);
      expect(decodeEvent(encodeEvent(issued))).to.deep.equal(issued);
    });
  });

  describe('refuses to read, and names the field', () => {
    const declined = (asked: object, outcome: v1.Outcome = v1.Outcome.OUTCOME_CREDIT_LIMIT) =>
      v1.Event.encode({
        recordDeclined: { asked: { ...wireAsked, ...asked }, outcome, receiveTimeMs: NOON },
      }).finish();
    const wireAsked = {
      id: { terminal: 'T1', incarnation: 1, number: 1 },
      card: 'C1',
      kind: v1.Kind.KIND_PURCHASE,
      amount: 2_000,
      batch: 1,
      businessDate: 20240229,
      terminalTimeMs: NOON,
    };
    const refused: readonly [string, Uint8Array, RegExp][] = [
      ['nothing', new Uint8Array(0), /body/],
      ['what is no protobuf', Uint8Array.of(0xff, 0xff, 0xff), /unreadable/],
      [
        'an unknown event',
        v1.Event.encode({}).uint32(802).string('later').finish(),
        /body: is missing or unknown/,
      ],
      ['an unknown field in an event', extended(), /unknown field/],
      ['an unknown outcome', unknownOutcome(), /outcome: 999/],
      ['a missing outcome', declined({}, v1.Outcome.OUTCOME_UNSPECIFIED), /outcome: 0/],
      ['a missing id', declined({ id: null }), /asked.id: is missing/],
      ['a number of 0', declined({ id: { terminal: 'T1', incarnation: 1 } }), /id.number/],
      ['a missing card', declined({ card: '' }), /asked.card: is missing/],
      ['a negative amount', declined({ amount: -1 }), /asked.amount: -1 is negative/],
      [
        'an amount that no number holds',
        declined({ amount: Long.MAX_VALUE }),
        /asked.amount.*not a safe integer/,
      ],
      ['a business date that is none', declined({ businessDate: 20241301 }), /business_date/],
      ['a time after the year 9999', declined({ terminalTimeMs: 2 ** 52 }), /terminal_time_ms/],
      ['a batch of 0', declined({ batch: 0 }), /asked.batch/],
      [
        'a card with less cap than value',
        v1.Event.encode({
          cardIssued: { card: 'C1', terms: { storedValue: 9, policy: { storedValueCap: 8 } } },
        }).finish(),
        /stored_value_cap/,
      ],
      [
        'a card that holds more than can be added up',
        v1.Event.encode({ cardIssued: { card: 'C1', terms: { loan: 2 ** 51 } } }).finish(),
        /terms.loan/,
      ],
    ];
    for (const [what, bytes, message] of refused) {
      it(what, () => {
        expect(() => decodeEvent(bytes)).to.throw(MalformedError, message);
      });
    }

    function unknownOutcome(): Uint8Array {
      const inner = v1.RecordDeclined.encode({ asked: wireAsked }).uint32(16).int32(999).finish();
      return v1.Event.encode({}).uint32(178).bytes(inner).finish();
    }

    function extended(): Uint8Array {
      const inner = v1.CardActivated.encode({ card: 'C1' }).uint32(402).string('later').finish();
      return v1.Event.encode({}).uint32(58).bytes(inner).finish();
    }
  });
});
