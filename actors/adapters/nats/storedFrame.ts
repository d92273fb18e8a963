import type { Msg } from '@nats-io/transport-node';
import type { StoredFrame } from '../../runtime/ports.js';

/** A message of a direct get, whose headers say where and when it is stored. Throws when they do not. */
export function frameOf(message: Msg): StoredFrame {
  const sequence = sequenceOf(message);
  const storedAt = Date.parse(message.headers?.get('Nats-Time-Stamp') ?? '');
  if (Number.isNaN(storedAt)) throw new Error('a stored message without its time stamp');
  return { sequence, bytes: message.data, storedAt };
}

export function sequenceOf(message: Msg): number {
  const sequence = Number(message.headers?.get('Nats-Sequence') ?? '');
  if (!Number.isSafeInteger(sequence) || sequence < 1)
    throw new Error('a stored message without its sequence');
  return sequence;
}
