/** Events of the journal, both ways (events.proto). What cannot be read exactly is refused. */
import { v1 } from '../../../proto/generated/emoney.js';
import type { Event } from '../event.js';
import { decoded, encoded } from './protobuf.js';
import { cardEventDecoders, encodeCardEvent } from './cardEventCodec.js';
import { guarded } from './guarded.js';
import { GuardError, noUnknowns, required } from './guards.js';
import { encodeRecordEvent, recordEventDecoders } from './recordEventCodec.js';
import { encodeTerminalEvent, terminalEventDecoders } from './terminalEventCodec.js';

/** What an event of each body becomes. The type demands that none is left out. */
const decoders: Readonly<Record<NonNullable<v1.Event['body']>, (wire: v1.Event) => Event>> = {
  ...cardEventDecoders,
  ...recordEventDecoders,
  ...terminalEventDecoders,
};

export function encodeEvent(event: Event): Uint8Array {
  return encoded(v1.Event, wireOf(event));
}

/** Throws MalformedError. */
export function decodeEvent(bytes: Uint8Array): Event {
  return guarded('event', () => {
    const wire = decoded(v1.Event, bytes);
    noUnknowns(wire, 'event');
    const { body } = wire;
    if (body === undefined) throw new GuardError('body', 'is missing or unknown');
    noUnknowns(required(wire[body], body), body);
    return decoders[body](wire);
  });
}

function wireOf(event: Event): v1.Event.$Properties {
  switch (event.type) {
    case 'CardIssued':
    case 'CardActivated':
    case 'CardLimitChanged':
    case 'CardProhibitionChanged':
    case 'CardMoved':
    case 'CardDeclined':
    case 'CardReversed':
      return encodeCardEvent(event);
    case 'RecordOpened':
    case 'RecordActivated':
    case 'RecordLimitChanged':
    case 'RecordProhibitionChanged':
    case 'ProhibitionPublished':
    case 'RecordMoved':
    case 'RecordDeclined':
    case 'RecordReversed':
      return encodeRecordEvent(event);
    case 'TerminalRegistered':
    case 'SessionOpened':
    case 'ListHeld':
    case 'TransactionOpened':
    case 'TransactionClosed':
    case 'TransactionRefused':
    case 'ReversalOpened':
    case 'ReversalClosed':
      return encodeTerminalEvent(event);
  }
}
