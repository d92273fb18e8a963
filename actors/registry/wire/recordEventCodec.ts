/** Events of the center's records on the wire. */
import { v1 } from '../../../proto/generated/emoney.js';
import type { RecordEvent } from '../../center/record.js';
import {
  fromUint32,
  fromUnsigned,
  listOf,
  required,
  toCount,
  toDate,
  toId,
  toPositive,
  toText,
  toTime,
} from './guards.js';
import {
  decodeAdjustment,
  decodeAsked,
  decodeBalances,
  decodeId,
  decodeInstruction,
  decodeParts,
  decodeVersion,
  encodeAdjustment,
  encodeBalances,
  encodeId,
  encodeInstruction,
  encodeParts,
  encodeVersion,
} from './moneyCodec.js';
import { decodePolicy, decodeTerms, encodePolicy, encodeTerms, toTerm } from './policyCodec.js';
import type { FrequentEvent } from './hot/packing.js';
import { caseOf } from './protobuf.js';
import { outcomes, reasons } from './vocabulary.js';

type EventOf<Type extends RecordEvent['type']> = Extract<RecordEvent, { type: Type }>;

export function encodeRecordEvent(event: Exclude<RecordEvent, FrequentEvent>): v1.Event.$Properties {
  switch (event.type) {
    case 'RecordOpened': {
      const { card, terms, time } = event;
      const businessDate = fromUint32(event.businessDate, 'business_date');
      const timeMs = fromUnsigned(time, 'time_ms');
      return { recordOpened: { card, terms: encodeTerms(terms), timeMs, businessDate } };
    }
    case 'RecordActivated':
      return { recordActivated: { card: event.card } };
    case 'RecordLimitChanged': {
      const limit = fromUnsigned(event.limit, 'limit');
      const previousLimit = fromUnsigned(event.previousLimit, 'previous_limit');
      return { recordLimitChanged: { card: event.card, limit, previousLimit } };
    }
    case 'RecordPolicyChanged':
      return { recordPolicyChanged: { card: event.card, policy: encodePolicy(event.policy) } };
    case 'RecordPinSet':
      return { recordPinSet: { card: event.card } };
    case 'RecordPinUnblocked':
      return { recordPinUnblocked: { card: event.card } };
    case 'RecordReplaced': {
      const { card, note } = event;
      return { recordReplaced: { card, device: fromUint32(event.device, 'device'), note } };
    }
    case 'RecordProhibitionChanged': {
      const { card, note } = event;
      const position = fromUnsigned(event.position, 'position');
      const set = event.reasons.map(reasons.toWire);
      return { recordProhibitionChanged: { card, reasons: set, position, note } };
    }
    case 'ProhibitionPublished': {
      const position = fromUnsigned(event.position, 'position');
      return { prohibitionPublished: { card: event.card, position, version: encodeVersion(event.version) } };
    }
    case 'RecordInstructed': {
      const { card, note } = event;
      return { recordInstructed: { card, instruction: encodeInstruction(event.instruction), note } };
    }
    case 'RecordInstructionCancelled': {
      const { card, reference, note, time } = event;
      const timeMs = time === undefined ? null : fromUnsigned(time, 'time_ms');
      return { recordInstructionCancelled: { card, reference, note, timeMs } };
    }
    case 'RecordListed':
      return { recordListed: { card: event.card, listed: event.listed } };
    case 'RecordStored':
      return { recordStored: encodeStored(event) };
    case 'RecordInterestPosted':
      return { recordInterestPosted: encodeInterest(event) };
    case 'RecordCollectionReturned':
      return { recordCollectionReturned: encodeReturned(event) };
    case 'RecordCollectionOrdered':
      return { recordCollectionOrdered: encodeOrdered(event) };
    case 'RecordAlerted': {
      const { card, above, owed, limit } = event;
      return {
        recordAlerted: { card, above, owed: fromUnsigned(owed, 'owed'), limit: fromUnsigned(limit, 'limit') },
      };
    }
    case 'RecordForgot':
      return { recordForgot: { card: event.card, payments: event.payments.map(encodeId) } };
    case 'RecordCollectionConfirmed':
      return { recordCollectionConfirmed: { card: event.card, order: event.order } };
    case 'RecordAdjusted':
      return { recordAdjusted: encodeAdjusted(event) };
  }
}

