import protobuf from 'protobufjs/minimal.js';
import { decodeMessage, encodeMessage } from '../../proto/message.js';
import { v1 } from '../../proto/generated/emoney.js';
import { MalformedMessageError, PROTOBUF_SUBPROTOCOL, problemOf } from './codec.js';
import type { Codec, RequestNumber } from './codec.js';
import { clientMessageType } from './schema.js';
import { checkWire } from './wire.js';
import { wireTableOf } from './wireTable.js';

const table = wireTableOf(clientMessageType);

/** `emoney.v1.protobuf`: binary frames only. */
export const binaryCodec: Codec = {
  subprotocol: PROTOBUF_SUBPROTOCOL,
  binary: true,
  decode: decodeBinary,
  encode: (message) => encodeMessage(v1.ServerMessage, message),
};

/** @throws MalformedMessageError that names the field and what is wrong with it */
export function decodeBinary(data: Buffer): v1.ClientMessage {
  let message: v1.ClientMessage;
  try {
    checkWire(data, table);
    message = decodeMessage(v1.ClientMessage, data);
  } catch (error) {
    throw new MalformedMessageError(problemOf(error), requestOf(data));
  }
  if (message.body === undefined) throw new MalformedMessageError('the message has no body', message.request);
  return message;
}

/** The request number, if the bytes are sound up to it: every encoder writes it first. */
function requestOf(data: Buffer): RequestNumber {
  try {
    const reader = protobuf.Reader.create(data);
    return reader.uint32() === 8 ? (reader.uint64() as unknown as RequestNumber) : 0;
  } catch {
    return 0;
  }
}
