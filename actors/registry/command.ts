/** Everything that can be said to the units of a partition. */
import type { PublishedCommand } from '../center/decideRecord.js';
import type { OperatorCommand } from '../center/operate.js';
import type { OfficeCommand } from '../center/decideOffice.js';
import type { Parameters } from '../money/parameters.js';
import type { ChargeCards, ListBorrowers } from './wire/officeCodec.js';
import type { Original } from '../money/original.js';
import type { Asked, AskMode } from '../money/transaction.js';
import type { AsSent } from '../terminal/asSent.js';
import type { CompileAsk } from '../terminal/closeBatch.js';
import type { CardAnswered } from '../terminal/cardAnswered.js';
import type { RegisterTerminal, TerminalCommand } from '../terminal/decideTerminal.js';
import type { Reverse } from '../terminal/reversal.js';
import type { Transact } from '../terminal/transact.js';

/** From a terminal to the partition of a card. */
export interface AskCommand {
  readonly type: 'Ask';
  readonly mode: AskMode;
  readonly asked: Asked;
  /** The terminal's policy: what is paid here may be deferred. */
  readonly mayDefer: boolean;
  /** A gate's zone; else empty. */
  readonly zone: string;
  /** Keyed hash of the PIN that was entered, in hexadecimal; empty: none was; undefined: a dry run looks at none. */
  readonly pinHash: string | undefined;
}

/** What the journal says about the payment that a refund gives back. */
export interface OriginalFound {
  readonly type: 'OriginalFound';
  /** The refund, as it was asked. */
  readonly ask: AskCommand;
  /** Undefined: there is no such payment of this card. */
  readonly original: Original | undefined;
}

/** What would become of another command (rule 16): nothing of it is stored. */
export interface DryRun extends AsSent {
  readonly type: 'DryRun';
  readonly command: Explainable;
}

export type Explainable =
  | Transact
  | Reverse
  | RegisterTerminal
  | AskCommand
  | OriginalFound
  | OperatorCommand
  | Extract<OfficeCommand, { type: 'SetParameters' | 'ChargeInterest' | 'Settle' }>;

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

/** Of the center's office to each partition. */
export type PartitionCommand =
  | { readonly type: 'AdoptParameters'; readonly partition: number; readonly parameters: Parameters }
  | ListBorrowers
  | ChargeCards;

/** Of a terminal's actor to each partition: what the center compiled there of a batch. */
export interface CompileBatch extends CompileAsk {
  readonly type: 'CompileBatch';
}

/** What the office itself is asked, and hears. `Wake`, `Adopted`, `Listed` and `Charged` are never on the wire. */
export type CenterCommand = OfficeCommand | { readonly type: 'DescribeCenter' };

/**
 * `CardAnswered`, `Published`, `OriginalFound` and `BatchCompiled` are never on the wire: they are made from answers to
 * asks. Neither are `Wake` and `WakeTerminal`, which the clock makes.
 */
export type Command =
  | OperatorCommand
  | PartitionCommand
  | CompileBatch
  | CenterCommand
  | PublishedCommand
  | OriginalFound
  | TerminalsCommand
  | AskCommand
  | DryRun
  | DescribeCommand;
