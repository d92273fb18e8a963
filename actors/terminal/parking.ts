/** An id whose reversal takes long is parked: the device gets the final REVERSING, the actor pursues it (D7). */
import { REVERSAL_PATIENCE_MS } from '../bounds.js';
import { bareAnswer } from '../money/answer.js';
import { answeredFrom, replied, type TerminalContext, type TerminalDecision, waiting } from './decision.js';
import type { OpenedReversal, TerminalEntry } from './terminal.js';

/** What is answered about an id while its reversal is open. */
export function underReversal(
  entry: TerminalEntry,
  reversal: OpenedReversal,
  context: TerminalContext,
): TerminalDecision {
  // The ask is on its way already, and is repeated until the card has answered.
  if (context.elapsedSince(reversal.time) <= REVERSAL_PATIENCE_MS) return waiting(reversal.id, []);
  return replied(answeredFrom(entry, bareAnswer('REVERSING', 0, context.now)));
}
