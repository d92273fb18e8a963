/** A journal that has not acknowledged a frame for seconds: what an operator is told. */
import { JOURNAL_SILENCE_MS } from '../bounds.js';

const WAY_OUT =
  'If a nats-server has no room on its disk, or its disk has failed, make room and restart that server: a stream that ' +
  'could not be written stays frozen until then. In a cluster wait until a leader is elected. Nothing acknowledged is ' +
  'lost. See docs/OPERATIONS.md, "A journal that does not acknowledge"';

export function silenceText(position: number, reason: string): string {
  const seconds = String(JOURNAL_SILENCE_MS / 1_000);
  return `the journal has not acknowledged frame ${String(position)} for ${seconds} s (${reason}). ${WAY_OUT}`;
}
