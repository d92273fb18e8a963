/** Events of cards on the wire. */
import { v1 } from '../../../proto/generated/emoney.js';
import type { CardEvent } from '../../card/card.js';
import type { Answer } from '../../money/answer.js';
import type { Asked } from '../../money/transaction.js';
import { fromUnsigned, listOf, toId, toTime } from './guards.js';
import {
  decodeAnswer,
  decodeAsked,
  decodeTerms,
  encodeAnswer,
  encodeAsked,
  encodeTerms,
  toTerm,
} from './moneyCodec.js';
import { caseOf } from './protobuf.js';
import { reasons } from './vocabulary.js';

export function encodeCardEvent(event: CardEvent): v1.Event.$Properties {
  switch (event.type) {
    case 'CardMoved':
      return { cardMoved: encodeDecided(event) };
    case 'CardDeclined':
      return { cardDeclined: encodeDecided(event) };
    case 'CardReversed':
      return { cardReversed: encodeDecided(event) };
    case 'CardIssued': {
      const { card, terms, time } = event;
      return { cardIssued: { card, terms: encodeTerms(terms), timeMs: fromUnsigned(time, 'time_ms') } };
    }
    case 'CardActivated':
      return { cardActivated: { card: event.card } };
    case 'CardLimitChanged':
      return { cardLimitChanged: { card: event.card, limit: fromUnsigned(event.limit, 'limit') } };
    case 'CardProhibitionChanged':
      return { cardProhibitionChanged: { card: event.card, reasons: event.reasons.map(reasons.toWire) } };
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
  })),
  cardIssued: caseOf(v1.CardIssued, (wire): CardEvent => {
    const { card, terms, timeMs } = wire;
    const time = toTime(timeMs, 'time_ms');
    return { type: 'CardIssued', card: toId(card, 'card'), terms: decodeTerms(terms), time };
  }),
  cardActivated: caseOf(v1.CardActivated, (wire): CardEvent => {
    const { card } = wire;
    return { type: 'CardActivated', card: toId(card, 'card') };
  }),
  cardLimitChanged: caseOf(v1.CardLimitChanged, (wire): CardEvent => {
    const { card, limit } = wire;
    return { type: 'CardLimitChanged', card: toId(card, 'card'), limit: toTerm(limit, 'limit') };
  }),
  cardProhibitionChanged: caseOf(v1.CardProhibitionChanged, (wire): CardEvent => {
    const changed = wire;
    const set = listOf(changed.reasons, (each) => reasons.fromWire(each, 'reasons'));
    return { type: 'CardProhibitionChanged', card: toId(changed.card, 'card'), reasons: set };
  }),
};

interface Decided {
  readonly asked: Asked;
  readonly answer: Answer;
}

function encodeDecided({ asked, answer }: Decided): v1.CardMoved.$Properties {
  return { asked: encodeAsked(asked), answer: encodeAnswer(answer) };
}

function decodeDecided({ asked, answer }: v1.CardMoved.$Properties): Decided {
  return { asked: decodeAsked(asked), answer: decodeAnswer(answer) };
}
