import { ruleMeaning, RULES, type Rule } from '../actors/money/trace.js';
import { decodeMessage } from '../proto/message.js';
import { v1 } from '../proto/generated/emoney.js';
import { replyOf } from './reply.js';

const PREFIX = 'RULE_';

const texts: ReadonlyMap<v1.Rule, string> = new Map(
  (Object.keys(RULES) as Rule[]).map((rule) => [v1.Rule[`${PREFIX}${rule}`], ruleMeaning(rule).text]),
);

/** What the client gets: the answer as it would be, and the steps with their texts. */
export function explanationOf(
  bytes: Uint8Array | null | undefined,
  steps: readonly v1.Step.$Properties[],
): v1.Explanation.$Properties {
  const { answered, acknowledged } = decodeMessage(v1.CommandReply, bytes ?? new Uint8Array());
  return {
    reply: answered == null ? null : replyOf(answered),
    acknowledged: acknowledged ?? null,
    steps: steps.map((step) => ({ ...step, text: textOf(step) })),
    pinNeeded: steps.some(isPinNeeded),
    recorded: steps.some(({ rule, passed }) => rule === v1.Rule.RULE_ID && passed !== true),
  };
}

function textOf({ rule }: v1.Step.$Properties): string {
  return texts.get(rule ?? v1.Rule.RULE_UNSPECIFIED) ?? '';
}

function isPinNeeded({ rule, facts }: v1.Step.$Properties): boolean {
  if (rule !== v1.Rule.RULE_PIN) return false;
  return (facts ?? []).some(({ name, flag }) => name === 'needed' && flag === true);
}