export const recordEventCases = {
  recordMoved: caseOf(v1.RecordMoved, (wire): RecordEvent => {
    const asked = decodeAsked(wire.asked);
    return {
      type: 'RecordMoved',
      asked,
      parts: decodeParts(wire.parts),
      balances: decodeBalances(required(wire.balances, 'balances')),
      receiveTime: toTime(wire.receiveTimeMs, 'receive_time_ms'),
      accrualDate: decodeAccrual(wire.accrualDate, asked.businessDate),
      pinVerified: wire.pinVerified,
      account: toText(wire.account, 'account'),
    };
  }),
  recordDeclined: caseOf(v1.RecordDeclined, ({ asked, outcome, receiveTimeMs }): RecordEvent => {
    return {
      type: 'RecordDeclined',
      asked: decodeAsked(asked),
      outcome: outcomes.fromWire(outcome, 'outcome'),
      receiveTime: toTime(receiveTimeMs, 'receive_time_ms'),
    };
  }),
  recordReversed: caseOf(v1.RecordReversed, (wire): RecordEvent => {
    const { balances } = wire;
    const asked = decodeAsked(wire.asked);
    return {
      type: 'RecordReversed',
      asked,
      parts: decodeParts(wire.parts),
      balances: balances === null || balances === undefined ? undefined : decodeBalances(balances),
      receiveTime: toTime(wire.receiveTimeMs, 'receive_time_ms'),
      amount: toCount(wire.amount, 'amount'),
      accrualDate: decodeAccrual(wire.accrualDate, asked.businessDate),
      undone: wire.undone,
    };
  }),
  recordOpened: caseOf(v1.RecordOpened, ({ card, terms, timeMs, businessDate }): RecordEvent => {
    return {
      type: 'RecordOpened',
      card: toId(card, 'card'),
      terms: decodeTerms(terms),
      time: toTime(timeMs, 'time_ms'),
      businessDate: toDate(businessDate, 'business_date'),
    };
  }),
  recordActivated: caseOf(v1.RecordActivated, ({ card }): RecordEvent => {
    return { type: 'RecordActivated', card: toId(card, 'card') };
  }),
  recordLimitChanged: caseOf(v1.RecordLimitChanged, (wire): RecordEvent => {
    const limit = toTerm(wire.limit, 'limit');
    const previousLimit = toTerm(wire.previousLimit, 'previous_limit');
    return { type: 'RecordLimitChanged', card: toId(wire.card, 'card'), limit, previousLimit };
  }),
  recordPolicyChanged: caseOf(v1.RecordPolicyChanged, ({ card, policy }): RecordEvent => {
    return { type: 'RecordPolicyChanged', card: toId(card, 'card'), policy: decodePolicy(policy) };
  }),
  recordPinSet: caseOf(v1.RecordPinSet, ({ card }): RecordEvent => {
    return { type: 'RecordPinSet', card: toId(card, 'card') };
  }),
  recordPinUnblocked: caseOf(v1.RecordPinUnblocked, ({ card }): RecordEvent => {
    return { type: 'RecordPinUnblocked', card: toId(card, 'card') };
  }),
  recordReplaced: caseOf(v1.RecordReplaced, ({ card, device, note }): RecordEvent => {
    return {
      type: 'RecordReplaced',
      card: toId(card, 'card'),
      device: toPositive(device, 'device'),
      note: toText(note, 'note'),
    };
  }),
  recordProhibitionChanged: caseOf(v1.RecordProhibitionChanged, (wire): RecordEvent => {
    return {
      type: 'RecordProhibitionChanged',
      card: toId(wire.card, 'card'),
      reasons: listOf(wire.reasons, (each) => reasons.fromWire(each, 'reasons')),
      position: toPositive(wire.position, 'position'),
      note: toText(wire.note, 'note'),
    };
  }),
  prohibitionPublished: caseOf(v1.ProhibitionPublished, ({ card, position, version }): RecordEvent => {
    return {
      type: 'ProhibitionPublished',
      card: toId(card, 'card'),
      position: toPositive(position, 'position'),
      version: decodeVersion(version),
    };
  }),
  recordInstructed: caseOf(v1.RecordInstructed, ({ card, instruction, note }): RecordEvent => {
    return {
      type: 'RecordInstructed',
      card: toId(card, 'card'),
      instruction: decodeInstruction(instruction),
      note: toText(note, 'note'),
    };
  }),
  recordInstructionCancelled: caseOf(v1.RecordInstructionCancelled, (wire): RecordEvent => {
    return {
      type: 'RecordInstructionCancelled',
      card: toId(wire.card, 'card'),
      reference: toId(wire.reference, 'reference'),
      note: toText(wire.note, 'note'),
      time: wire.timeMs == null ? undefined : toTime(wire.timeMs, 'time_ms'),
    };
  }),
  recordListed: caseOf(v1.RecordListed, ({ card, listed }): RecordEvent => {
    return { type: 'RecordListed', card: toId(card, 'card'), listed };
  }),
  recordStored: caseOf(v1.RecordStored, (wire): RecordEvent => {
    const businessDate = toDate(wire.businessDate, 'business_date');
    return {
      type: 'RecordStored',
      card: toId(wire.card, 'card'),
      instruction: decodeInstruction(wire.instruction),
      parts: decodeParts(wire.parts),
      balances: decodeBalances(required(wire.balances, 'balances')),
      time: toTime(wire.timeMs, 'time_ms'),
      businessDate,
      accrualDate: decodeAccrual(wire.accrualDate, businessDate),
    };
  }),
  recordInterestPosted: caseOf(v1.RecordInterestPosted, (wire): RecordEvent => {
    return {
      type: 'RecordInterestPosted',
      card: toId(wire.card, 'card'),
      amount: toCount(wire.amount, 'amount'),
      through: toDate(wire.through, 'through'),
      balances: decodeBalances(required(wire.balances, 'balances')),
      carry: toCount(wire.carry, 'carry'),
      dropped: toCount(wire.dropped, 'dropped'),
    };
  }),
  recordCollectionReturned: caseOf(v1.RecordCollectionReturned, (wire): RecordEvent => {
    const businessDate = toDate(wire.businessDate, 'business_date');
    return {
      type: 'RecordCollectionReturned',
      card: toId(wire.card, 'card'),
      order: toId(wire.order, 'order'),
      transaction: decodeId(wire.transaction, 'transaction'),
      amount: toCount(wire.amount, 'amount'),
      balances: decodeBalances(required(wire.balances, 'balances')),
      businessDate,
      time: toTime(wire.timeMs, 'time_ms'),
      accrualDate: decodeAccrual(wire.accrualDate, businessDate),
    };
  }),
  recordCollectionOrdered: caseOf(v1.RecordCollectionOrdered, (wire): RecordEvent => {
    return {
      type: 'RecordCollectionOrdered',
      card: toId(wire.card, 'card'),
      order: toId(wire.order, 'order'),
      settlement: toPositive(wire.settlement, 'settlement'),
      transaction: decodeId(wire.transaction, 'transaction'),
      amount: toPositive(wire.amount, 'amount'),
      credit: wire.credit,
      account: toText(wire.account, 'account'),
      businessDate: toDate(wire.businessDate, 'business_date'),
      time: toTime(wire.timeMs, 'time_ms'),
    };
  }),
  recordAlerted: caseOf(v1.RecordAlerted, ({ card, above, owed, limit }): RecordEvent => {
    return {
      type: 'RecordAlerted',
      card: toId(card, 'card'),
      above,
      owed: toCount(owed, 'owed'),
      limit: toCount(limit, 'limit'),
    };
  }),
  recordForgot: caseOf(v1.RecordForgot, ({ card, payments }): RecordEvent => {
    const ids = listOf(payments, (id) => decodeId(id, 'payments'));
    return { type: 'RecordForgot', card: toId(card, 'card'), payments: ids };
  }),
  recordCollectionConfirmed: caseOf(v1.RecordCollectionConfirmed, ({ card, order }): RecordEvent => {
    return { type: 'RecordCollectionConfirmed', card: toId(card, 'card'), order: toId(order, 'order') };
  }),
  recordAdjusted: caseOf(v1.RecordAdjusted, (wire): RecordEvent => {
    const businessDate = toDate(wire.businessDate, 'business_date');
    return {
      type: 'RecordAdjusted',
      card: toId(wire.card, 'card'),
      reference: toId(wire.reference, 'reference'),
      adjustment: decodeAdjustment(wire.adjustment),
      balances: decodeBalances(required(wire.balances, 'balances')),
      note: toText(wire.note, 'note'),
      businessDate,
      time: toTime(wire.timeMs, 'time_ms'),
      accrualDate: decodeAccrual(wire.accrualDate, businessDate),
    };
  }),
};

