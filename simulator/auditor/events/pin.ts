/** Rule 8: the tries that an answer tells of, against the card's. */
import type { Findings } from '../findings.js';
import type { Situation } from './situation.js';

/** Takes over the tries that the answer states. */
export function checkPin(findings: Findings, { card, answer }: Situation): void {
  const { pinVerified, triesLeft } = answer;
  if (triesLeft === undefined) {
    findings.holds('RULE', !pinVerified, () => 'a PIN was right although none was looked at');
    return;
  }
  const wrong = Math.max(0, card.triesLeft - 1);
  findings.same('RULE', 'PIN tries left', pinVerified ? card.allTries : wrong, triesLeft);
  const possible = !pinVerified || (card.triesLeft > 0 && card.pinHash !== '');
  findings.holds('RULE', possible, () => 'a PIN was right although the card has none, or it is blocked');
  card.triesLeft = triesLeft;
}
