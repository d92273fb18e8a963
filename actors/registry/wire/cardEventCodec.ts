/** Events of cards on the wire. */
import { v1 } from '../../../proto/generated/emoney.js';
import type { CardEvent } from '../../card/card.js';
import type { Answer } from '../../money/answer.js';
import type { Asked } from '../../money/transaction.js';
import {
  fromUint32,
  fromUnsigned,
  listOf,
  required,
  toCount,
  toDate,
  toId,
  toPositive,
  toTime,
} from './guards.js';
import {
  decodeAdjustment,
  decodeAnswer,
  decodeAsked,
  decodeBalances,
  decodeId,
  decodeInstruction,
  decodeParts,
  encodeAdjustment,
  encodeBalances,
  encodeId,
  encodeInstruction,
  encodeParts,
} from './moneyCodec.js';
import {
  decodePinHash,
  decodePolicy,
  decodeTerms,
  encodePinHash,
  encodePolicy,
  encodeTerms,
  toTerm,
} from './policyCodec.js';
import type { FrequentEvent } from './hot/packing.js';
import { caseOf } from './protobuf.js';
import { reasons } from './vocabulary.js';

export function encodeCardEvent(event: Exclude<CardEvent, FrequentEvent>): v1.Event.$Properties {
  switch (event.type) {
    case 'CardIssued': {
      const { card, terms, time } = event;
      return { cardIssued: { card, terms: encodeTerms(terms), timeMs: fromUnsigned(time, 'time_ms') } };
    }
    case 'CardActivated':
      return { cardActivated: { card: event.card } };
    case 'CardLimitChanged':
      return { cardLimitChanged: { card: event.card, limit: fromUnsigned(event.limit, 'limit') } };
    case 'CardPolicyChanged':
      return { cardPolicyChanged: { card: event.card, policy: encodePolicy(event.policy) } };
    case 'CardPinSet':
      return { cardPinSet: { card: event.card, pinHash: encodePinHash(event.pinHash) } };
    case 'CardPinUnblocked':
      return { cardPinUnblocked: { card: event.card } };
    case 'CardReplaced':
      return { cardReplaced: { card: event.card, device: fromUint32(event.device, 'device') } };
    case 'CardProhibitionChanged':
      return { cardProhibitionChanged: { card: event.card, reasons: event.reasons.map(reasons.toWire) } };
    case 'CardForgot':
      return { cardForgot: { card: event.card, payments: event.payments.map(encodeId) } };
    case 'CardInstructed':
      return { cardInstructed: { card: event.card, instruction: encodeInstruction(event.instruction) } };
    case 'CardInstructionCancelled':
      return { cardInstructionCancelled: { card: event.card, reference: event.reference } };
    case 'CardStored':
      return {
        cardStored: {
          card: event.card,
          instruction: encodeInstruction(event.instruction),
          parts: encodeParts(event.parts),
          balances: encodeBalances(event.balances),
          timeMs: fromUnsigned(event.time, 'time_ms'),
        },
      };
    case 'CardInterestPosted':
      return {
        cardInterestPosted: {
          card: event.card,
          amount: fromUnsigned(event.amount, 'amount'),
          through: fromUint32(event.through, 'through'),
          balances: encodeBalances(event.balances),
        },
      };
    case 'CardCollectionReturned':
      return {
        cardCollectionReturned: {
          card: event.card,
          transaction: encodeId(event.transaction),
          amount: fromUnsigned(event.amount, 'amount'),
          balances: encodeBalances(event.balances),
          timeMs: fromUnsigned(event.time, 'time_ms'),
        },
      };
    case 'CardAdjusted':
      return {
        cardAdjusted: {
          card: event.card,
          reference: event.reference,
          adjustment: encodeAdjustment(event.adjustment),
          balances: encodeBalances(event.balances),
          timeMs: fromUnsigned(event.time, 'time_ms'),
        },
      };
  }
}

