import { OUTCOMES, type OutcomeMeaning } from '../actors/money/outcomes.js';
import { v1 } from '../proto/generated/emoney.js';

const PREFIX = 'OUTCOME_';
const unspecified: OutcomeMeaning = { retryable: false, text: '' };

const names: ReadonlyMap<v1.Outcome, string> = new Map(
  Object.entries(v1.Outcome).flatMap(([name, number]) =>
    typeof number === 'number' ? [[number, name.slice(PREFIX.length)]] : [],
  ),
);

const outcomes: ReadonlyMap<number, v1.Outcome> = new Map([...names.keys()].map((each) => [each, each]));

/** Undefined: a number that this version does not know. */
export function outcomeOf(number: number): v1.Outcome | undefined {
  return outcomes.get(number);
}

/** The wire's outcome by its stable name: APPROVED, CARD_PROHIBITED. */
export function outcomeName(outcome: v1.Outcome | null | undefined): string {
  const number = outcome ?? v1.Outcome.OUTCOME_UNSPECIFIED;
  return names.get(number) ?? String(number);
}

const byNumber: ReadonlyMap<v1.Outcome, OutcomeMeaning> = new Map(
  Object.entries(OUTCOMES).map(([name, meaning]) => [
    v1.Outcome[`${PREFIX}${name}` as keyof typeof v1.Outcome],
    meaning,
  ]),
);

/** Whether asking again can help, and the text for the holder, from the catalogue of outcomes. */
export function outcomeMeaning(outcome: v1.Outcome): OutcomeMeaning {
  return byNumber.get(outcome) ?? unspecified;
}
