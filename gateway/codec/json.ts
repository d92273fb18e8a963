import Long from 'long';
import protojson from 'protobufjs/ext/protojson.js';
import type { v1 } from '../../proto/generated/emoney.js';
import { decodeBinary } from './binary.js';
import { JSON_SUBPROTOCOL, MalformedMessageError, problemOf } from './codec.js';
import type { Codec, RequestNumber } from './codec.js';
import { checkJson } from './jsonCheck.js';
import { clientMessageType, serverMessageType } from './schema.js';

/** `emoney.v1.json`: protobuf JSON, text frames only. 64-bit integers leave as strings. */
export const jsonCodec: Codec = {
  subprotocol: JSON_SUBPROTOCOL,
  binary: false,
  decode: decodeJson,
  encode: (message) => protojson.toJsonString(serverMessageType, message),
};

/** Translated to bytes and decoded like those, so that both subprotocols have one meaning. */
function decodeJson(data: Buffer): v1.ClientMessage {
  const text = data.toString('utf8');
  const value = parse(text);
  try {
    checkJson(clientMessageType, value, '');
    return decodeBinary(encoded(text));
  } catch (error) {
    throw new MalformedMessageError(problemOf(error), requestOf(value));
  }
}

function encoded(text: string): Buffer {
  try {
    return Buffer.from(clientMessageType.encode(protojson.fromJsonString(clientMessageType, text)).finish());
  } catch (error) {
    // It ends with the value: not repeated either.
    throw new Error(problemOf(error).replace(/: (["[{]|-?[0-9]).*$/s, ''), { cause: error });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own words repeat a part of the text, which may hold what must never be in an error.
    throw new MalformedMessageError('the message is not valid JSON');
  }
}

const decimal = /^(0|[1-9][0-9]{0,19})$/;

/** Exactly as it was sent, or none: another number would be the answer to another message. */
function requestOf(value: unknown): RequestNumber {
  if (typeof value !== 'object' || value === null || !('request' in value)) return 0;
  const { request } = value;
  if (typeof request === 'number') return Number.isSafeInteger(request) && request > 0 ? request : 0;
  if (typeof request !== 'string' || !decimal.test(request)) return 0;
  if (Number.isSafeInteger(Number(request))) return Number(request);
  const long = Long.fromString(request, true);
  // It wraps around beyond 64 bits.
  return long.toString() === request ? long : 0;
}
