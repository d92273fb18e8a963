/** Events of cards on the wire. */
import type { v1 } from '../../../proto/generated/emoney.js';
import type { CardEvent } from '../../card/card.js';
import type { Answer } from '../../money/answer.js';
import type { Asked } from '../../money/transaction.js';
import { fromUnsigned, listOf, required, toId, toTime } from './guards.js';
import {
  decodeAnswer,
  decodeAsked,
  decodeTerms,
  encodeAnswer,
  encodeAsked,
  encodeTerms,
  toTerm,
} from './moneyCodec.js';
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

export const cardEventDecoders = {
  cardMoved: (wire: v1.Event): CardEvent => ({ type: 'CardMoved', ...decodeDecided(wire.cardMoved) }),
  cardDeclined: (wire: v1.Event): CardEvent => ({
    type: 'CardDeclined',
    ...decodeDecided(wire.cardDeclined),
  }),
  cardReversed: (wire: v1.Event): CardEvent => ({
    type: 'CardReversed',
    ...decodeDecided(wire.cardReversed),
  }),
  cardIssued: (wire: v1.Event): CardEvent => {
    const { card, terms, timeMs } = required(wire.cardIssued, 'card_issued');
    const time = toTime(timeMs, 'time_ms');
    return { type: 'CardIssued', card: toId(card, 'card'), terms: decodeTerms(terms), time };
  },
  cardActivated: (wire: v1.Event): CardEvent => {
    const { card } = required(wire.cardActivated, 'card_activated');
    return { type: 'CardActivated', card: toId(card, 'card') };
  },
  cardLimitChanged: (wire: v1.Event): CardEvent => {
    const { card, limit } = required(wire.cardLimitChanged, 'card_limit_changed');
    return { type: 'CardLimitChanged', card: toId(card, 'card'), limit: toTerm(limit, 'limit') };
  },
  cardProhibitionChanged: (wire: v1.Event): CardEvent => {
    const changed = required(wire.cardProhibitionChanged, 'card_prohibition_changed');
    const set = listOf(changed.reasons, (each) => reasons.fromWire(each, 'reasons'));
    return { type: 'CardProhibitionChanged', card: toId(changed.card, 'card'), reasons: set };
  },
};

interface Decided {
  readonly asked: Asked;
  readonly answer: Answer;
}

function encodeDecided({ asked, answer }: Decided): v1.CardMoved.$Properties {
  return { asked: encodeAsked(asked), answer: encodeAnswer(answer) };
}

function decodeDecided(wire: v1.CardMoved.$Properties | null | undefined): Decided {
  const { asked, answer } = required(wire, 'event');
  return { asked: decodeAsked(asked), answer: decodeAnswer(answer) };
}
