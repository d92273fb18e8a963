import { expect } from 'chai';
import { decideRecord, type RecordCommand } from '../../../actors/center/decideRecord.js';
import type { RecordContext, RecordDecision } from '../../../actors/center/decision.js';
import {
  evolveRecord,
  isUnpublished,
  type RecordEvent,
  type RecordState,
} from '../../../actors/center/record.js';
import type { CardTerms } from '../../../actors/money/cardTerms.js';
import { NO_PARTS } from '../../../actors/money/parts.js';
import { given } from '../decider.js';
import { askedOf, C1, NOON, PARAMETERS, TODAY } from '../money/samples.js';

const record = { decide: decideRecord, evolve: evolveRecord };
const context: RecordContext = {
  now: NOON,
  today: TODAY,
  position: 42,
  parametersOn: () => PARAMETERS,
  forgetBefore: () => 0,
  chargedThrough: 0,
};

function opened(change: Partial<CardTerms> = {}): RecordEvent {
  return { type: 'RecordOpened', card: 'C1', terms: { ...C1, ...change }, time: NOON, businessDate: TODAY };
}

function limit(amount: number, expectedVersion?: number): RecordCommand {
  return { type: 'ChangeLimit', card: 'C1', limit: amount, expectedVersion };
}

function prohibit(reason: 'OPERATOR' | 'LOST', prohibited = true, expectedVersion?: number): RecordCommand {
  return { type: 'ChangeProhibition', card: 'C1', reason, prohibited, note: 'by telephone', expectedVersion };
}

function typesOf({ events }: RecordDecision): readonly string[] {
  return events.map(({ type }) => type);
}

function after(state: RecordState | undefined, { events }: RecordDecision): RecordState {
  const evolved = events.reduce(evolveRecord, state);
  if (evolved === undefined) throw new Error('the record is gone');
  return evolved;
}

