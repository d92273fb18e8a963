import type Long from 'long';
import type { v1 } from '../../proto/generated/emoney.js';

export const PROTOBUF_SUBPROTOCOL = 'emoney.v1.protobuf';
export const JSON_SUBPROTOCOL = 'emoney.v1.json';

/** A number of the client's choice, 64 bits: repeated in the answer, never computed with. */
export type RequestNumber = number | Long;

/** One subprotocol. Both carry the same messages; one message a WebSocket message. */
export interface Codec {
  readonly subprotocol: string;
  /** Frames of the other kind are refused with 1003. */
  readonly binary: boolean;
  /** Throws MalformedMessageError for everything that is not exactly one well-formed message with a body. */
  decode(data: Buffer): v1.ClientMessage;
  encode(message: v1.ServerMessage.$Properties): Uint8Array | string;
}

/** What is wrong with a client's message; `request` is its number where that could still be read, else 0. */
export class MalformedMessageError extends Error {
  readonly request: RequestNumber;
  constructor(problem: string, request: RequestNumber = 0) {
    super(problem);
    this.name = 'MalformedMessageError';
    this.request = request;
  }
}

/** What a client would not understand in the words of the libraries. */
const translations: readonly (readonly [RegExp, string])[] = [
  [/^\.emoney\.v1\.ClientMessage: multiple values for oneof body$/, 'the message has more than one body'],
  [/^\.emoney\.v1\.ClientMessage: /, 'the message: '],
  [/^\.emoney\.v1\.ClientMessage\./, ''],
  [/^The encoded data was not valid for encoding utf-8$/, 'the message: a text is not UTF-8'],
];

/** An error as a client reads it: by the names of the protocol, not by those inside the libraries. */
export function problemOf(error: unknown): string {
  let text = error instanceof Error ? error.message : String(error);
  for (const [theirs, ours] of translations) text = text.replace(theirs, ours);
  return text.replaceAll(/\.emoney\.v1\.(\w)/g, (_, initial: string) => initial.toLowerCase());
}
