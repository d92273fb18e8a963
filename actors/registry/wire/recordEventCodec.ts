/** Events of the center's records on the wire. */
import type { v1 } from '../../../proto/generated/emoney.js';
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

export const recordEventDecoders = {
  recordMoved: (wire: v1.Event): RecordEvent => {
    const { asked, parts, balances, receiveTimeMs } = required(wire.recordMoved, 'record_moved');
    return {
      type: 'RecordMoved',
      asked: decodeAsked(asked),
      parts: decodeParts(parts),
      balances: decodeBalances(required(balances, 'balances')),
      receiveTime: toTime(receiveTimeMs, 'receive_time_ms'),
    };
  },
  recordDeclined: (wire: v1.Event): RecordEvent => {
    const { asked, outcome, receiveTimeMs } = required(wire.recordDeclined, 'record_declined');
    return {
      type: 'RecordDeclined',
      asked: decodeAsked(asked),
      outcome: outcomes.fromWire(outcome, 'outcome'),
      receiveTime: toTime(receiveTimeMs, 'receive_time_ms'),
    };
  },
  recordReversed: (wire: v1.Event): RecordEvent => {
    const reversed = required(wire.recordReversed, 'record_reversed');
    const { balances } = reversed;
    return {
      type: 'RecordReversed',
      asked: decodeAsked(reversed.asked),
      parts: decodeParts(reversed.parts),
      balances: balances === null || balances === undefined ? undefined : decodeBalances(balances),
      receiveTime: toTime(reversed.receiveTimeMs, 'receive_time_ms'),
      amount: toCount(reversed.amount, 'amount'),
    };
  },
  recordOpened: (wire: v1.Event): RecordEvent => {
    const { card, terms, timeMs } = required(wire.recordOpened, 'record_opened');
    const time = toTime(timeMs, 'time_ms');
    return { type: 'RecordOpened', card: toId(card, 'card'), terms: decodeTerms(terms), time };
  },
  recordActivated: (wire: v1.Event): RecordEvent => {
    const { card } = required(wire.recordActivated, 'record_activated');
    return { type: 'RecordActivated', card: toId(card, 'card') };
  },
  recordLimitChanged: (wire: v1.Event): RecordEvent => {
    const changed = required(wire.recordLimitChanged, 'record_limit_changed');
    const limit = toTerm(changed.limit, 'limit');
    const previousLimit = toTerm(changed.previousLimit, 'previous_limit');
    return { type: 'RecordLimitChanged', card: toId(changed.card, 'card'), limit, previousLimit };
  },
  recordProhibitionChanged: (wire: v1.Event): RecordEvent => {
    const changed = required(wire.recordProhibitionChanged, 'record_prohibition_changed');
    return {
      type: 'RecordProhibitionChanged',
      card: toId(changed.card, 'card'),
      reasons: listOf(changed.reasons, (each) => reasons.fromWire(each, 'reasons')),
      position: toPositive(changed.position, 'position'),
      note: toText(changed.note, 'note'),
    };
  },
  prohibitionPublished: (wire: v1.Event): RecordEvent => {
    const { card, position, version } = required(wire.prohibitionPublished, 'prohibition_published');
    return {
      type: 'ProhibitionPublished',
      card: toId(card, 'card'),
      position: toPositive(position, 'position'),
      version: decodeVersion(version),
    };
  },
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
