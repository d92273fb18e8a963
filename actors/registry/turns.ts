/** Short ways to write a turn that is nearly empty. */
import { sameId, type TransactionId } from '../money/ids.js';
import type { Ask, Response, Turn } from '../runtime/domain.js';
import type { RecordProhibitionChanged } from '../center/record.js';
import type { Rejection } from '../runtime/rejection.js';
import type { Event } from './event.js';
import { cardKey } from './unit.js';
import { encodePublication, type Publication } from './wire/replyCodec.js';

export const EMPTY_TURN: Turn<Event> = {
  units: [],
  events: [],
  response: { kind: 'none' },
  asks: [],
  releases: [],
  settles: [],
};

export function reply(bytes: Uint8Array): Turn<Event> {
  return { ...EMPTY_TURN, response: { kind: 'reply', bytes } };
}

export function rejection(code: Rejection, detail: string): Response {
  return { kind: 'reject', rejection: code, detail };
}

/** The last one, because a turn asks for the key of its id several times. */
let lastId: TransactionId = { terminal: '', incarnation: 0, number: 0 };
let lastKey = '';

/** Under this key an id is asked about, and waited for. Numbers come last, so that no two ids share a key. */
export function idKey(id: TransactionId): string {
  if (!sameId(id, lastId)) knowKey(id, `id/${id.terminal}#${id.incarnation}#${id.number}`);
  return lastKey;
}

/** The key of an id that is asked for next: then it need not be put together, nor hashed wherever it is looked up. */
export function knowKey(id: TransactionId, key: string): void {
  lastId = id;
  lastKey = key;
}

export function publicationKey(card: string): string {
  return `prohibition/${card}`;
}

/** Asks the worker's outlet to publish a card's reasons, until PROHIBITION_PUBLISHED is journaled (D14). */
export function publicationAsk({ card, reasons, position }: Publication): Ask {
  return {
    key: publicationKey(card),
    from: cardKey(card),
    to: { outlet: 'prohibitions' },
    command: encodePublication({ card, reasons, position }),
  };
}

export function publicationsOf(events: readonly Event[]): readonly Ask[] {
  // Nearly always: nothing to publish.
  if (!events.some(isProhibitionChange)) return EMPTY_TURN.asks;
  return events.filter(isProhibitionChange).map(publicationAsk);
}

function isProhibitionChange(event: Event): event is RecordProhibitionChanged {
  return event.type === 'RecordProhibitionChanged';
}
