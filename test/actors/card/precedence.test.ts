import { expect } from 'chai';
import type { CardState } from '../../../actors/card/card.js';
import { decideCard } from '../../../actors/card/decideCard.js';
import type { Kind } from '../../../actors/money/transaction.js';
import type { Outcome } from '../../../actors/money/outcomes.js';
import { askedOf, dayAfter, idOf, ratio, type TermsChange, WRONG_PIN } from '../money/samples.js';
import { Card, context, type How } from './cards.js';

interface Obstacle {
  readonly outcome: Outcome;
  /** Those that it can stop. */
  readonly kinds: readonly Kind[];
  readonly terms?: TermsChange;
  readonly how?: How;
  readonly state?: Partial<CardState>;
  /** It cannot be in the way together with these. */
  readonly without?: readonly Outcome[];
}

const every: readonly Kind[] = [
  'PURCHASE',
  'DEPOSIT',
  'ENQUIRY',
  'REFUND',
  'VOID',
  'UNLOAD',
  'ENTRY',
  'FARE',
];
const withheld: readonly Kind[] = ['PURCHASE', 'ENTRY', 'UNLOAD'];
const looksAtPin = every.filter((kind) => kind !== 'FARE');
const inside = { zone: 'A', gate: 'G1', time: 0 };

/** Rule 17's checks of a card in their order: the first that fails is the answer. */
const obstacles: readonly Obstacle[] = [
  { outcome: 'CARD_CLOSED', kinds: every, state: { closed: true } },
  { outcome: 'DEVICE_SUPERSEDED', kinds: every, state: { device: 2 } },
  { outcome: 'CARD_PROHIBITED', kinds: withheld, state: { reasons: ['OPERATOR'] } },
  { outcome: 'CARD_EXPIRED', kinds: withheld, terms: { policy: { expiryDate: dayAfter(-1) } } },
  { outcome: 'CARD_NOT_ACTIVE', kinds: every, terms: { active: false } },
  { outcome: 'PIN_BLOCKED', kinds: ['PURCHASE'], state: { triesLeft: 0 } },
  { outcome: 'PIN_REQUIRED', kinds: ['PURCHASE'], terms: { policy: { pinForDeferral: true } } },
  { outcome: 'PIN_WRONG', kinds: looksAtPin, how: { pinHash: WRONG_PIN }, without: ['PIN_REQUIRED'] },
  { outcome: 'ZONE_NOT_PERMITTED', kinds: ['ENTRY'], terms: { policy: { zones: ['X'] } } },
  {
    outcome: 'TIME_NOT_PERMITTED',
    kinds: ['ENTRY'],
    terms: { policy: { hours: [{ days: 127, fromMinute: 0, toMinute: 1 }] } },
  },
  { outcome: 'ALREADY_INSIDE', kinds: ['ENTRY'], state: { inside } },
  { outcome: 'NOT_INSIDE', kinds: ['FARE'] },
  { outcome: 'FARE_OWED', kinds: ['ENTRY'], terms: { fareOwed: 1 } },
  { outcome: 'INSUFFICIENT_FUNDS', kinds: ['PURCHASE'], terms: { policy: { creditFlag: false } } },
  { outcome: 'DEFERRAL_NOT_PERMITTED', kinds: ['PURCHASE'], how: { mayDefer: false } },
  {
    outcome: 'ACCOUNT_NOT_AVAILABLE',
    kinds: ['PURCHASE'],
    terms: { policy: { shareRule: ratio(1, 1, { capTransaction: 1 }) } },
  },
  { outcome: 'CREDIT_LIMIT', kinds: ['PURCHASE'], terms: { loan: 10_000 } },
  { outcome: 'CAP_EXCEEDED', kinds: ['DEPOSIT'], terms: { policy: { storedValueCap: 1_999 } } },
  { outcome: 'ORIGINAL_NOT_FOUND', kinds: ['REFUND'], how: { original: idOf(99) } },
  { outcome: 'VOID_NOT_POSSIBLE', kinds: ['VOID'] },
  { outcome: 'CLOSE_NOT_POSSIBLE', kinds: ['UNLOAD'], terms: { interest: 1 } },
];

/** A card without any value, and a command about 2,000, with these obstacles in the way. */
function tap(kind: Kind, ...inTheWay: readonly Obstacle[]) {
  const [terms, how, states] = [
    inTheWay.map((each) => each.terms ?? {}),
    inTheWay.map((each) => each.how ?? {}),
    inTheWay.map((each) => each.state ?? {}),
  ];
  const policy = Object.assign({}, ...terms.map((each) => each.policy ?? {})) as TermsChange['policy'];
  const merged = Object.assign({ storedValue: 0 }, ...terms, { policy: policy ?? {} }) as TermsChange;
  const card = new Card(merged);
  card.state = Object.assign({}, card.state, ...states) as CardState;
  const before = card.state;
  const answer = card.ask(kind, Object.assign({ amount: 2_000 }, ...how) as How);
  return { card, before, answer };
}

describe('a card refuses in the order of rule 17; the first check that fails is the answer', () => {
  it('CARD_UNKNOWN comes before everything', () => {
    const command = { asked: askedOf(), at: { mayDefer: false, zone: '' }, pinHash: WRONG_PIN };
    const { events } = decideCard(
      undefined,
      { type: 'Execute', ...command, original: undefined, closing: undefined },
      context,
    );
    expect(events[0]).to.have.nested.property('answer.outcome', 'CARD_UNKNOWN');
  });

  for (const [place, first] of obstacles.entries()) {
    it(`${first.outcome}, whatever else comes after it`, () => {
      for (const kind of first.kinds) {
        expect(tap(kind, first).answer.outcome, kind).to.equal(first.outcome);
        for (const second of obstacles.slice(place + 1)) {
          if (!second.kinds.includes(kind) || second.without?.includes(first.outcome)) continue;
          const { answer } = tap(kind, first, second);
          expect(answer.outcome, `${kind}: before ${second.outcome}`).to.equal(first.outcome);
        }
      }
    });
  }

  it('the money stays as it was; only tries move', () => {
    for (const obstacle of obstacles) {
      for (const kind of obstacle.kinds) {
        const { card, before, answer } = tap(kind, obstacle);
        const triesLeft = answer.triesLeft ?? before.triesLeft;
        expect(card.state, `${kind}: ${obstacle.outcome}`).to.deep.equal({ ...before, triesLeft });
        expect(answer.amount).to.equal(2_000);
        expect(card.tells).to.have.nested.property('[0].outcome', obstacle.outcome);
      }
    }
  });

  it('has every refusal that a card can give in its order', () => {
    const others: readonly Outcome[] = ['REFUND_EXCEEDS_ORIGINAL'];
    const named = [...obstacles.map(({ outcome }) => outcome), ...others];
    expect(new Set(named).size).to.equal(named.length);
  });
});
