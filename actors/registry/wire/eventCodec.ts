/** Events of the journal, both ways (events.proto). What cannot be read exactly is refused. */
import { v1 } from '../../../proto/generated/emoney.js';
import { type Event, isCardEvent, isOfficeEvent, isRecordEvent, isShardEvent } from '../event.js';
import { encodeMessage } from '../../../proto/message.js';
import { type Case, oneofDecoder } from './protobuf.js';
import { cardEventCases, encodeCardEvent } from './cardEventCodec.js';
import { guarded } from './guarded.js';
import { encodeOfficeEvent, officeEventCases } from './officeCodec.js';
import { type FrequentEvent, isFrequent, packEvent } from './hot/packing.js';
import { unpackEvent } from './hot/unpacking.js';
import { encodeRecordEvent, recordEventCases } from './recordEventCodec.js';
import { encodeShardEvent, shardEventCases } from './parametersCodec.js';
import { encodeTerminalEvent, terminalEventCases } from './terminalEventCodec.js';

/** The type demands that no event of the protocol is left out. */
const cases: Readonly<Record<NonNullable<v1.Event['body']>, Case<Event>>> = {
  ...cardEventCases,
  ...recordEventCases,
  ...terminalEventCases,
  ...shardEventCases,
  ...officeEventCases,
};
const decode = oneofDecoder(v1.Event, cases);

export function encodeEvent(event: Event): Uint8Array {
  return isFrequent(event) ? packEvent(event) : encodeMessage(v1.Event, wireOf(event));
}

/** Throws MalformedError. */
export function decodeEvent(bytes: Uint8Array): Event {
  return unpackEvent(bytes) ?? guarded('event', () => decode(bytes));
}

function wireOf(event: Exclude<Event, FrequentEvent>): v1.Event.$Properties {
  if (isCardEvent(event)) return encodeCardEvent(event);
  if (isRecordEvent(event)) return encodeRecordEvent(event);
  if (isShardEvent(event)) return encodeShardEvent(event);
  return isOfficeEvent(event) ? encodeOfficeEvent(event) : encodeTerminalEvent(event);
}
