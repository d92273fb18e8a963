import type { Balances, Explanation, Parts, Reply } from '../../client/index.js';

/** `moved`: the card was another when the command came, so that there is nothing to compare. */
export type Compared =
  | { readonly kind: 'alike' }
  | { readonly kind: 'moved' }
  | { readonly kind: 'otherwise'; readonly text: string };

const ALIKE: Compared = { kind: 'alike' };
const MOVED: Compared = { kind: 'moved' };

/** Whether a command was answered as it had been explained just before. */
export function explainedOtherwise(explanation: Explanation, told: Reply): Compared {
  const { reply: explained, outcome, pinNeeded } = explanation;
  if (told.outcome === 'REVERSED' || told.outcome === 'REVERSING') return MOVED;
  // A terminal's own refusal says nothing of the card; its list may have come in between.
  if (explained === undefined || told.position === 0) return MOVED;
  if (outcome === 'CARD_PROHIBITED' && explained.balances.limit === 0) return MOVED;
  if (!sameBalances(before(explained), before(told))) return MOVED;
  // Explained as with the right PIN.
  if (pinNeeded && told.outcome === 'PIN_REQUIRED') return ALIKE;
  if (outcome !== told.outcome) return { kind: 'otherwise', text: `${outcome}, then ${told.outcome}` };
  if (explained.amount !== told.amount)
    return { kind: 'otherwise', text: `${explained.amount}, then ${told.amount}` };
  const parts = Object.keys(told.parts) as (keyof Parts)[];
  const differing = parts.filter((part) => explained.parts[part] !== told.parts[part]);
  return differing.length === 0
    ? ALIKE
    : { kind: 'otherwise', text: `another split (${differing.join(', ')})` };
}

/** What the card held before, as far as the answer shows; a change in between shows in it. */
function before({ kind, outcome, parts, balances }: Reply): Balances {
  if (outcome !== 'APPROVED') return balances;
  const { value, loan, interest, fare } = parts;
  switch (kind) {
    case 'PURCHASE':
    case 'FARE':
    case 'UNLOAD':
      return {
        ...balances,
        storedValue: balances.storedValue + value,
        loan: balances.loan - loan,
        fareOwed: balances.fareOwed - fare,
      };
    case 'DEPOSIT':
      return {
        ...balances,
        storedValue: balances.storedValue - value,
        loan: balances.loan + loan,
        interest: balances.interest + interest,
        fareOwed: balances.fareOwed + fare,
      };
    case 'REFUND':
    case 'VOID':
      // What goes to stored value because it is owed no more leaves two ways open; then both are compared as they are.
      if (parts.excess + fare > 0) return balances;
      return {
        ...balances,
        storedValue: balances.storedValue - value,
        loan: balances.loan + loan + parts.accountAsLoan,
      };
    case 'ENTRY':
    case 'ENQUIRY':
    case 'STORE':
    case 'UNSPECIFIED':
      return balances;
  }
}

function sameBalances(one: Balances, other: Balances): boolean {
  return (Object.keys(one) as (keyof Balances)[]).every((name) => one[name] === other[name]);
}
