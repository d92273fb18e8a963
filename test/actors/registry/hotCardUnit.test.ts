import { expect } from 'chai';
import fc from 'fast-check';
import { type CardPolicy, PLAIN_POLICY } from '../../../actors/money/cardPolicy.js';
import type { CardTerms } from '../../../actors/money/cardTerms.js';
import { cardKey, type CardUnit, evolve, isCard, type State } from '../../../actors/registry/unit.js';
import { packCardUnit } from '../../../actors/registry/wire/hot/packingCardUnit.js';
import { unpackCardUnit } from '../../../actors/registry/wire/hot/unpackingCardUnit.js';
import { decodeState, encodeState } from '../../../actors/registry/wire/stateCodec.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { NOON } from '../money/samples.js';
import { anyState } from './arbitraries.js';
import { withUsualTexts } from './usualTexts.js';

const anyCardUnit = anyState.filter(isCard);

const plainPolicy = (policy: CardPolicy): CardPolicy => ({ ...policy, zones: [], hours: [] });
const plainTerms = (terms: CardTerms): CardTerms => ({ ...terms, policy: plainPolicy(terms.policy) });

/** Without what few cards have. */
const ordinary: fc.Arbitrary<CardUnit> = anyCardUnit.map(({ card, record }) => ({
  unit: 'card',
  card: card && {
    ...card,
    ...{ reasons: [], pending: [] },
    ...{ terms: plainTerms(card.terms), policy: plainPolicy(card.policy) },
  },
  record: record && {
    ...record,
    ...{ reasons: [], pending: [] },
    settled: record.settled.filter(({ content }) => typeof content === 'number'),
    shares: record.shares.map((share) => ({
      ...share,
      ordered: Math.abs(share.ordered),
      debits: share.debits.slice(0, 1),
    })),
    ...{ changedPosition: 0, publishedPosition: 0, publishedVersion: undefined },
    ...{ terms: plainTerms(record.terms), policy: plainPolicy(record.policy) },
    accrual: {
      ...record.accrual,
      changes: record.accrual.changes.map(({ businessDate, amount }) => ({
        businessDate,
        amount: Math.abs(amount),
      })),
    },
  },
}));

const usual = ordinary.map(withUsualTexts<CardUnit>);

/** The format, once more at the end: only protobufjs reads that. */
function slowly(bytes: Uint8Array): State {
  const twice = Buffer.concat([bytes, v1.UnitState.encode({ format: 1 }).finish()]);
  expect(unpackCardUnit(twice)).to.equal(undefined);
  return decodeState(twice);
}

const runs = { numRuns: 300 };

describe("an ordinary card's snapshot", () => {
  it('is the bytes that protobufjs writes', () => {
    let quick = 0;
    fc.assert(
      fc.property(ordinary, (unit) => {
        const bytes = packCardUnit(unit);
        if (bytes === undefined) return;
        quick += 1;
        const rewritten = v1.UnitState.encode(v1.UnitState.decode(bytes)).finish();
        expect(Buffer.from(bytes)).to.deep.equal(Buffer.from(rewritten));
        expect(decodeState(bytes)).to.deep.equal(unit);
      }),
      runs,
    );
    expect(quick, 'left to protobufjs too often').to.be.above(100);
  });

  it('is read as it was written', () => {
    let quick = 0;
    fc.assert(
      fc.property(usual, (unit) => {
        const read = unpackCardUnit(encodeState(unit));
        if (read === undefined) return;
        quick += 1;
        expect(read).to.deep.equal(unit);
      }),
      runs,
    );
    expect(quick, 'left to protobufjs too often').to.be.above(50);
  });

  it('shares what cards have in common with those that were read before', () => {
    const terms: CardTerms = {
      ...{ storedValue: 2_000, loan: 0, interest: 0, fareOwed: 0, limit: 5_000 },
      ...{ active: true, policy: PLAIN_POLICY, pinHash: '' },
    };
    const read = ['C1', 'C2'].map((card) => {
      const issued = evolve(cardKey(card), undefined, { type: 'CardIssued', card, terms, time: NOON });
      const opened = { type: 'RecordOpened', card, terms, time: NOON, businessDate: 20240229 } as const;
      const state = evolve(cardKey(card), issued, opened);
      return state && unpackCardUnit(encodeState(state));
    });
    const [first, second] = read;
    expect(first?.card?.card).to.equal('C1');
    expect(second?.card?.terms).to.equal(first?.card?.terms);
    expect(second?.record?.terms).to.equal(first?.card?.terms);
    expect(second?.record?.policy).to.equal(first?.card?.policy);
  });

  it('with what few cards have is left to protobufjs, and nothing of it is lost', () => {
    fc.assert(
      fc.property(anyCardUnit, (unit) => {
        const bytes = encodeState(unit);
        expect(unpackCardUnit(bytes) ?? unit).to.deep.equal(unit);
        expect(decodeState(bytes)).to.deep.equal(unit);
      }),
      runs,
    );
  });

  it('damaged: left to protobufjs, or read as protobufjs reads it', () => {
    fc.assert(
      fc.property(usual, fc.nat(), fc.integer({ min: 0, max: 255 }), (unit, place, byte) => {
        const bytes = Uint8Array.from(encodeState(unit));
        bytes[place % bytes.length] = byte;
        const read = unpackCardUnit(bytes);
        if (read !== undefined) expect(read).to.deep.equal(slowly(bytes));
      }),
      { numRuns: 1_000 },
    );
  });

  it('of a format that is not known is not read', () => {
    const bytes = v1.UnitState.encode({ format: 2, card: {} }).finish();
    expect(unpackCardUnit(bytes)).to.equal(undefined);
  });
});