export const cardEventCases = {
  cardMoved: caseOf(v1.CardMoved, (wire): CardEvent => ({ type: 'CardMoved', ...decodeDecided(wire) })),
  cardDeclined: caseOf(v1.CardDeclined, (wire): CardEvent => ({
    type: 'CardDeclined',
    ...decodeDecided(wire),
  })),
  cardReversed: caseOf(v1.CardReversed, (wire): CardEvent => ({
    type: 'CardReversed',
    ...decodeDecided(wire),
    bookedDate: toDate(wire.bookedDate, 'booked_date'),
  })),
  cardIssued: caseOf(v1.CardIssued, (wire): CardEvent => {
    const { card, terms, timeMs } = wire;
    const time = toTime(timeMs, 'time_ms');
    return { type: 'CardIssued', card: toId(card, 'card'), terms: decodeTerms(terms), time };
  }),
  cardActivated: caseOf(v1.CardActivated, ({ card }): CardEvent => {
    return { type: 'CardActivated', card: toId(card, 'card') };
  }),
  cardLimitChanged: caseOf(v1.CardLimitChanged, ({ card, limit }): CardEvent => {
    return { type: 'CardLimitChanged', card: toId(card, 'card'), limit: toTerm(limit, 'limit') };
  }),
  cardPolicyChanged: caseOf(v1.CardPolicyChanged, ({ card, policy }): CardEvent => {
    return { type: 'CardPolicyChanged', card: toId(card, 'card'), policy: decodePolicy(policy) };
  }),
  cardPinSet: caseOf(v1.CardPinSet, ({ card, pinHash }): CardEvent => {
    return { type: 'CardPinSet', card: toId(card, 'card'), pinHash: decodePinHash(pinHash, 'pin_hash') };
  }),
  cardPinUnblocked: caseOf(v1.CardPinUnblocked, ({ card }): CardEvent => {
    return { type: 'CardPinUnblocked', card: toId(card, 'card') };
  }),
  cardReplaced: caseOf(v1.CardReplaced, ({ card, device }): CardEvent => {
    return { type: 'CardReplaced', card: toId(card, 'card'), device: toPositive(device, 'device') };
  }),
  cardProhibitionChanged: caseOf(v1.CardProhibitionChanged, (wire): CardEvent => {
    const set = listOf(wire.reasons, (each) => reasons.fromWire(each, 'reasons'));
    return { type: 'CardProhibitionChanged', card: toId(wire.card, 'card'), reasons: set };
  }),
  cardForgot: caseOf(v1.CardForgot, ({ card, payments }): CardEvent => {
    const ids = listOf(payments, (id) => decodeId(id, 'payments'));
    return { type: 'CardForgot', card: toId(card, 'card'), payments: ids };
  }),
  cardInstructed: caseOf(v1.CardInstructed, ({ card, instruction }): CardEvent => {
    return { type: 'CardInstructed', card: toId(card, 'card'), instruction: decodeInstruction(instruction) };
  }),
  cardInstructionCancelled: caseOf(v1.CardInstructionCancelled, ({ card, reference }): CardEvent => {
    return {
      type: 'CardInstructionCancelled',
      card: toId(card, 'card'),
      reference: toId(reference, 'reference'),
    };
  }),
  cardStored: caseOf(v1.CardStored, ({ card, instruction, parts, balances, timeMs }): CardEvent => {
    return {
      type: 'CardStored',
      card: toId(card, 'card'),
      instruction: decodeInstruction(instruction),
      parts: decodeParts(parts),
      balances: decodeBalances(required(balances, 'balances')),
      time: toTime(timeMs, 'time_ms'),
    };
  }),
  cardInterestPosted: caseOf(v1.CardInterestPosted, ({ card, amount, through, balances }): CardEvent => {
    return {
      type: 'CardInterestPosted',
      card: toId(card, 'card'),
      amount: toCount(amount, 'amount'),
      through: toDate(through, 'through'),
      balances: decodeBalances(required(balances, 'balances')),
    };
  }),
  cardCollectionReturned: caseOf(v1.CardCollectionReturned, (wire): CardEvent => {
    return {
      type: 'CardCollectionReturned',
      card: toId(wire.card, 'card'),
      transaction: decodeId(wire.transaction, 'transaction'),
      amount: toCount(wire.amount, 'amount'),
      balances: decodeBalances(required(wire.balances, 'balances')),
      time: toTime(wire.timeMs, 'time_ms'),
    };
  }),
  cardAdjusted: caseOf(v1.CardAdjusted, (wire): CardEvent => {
    return {
      type: 'CardAdjusted',
      card: toId(wire.card, 'card'),
      reference: toId(wire.reference, 'reference'),
      adjustment: decodeAdjustment(wire.adjustment),
      balances: decodeBalances(required(wire.balances, 'balances')),
      time: toTime(wire.timeMs, 'time_ms'),
    };
  }),
};

interface Decided {
  readonly asked: Asked;
  readonly answer: Answer;
}

function decodeDecided({ asked, answer }: v1.CardMoved.$Properties): Decided {
  return { asked: decodeAsked(asked), answer: decodeAnswer(answer) };
}
