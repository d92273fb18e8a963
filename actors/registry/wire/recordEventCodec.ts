/** Events of the center's records on the wire. */
import { v1 } from '../../../proto/generated/emoney.js';
import type { RecordEvent } from '../../center/record.js';
import { fromUnsigned, listOf, required, toCount, toId, toPositive, toText, toTime } from './guards.js';
import {
  decodeAsked,
  decodeBalances,
  decodeParts,
  decodeTerms,
  decodeVersion,
  encodeAsked,
  encodeBalances,
  encodeParts,
  encodeTerms,
  encodeVersion,
  toTerm,
} from './moneyCodec.js';
import { caseOf } from './protobuf.js';
import { outcomes, reasons } from './vocabulary.js';

type EventOf<Type extends RecordEvent['type']> = Extract<RecordEvent, { type: Type }>;

export function encodeRecordEvent(event: RecordEvent): v1.Event.$Properties {
  switch (event.type) {
    case 'RecordMoved':
      return { recordMoved: encodeMoved(event) };
    case 'RecordDeclined':
      return { recordDeclined: encodeDeclined(event) };
    case 'RecordReversed':
      return { recordReversed: encodeReversed(event) };
    case 'RecordOpened': {
      const { card, terms, time } = event;
      return { recordOpened: { card, terms: encodeTerms(terms), timeMs: fromUnsigned(time, 'time_ms') } };
    }
    case 'RecordActivated':
      return { recordActivated: { card: event.card } };
    case 'RecordLimitChanged': {
      const limit = fromUnsigned(event.limit, 'limit');
      const previousLimit = fromUnsigned(event.previousLimit, 'previous_limit');
      return { recordLimitChanged: { card: event.card, limit, previousLimit } };
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
  }
}

export const recordEventCases = {
  recordMoved: caseOf(v1.RecordMoved, (wire): RecordEvent => {
    const { asked, parts, balances, receiveTimeMs } = wire;
    return {
      type: 'RecordMoved',
      asked: decodeAsked(asked),
      parts: decodeParts(parts),
      balances: decodeBalances(required(balances, 'balances')),
      receiveTime: toTime(receiveTimeMs, 'receive_time_ms'),
    };
  }),
  recordDeclined: caseOf(v1.RecordDeclined, (wire): RecordEvent => {
    const { asked, outcome, receiveTimeMs } = wire;
    return {
      type: 'RecordDeclined',
      asked: decodeAsked(asked),
      outcome: outcomes.fromWire(outcome, 'outcome'),
      receiveTime: toTime(receiveTimeMs, 'receive_time_ms'),
    };
  }),
  recordReversed: caseOf(v1.RecordReversed, (wire): RecordEvent => {
    const reversed = wire;
    const { balances } = reversed;
    return {
      type: 'RecordReversed',
      asked: decodeAsked(reversed.asked),
      parts: decodeParts(reversed.parts),
      balances: balances === null || balances === undefined ? undefined : decodeBalances(balances),
      receiveTime: toTime(reversed.receiveTimeMs, 'receive_time_ms'),
      amount: toCount(reversed.amount, 'amount'),
    };
  }),
  recordOpened: caseOf(v1.RecordOpened, (wire): RecordEvent => {
    const { card, terms, timeMs } = wire;
    const time = toTime(timeMs, 'time_ms');
    return { type: 'RecordOpened', card: toId(card, 'card'), terms: decodeTerms(terms), time };
  }),
  recordActivated: caseOf(v1.RecordActivated, (wire): RecordEvent => {
    const { card } = wire;
    return { type: 'RecordActivated', card: toId(card, 'card') };
  }),
  recordLimitChanged: caseOf(v1.RecordLimitChanged, (wire): RecordEvent => {
    const changed = wire;
    const limit = toTerm(changed.limit, 'limit');
    const previousLimit = toTerm(changed.previousLimit, 'previous_limit');
    return { type: 'RecordLimitChanged', card: toId(changed.card, 'card'), limit, previousLimit };
  }),
  recordProhibitionChanged: caseOf(v1.RecordProhibitionChanged, (wire): RecordEvent => {
    const changed = wire;
    return {
      type: 'RecordProhibitionChanged',
      card: toId(changed.card, 'card'),
      reasons: listOf(changed.reasons, (each) => reasons.fromWire(each, 'reasons')),
      position: toPositive(changed.position, 'position'),
      note: toText(changed.note, 'note'),
    };
  }),
  prohibitionPublished: caseOf(v1.ProhibitionPublished, (wire): RecordEvent => {
    const { card, position, version } = wire;
    return {
      type: 'ProhibitionPublished',
      card: toId(card, 'card'),
      position: toPositive(position, 'position'),
      version: decodeVersion(version),
    };
  }),
};

function encodeMoved({ asked, parts, balances, receiveTime }: EventOf<'RecordMoved'>) {
  return {
    asked: encodeAsked(asked),
    parts: encodeParts(parts),
    balances: encodeBalances(balances),
    receiveTimeMs: fromUnsigned(receiveTime, 'receive_time_ms'),
  } satisfies v1.RecordMoved.$Properties;
}

function encodeDeclined({ asked, outcome, receiveTime }: EventOf<'RecordDeclined'>) {
  return {
    asked: encodeAsked(asked),
    outcome: outcomes.toWire(outcome),
    receiveTimeMs: fromUnsigned(receiveTime, 'receive_time_ms'),
  } satisfies v1.RecordDeclined.$Properties;
}

function encodeReversed({ asked, parts, balances, receiveTime, amount }: EventOf<'RecordReversed'>) {
  return {
    asked: encodeAsked(asked),
    parts: encodeParts(parts),
    balances: balances === undefined ? null : encodeBalances(balances),
    receiveTimeMs: fromUnsigned(receiveTime, 'receive_time_ms'),
    amount: fromUnsigned(amount, 'amount'),
  } satisfies v1.RecordReversed.$Properties;
}
