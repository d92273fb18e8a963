import type { Msg } from '@nats-io/transport-node';
import type { AppendResult } from '../../runtime/ports.js';
import type { StreamAnswer } from '../segmentedJournal.js';
import { statusOf } from './inbox.js';
import { NO_RESPONDERS } from './unavailable.js';

const WRONG_LAST_SEQUENCE = 10071;
const STREAM_SEALED = 10109;

interface PublishAnswer {
  readonly stream?: unknown;
  readonly seq?: unknown;
  readonly duplicate?: unknown;
  readonly error?: { readonly err_code?: unknown; readonly description?: unknown };
}

/**
 * What a stream said to a publish. Only a well-formed acknowledgement of this very stream is `stored`, and only
 * "wrong last sequence: N" is `refused`; everything else says nothing about whether the message is stored.
 */
export function parseAppendAnswer(message: Msg, stream: string): StreamAnswer {
  const status = statusOf(message);
  if (status?.startsWith(NO_RESPONDERS) === true) return { kind: 'nobody', reason: status };
  if (status !== undefined) return unknown(status);
  const answer = parse(message);
  if (answer === undefined) return unknown('the acknowledgement is no JSON');
  if (answer.error !== undefined) return parseError(answer.error);
  const { seq, duplicate } = answer;
  if (answer.stream !== stream) return unknown(`acknowledged by stream ${String(answer.stream)}`);
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return unknown('no sequence');
  return { kind: 'stored', sequence: seq, duplicate: duplicate === true };
}

function parseError({ err_code: code, description }: NonNullable<PublishAnswer['error']>): StreamAnswer {
  const text = `${String(code)} ${String(description)}`;
  if (code === STREAM_SEALED) return { kind: 'closed', reason: text };
  const last = /wrong last sequence: (\d+)$/.exec(text)?.[1];
  if (code !== WRONG_LAST_SEQUENCE || last === undefined) return unknown(text);
  return { kind: 'refused', last: Number(last) };
}

function parse(message: Msg): PublishAnswer | undefined {
  try {
    const answer: unknown = message.json();
    return typeof answer === 'object' && answer !== null ? answer : undefined;
  } catch {
    return undefined;
  }
}

function unknown(reason: string): AppendResult {
  return { kind: 'unknown', reason };
}