/** Left out where it is the business date itself: nearly always. */
function encodeAccrual(accrualDate: number, businessDate: number): number | null {
  return accrualDate === businessDate ? null : fromUint32(accrualDate, 'accrual_date');
}

function decodeAccrual(accrualDate: number | null | undefined, businessDate: number): number {
  return accrualDate ? toDate(accrualDate, 'accrual_date') : businessDate;
}

function encodeStored(event: EventOf<'RecordStored'>) {
  return {
    card: event.card,
    instruction: encodeInstruction(event.instruction),
    parts: encodeParts(event.parts),
    balances: encodeBalances(event.balances),
    timeMs: fromUnsigned(event.time, 'time_ms'),
    businessDate: fromUint32(event.businessDate, 'business_date'),
    accrualDate: encodeAccrual(event.accrualDate, event.businessDate),
  } satisfies v1.RecordStored.$Properties;
}

function encodeInterest(event: EventOf<'RecordInterestPosted'>) {
  return {
    card: event.card,
    amount: fromUnsigned(event.amount, 'amount'),
    through: fromUint32(event.through, 'through'),
    balances: encodeBalances(event.balances),
    carry: fromUnsigned(event.carry, 'carry'),
    dropped: fromUnsigned(event.dropped, 'dropped'),
  } satisfies v1.RecordInterestPosted.$Properties;
}