describe("the center's record of a card", () => {
  it('is opened once; the same terms again change nothing, others are refused', () => {
    const command: RecordCommand = { type: 'IssueCard', card: 'C1', terms: C1 };
    const decision = given(record).when(command, context);
    expect(typesOf(decision)).to.deep.equal(['RecordOpened']);
    expect(decision.tells).to.deep.equal([{ type: 'Issue', card: 'C1', terms: C1, time: NOON }]);
    const again = given(record, opened());
    expect(again.when(command, context)).to.deep.equal({ outcome: 'APPROVED', events: [], tells: [] });
    const other: RecordCommand = { ...command, terms: { ...C1, limit: 1 } };
    expect(again.when(other, context)).to.deep.equal({ outcome: 'ALREADY_EXISTS', events: [], tells: [] });
  });

  it('counts approved purchases and deposits, and no enquiries', () => {
    const { state, when } = given(record, opened());
    const counts = (['PURCHASE', 'DEPOSIT', 'ENQUIRY'] as const).map((kind) => {
      const asked = askedOf({ kind, amount: 0 });
      return after(state, when({ type: 'Moved', asked, parts: NO_PARTS, pinVerified: false }, context))
        .approvedCount;
    });
    expect(counts).to.deep.equal([1, 1, 0]);
  });

  it('prohibits a card in the frame in which it is issued when it owes more than its limit', () => {
    const command: RecordCommand = {
      type: 'IssueCard',
      card: 'C1',
      terms: { ...C1, loan: 9_000, interest: 1_001 },
    };
    const decision = given(record).when(command, context);
    expect(typesOf(decision)).to.deep.equal([
      'RecordOpened',
      'RecordProhibitionChanged',
      'RecordAlerted',
      'RecordListed',
    ]);
    expect(decision.tells.map(({ type }) => type)).to.deep.equal(['Issue', 'ChangeProhibition']);
  });

  it('knows no card that was not issued', () => {
    for (const command of [limit(1), prohibit('LOST'), { type: 'ActivateCard', card: 'C1' } as const]) {
      const decision = given(record).when(command, context);
      expect(decision).to.deep.equal({ outcome: 'CARD_UNKNOWN', events: [], tells: [] });
    }
  });

  it('R7: keeps reasons apart: lifting one leaves the others', () => {
    let { state } = given(record, opened({ storedValue: 0, loan: 800 }));
    state = after(state, decideRecord(state, prohibit('OPERATOR'), context));
    state = after(state, decideRecord(state, limit(500), context));
    expect(state.reasons).to.deep.equal(['LIMIT', 'OPERATOR']);
    const asked = askedOf({ kind: 'DEPOSIT', amount: 300 });
    const paid: RecordCommand = {
      type: 'Moved',
      asked,
      parts: { ...NO_PARTS, loan: 300 },
      pinVerified: false,
    };
    const lifted = decideRecord(state, paid, context);
    expect(typesOf(lifted)).to.deep.equal(['RecordMoved', 'RecordProhibitionChanged']);
    state = after(state, lifted);
    expect(state.balances).to.include({ loan: 500 });
    expect(state.reasons).to.deep.equal(['OPERATOR']);
    state = after(state, decideRecord(state, prohibit('OPERATOR', false), context));
    expect(state.reasons).to.deep.equal([]);
  });

  it('B3b: prohibits right after an approved purchase that makes owed exceed the limit', () => {
    const { when } = given(record, opened({ storedValue: 0, loan: 9_500, interest: 300 }));
    const asked = askedOf({ amount: 400 });
    const decision = when(
      { type: 'Moved', asked, parts: { ...NO_PARTS, loan: 400 }, pinVerified: false },
      context,
    );
    expect(decision.events[1]).to.deep.equal({
      type: 'RecordProhibitionChanged',
      card: 'C1',
      reasons: ['LIMIT'],
      position: 42,
      note: '',
    });
    expect(decision.tells).to.deep.equal([{ type: 'ChangeProhibition', card: 'C1', reasons: ['LIMIT'] }]);
  });

  it('computes its own balances from the parts it is told', () => {
    const { state, when } = given(record, opened());
    const moved = when(
      { type: 'Moved', asked: askedOf(), parts: { ...NO_PARTS, value: 1_200, loan: 800 }, pinVerified: true },
      context,
    );
    expect(after(state, moved).balances).to.include({ storedValue: 0, loan: 800 });
    const back: RecordCommand = {
      type: 'Reversed',
      asked: askedOf(),
      parts: { ...NO_PARTS, value: 1_200, loan: 800 },
      undone: true,
    };
    const undone = decideRecord(after(state, moved), back, context);
    expect(after(after(state, moved), undone).balances).to.deep.equal(state?.balances);
  });

  it('prohibits when a reversed deposit leaves more owed than the limit, and says what became loan', () => {
    const { when } = given(record, opened({ storedValue: 100, loan: 9_900 }));
    const asked = askedOf({ kind: 'DEPOSIT', amount: 500 });
    const decision = when(
      { type: 'Reversed', asked, parts: { ...NO_PARTS, value: 500 }, undone: true },
      context,
    );
    expect(decision.events[0]).to.deep.include({ parts: { ...NO_PARTS, value: 500, restoredLoan: 400 } });
    expect(typesOf(decision)).to.deep.equal([
      'RecordReversed',
      'RecordProhibitionChanged',
      'RecordAlerted',
      'RecordListed',
    ]);
  });

  it('counts approvals and refusals; a refusal moves nothing', () => {
    const { state, when } = given(record, opened());
    const declined = when({ type: 'Declined', asked: askedOf(), outcome: 'CREDIT_LIMIT' }, context);
    expect(after(state, declined)).to.deep.equal({ ...state, declinedCount: 1 });
  });

  it('refuses a change made for another version, and changes nothing twice', () => {
    const { state, when } = given(record, opened());
    expect(state?.version).to.equal(1);
    expect(when(limit(1, 2), context).outcome).to.equal('VERSION_CONFLICT');
    expect(when(prohibit('LOST', true, 0), context).outcome).to.equal('VERSION_CONFLICT');
    expect(when(limit(10_000, 1), context)).to.deep.include({ outcome: 'APPROVED', events: [] });
    expect(when(prohibit('LOST', false), context)).to.deep.include({ outcome: 'APPROVED', events: [] });
    const changed = after(state, when(limit(5, 1), context));
    expect(changed).to.include({ version: 2 });
    expect(changed.balances.limit).to.equal(5);
  });

  it('does not count payments as changes of the record', () => {
    const { state, when } = given(record, opened());
    const moved = when(
      { type: 'Moved', asked: askedOf(), parts: { ...NO_PARTS, value: 1 }, pinVerified: false },
      context,
    );
    expect(after(state, moved).version).to.equal(1);
  });

  it('is activated once', () => {
    const { state, when } = given(record, opened({ active: false }));
    const decision = when({ type: 'ActivateCard', card: 'C1' }, context);
    expect(after(state, decision).active).to.equal(true);
    expect(decision.tells).to.deep.equal([{ type: 'Activate', card: 'C1' }]);
    const again = decideRecord(after(state, decision), { type: 'ActivateCard', card: 'C1' }, context);
    expect(again).to.deep.include({ outcome: 'APPROVED', events: [] });
  });

  describe('publishes its reasons (D14)', () => {
    it('until the list has those of its last change', () => {
      const { state, when } = given(record, opened());
      const changed = after(state, when(prohibit('LOST'), context));
      expect(isUnpublished(changed)).to.equal(true);
      const version = { incarnation: 1, sequence: 7 };
      const command: RecordCommand = { type: 'Published', card: 'C1', position: 42, version };
      const published = decideRecord(changed, command, { ...context, position: 43 });
      expect(typesOf(published)).to.deep.equal(['ProhibitionPublished']);
      const done = after(changed, published);
      expect(isUnpublished(done)).to.equal(false);
      expect(done.publishedVersion).to.deep.equal(version);
      expect(decideRecord(done, command, context).events).to.deep.equal([]);
    });

    it('and goes on when they have changed since', () => {
      const first = given(record, opened());
      const changed = after(first.state, first.when(prohibit('LOST'), context));
      const again = after(
        changed,
        decideRecord(changed, prohibit('LOST', false), { ...context, position: 50 }),
      );
      const command: RecordCommand = {
        type: 'Published',
        card: 'C1',
        position: 42,
        version: { incarnation: 1, sequence: 7 },
      };
      expect(decideRecord(again, command, context).events).to.deep.equal([]);
      expect(isUnpublished(again)).to.equal(true);
    });

    it('with a higher position for the second of two changes in one frame', () => {
      const first = given(record, opened());
      const changed = after(first.state, first.when(prohibit('LOST'), context));
      const lifted = decideRecord(changed, prohibit('LOST', false), context);
      expect(lifted.events).to.deep.include({
        type: 'RecordProhibitionChanged',
        card: 'C1',
        reasons: [],
        position: 43,
        note: 'by telephone',
      });
    });
  });
});
