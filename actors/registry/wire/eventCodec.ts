/** Events of the journal, both ways (events.proto). What cannot be read exactly is refused. */
import { v1 } from '../../../proto/generated/emoney.js';
import type { Event } from '../event.js';
import { encodeMessage } from '../../../proto/message.js';
import { type Case, oneofDecoder } from './protobuf.js';
import { cardEventCases, encodeCardEvent } from './cardEventCodec.js';
import { guarded } from './guarded.js';
import { encodeRecordEvent, recordEventCases } from './recordEventCodec.js';
import { encodeTerminalEvent, terminalEventCases } from './terminalEventCodec.js';

/** The type demands that no event of the protocol is left out. */
const cases: Readonly<Record<NonNullable<v1.Event['body']>, Case<Event>>> = {
  ...cardEventCases,
  ...recordEventCases,
  ...terminalEventCases,
};
const decode = oneofDecoder(v1.Event, cases);

export function encodeEvent(event: Event): Uint8Array {
  return encodeMessage(v1.Event, wireOf(event));
}

/** Throws MalformedError. */
export function decodeEvent(bytes: Uint8Array): Event {
  return guarded('event', () => decode(bytes));
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