function encodeReturned(event: EventOf<'RecordCollectionReturned'>) {
  return {
    card: event.card,
    order: event.order,
    transaction: encodeId(event.transaction),
    amount: fromUnsigned(event.amount, 'amount'),
    balances: encodeBalances(event.balances),
    businessDate: fromUint32(event.businessDate, 'business_date'),
    timeMs: fromUnsigned(event.time, 'time_ms'),
    accrualDate: encodeAccrual(event.accrualDate, event.businessDate),
  } satisfies v1.RecordCollectionReturned.$Properties;
}

function encodeOrdered(event: EventOf<'RecordCollectionOrdered'>) {
  return {
    card: event.card,
    order: event.order,
    settlement: fromUint32(event.settlement, 'settlement'),
    transaction: encodeId(event.transaction),
    amount: fromUnsigned(event.amount, 'amount'),
    credit: event.credit,
    account: event.account,
    businessDate: fromUint32(event.businessDate, 'business_date'),
    timeMs: fromUnsigned(event.time, 'time_ms'),
  } satisfies v1.RecordCollectionOrdered.$Properties;
}

function encodeAdjusted(event: EventOf<'RecordAdjusted'>) {
  return {
    card: event.card,
    reference: event.reference,
    adjustment: encodeAdjustment(event.adjustment),
    balances: encodeBalances(event.balances),
    note: event.note,
    businessDate: fromUint32(event.businessDate, 'business_date'),
    timeMs: fromUnsigned(event.time, 'time_ms'),
    accrualDate: encodeAccrual(event.accrualDate, event.businessDate),
  } satisfies v1.RecordAdjusted.$Properties;
}
