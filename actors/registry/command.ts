/** Everything that can be said to the units of a partition. */
import type { OperatorCommand, PublishedCommand } from '../center/decideRecord.js';
import type { Asked, AskMode } from '../money/transaction.js';
import type { CardAnswered } from '../terminal/cardAnswered.js';
import type { TerminalCommand } from '../terminal/decideTerminal.js';

/** From a terminal to the partition of a card. */
export interface AskCommand {
  readonly type: 'Ask';
  readonly mode: AskMode;
  readonly asked: Asked;
  /** The terminal's policy: a purchase here may be deferred. */
  readonly mayDefer: boolean;
}

/** Reads. Ids are different and at most MAX_DESCRIBED. */
export interface DescribeCommand {
  readonly type: 'DescribeCards' | 'DescribeTerminals' | 'DescribeTotals';
  readonly ids: readonly string[];
  /** Of the first terminal's totals, the rows before this one are not asked for. */
  readonly firstRow: number;
}

/** A card's answer, with the reply that it came in. */
export interface PassedAnswer extends CardAnswered {
  readonly bytes: Uint8Array;
}

export type TerminalsCommand = Exclude<TerminalCommand, CardAnswered> | PassedAnswer;

/** `CardAnswered` and `Published` are never on the wire: they are made from answers to what was asked. */
export type Command = OperatorCommand | PublishedCommand | TerminalsCommand | AskCommand | DescribeCommand;
