/** What a card and its record have alike, as they describe themselves. */
import type { v1 } from '../../../proto/generated/emoney.js';
import type { Ledger } from '../ledger.js';
import { readDevice } from '../wire/basics.js';
import { readInstruction, readPolicy, readReasons, readTerms, type Terms } from '../wire/card.js';
import { readBalances } from '../wire/money.js';
import { check, checkAlike, checkFields, type Differ } from './differ.js';

export function compareLedger(
  differ: Differ,
  ledger: Ledger,
  state: v1.CardState.$Properties | v1.RecordState.$Properties,
): void {
  compareTerms(differ, ledger.terms, readTerms(state.terms));
  checkFields(differ, 'balances', ledger.balances, readBalances(state.balances));
  check(differ, 'active', ledger.active, state.active ?? false);
  check(differ, 'reasons (as a set)', ledger.reasons, readReasons(state.reasons));
  checkAlike(differ, 'policy', ledger.policy, readPolicy(state.policy));
  check(differ, 'device', ledger.device, readDevice(state.device));
  check(differ, 'closed', ledger.closed, state.closed ?? false);
  checkAlike(differ, 'pending', ledger.pending, (state.pending ?? []).map(readInstruction));
}

function compareTerms(differ: Differ, expected: Terms, found: Terms): void {
  const { policy, ...others } = expected;
  checkFields(differ, 'terms', others, found);
  checkAlike(differ, 'terms.policy', policy, found.policy);
}
