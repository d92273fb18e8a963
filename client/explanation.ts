/** What would become of a command, as plain TypeScript. */
import type { v1 } from '../proto/generated/emoney.js';
import { toWide, type WireInteger } from '../proto/guard.js';
import { acknowledgedOf, type Acknowledged } from './descriptions.js';
import { outcomeName, ruleName, type OutcomeName, type RuleName } from './names.js';
import { replyOf, type Reply } from './reply.js';

/** The answer as it would be, and the rules that led to it. Nothing was changed; positions are 0. */
export interface Explanation {
  readonly outcome: OutcomeName;
  /** Of a transaction or reversal. */
  readonly reply: Reply | undefined;
  /** Of an operator's command. */
  readonly acknowledged: Acknowledged | undefined;
  /** In the order in which they were looked at, up to the one that gave the answer. */
  readonly steps: readonly Step[];
  /** A PIN would have to be entered; the answer is that with the right one. */
  readonly pinNeeded: boolean;
  /** The number was used before: the answer is its status. */
  readonly recorded: boolean;
}

export interface Step {
  readonly rule: RuleName;
  /** False: this gave the answer, unless a step after it says what is done instead (PARTIAL, UNCOLLECTED). */
  readonly passed: boolean;
  /** What it looked at: amounts in minor units, times in ms, dates yyyymmdd. */
  readonly facts: Readonly<Record<string, WireInteger | string | boolean>>;
  /** What holds where it is passed. */
  readonly text: string;
}

/** @throws GuardError when an amount is no safe integer */
export function explanationOf(explanation: v1.Explanation.$Properties): Explanation {
  const { reply, acknowledged } = explanation;
  return {
    outcome: outcomeName(reply?.outcome ?? acknowledged?.outcome),
    reply: reply == null ? undefined : replyOf(reply),
    acknowledged: acknowledged == null ? undefined : acknowledgedOf(acknowledged),
    steps: (explanation.steps ?? []).map(stepOf),
    pinNeeded: explanation.pinNeeded ?? false,
    recorded: explanation.recorded ?? false,
  };
}

function stepOf({ rule, passed, facts, text }: v1.Step.$Properties): Step {
  return {
    rule: ruleName(rule),
    passed: passed ?? false,
    facts: Object.fromEntries((facts ?? []).map((fact) => [fact.name ?? '', valueOf(fact)])),
    text: text ?? '',
  };
}

function valueOf({ number, text, flag }: v1.Fact.$Properties): WireInteger | string | boolean {
  if (number != null) return toWide(number, 'fact.number');
  return text ?? flag ?? '';
}
