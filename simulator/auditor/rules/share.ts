/** Rule 2: how a due is shared between the designated account and the loan. */
import { Share } from '../codes.js';
import type { ShareRule } from '../wire/card.js';
import { inProportion } from './proportion.js';

export interface Shared {
  readonly account: number;
  readonly loan: number;
  /** The account part is within the rule's caps. */
  readonly fits: boolean;
}

/** `used`: account shares of the business date so far. */
export function shareOf(rule: ShareRule, due: number, used: number): Shared {
  const room = Math.min(rule.capTransaction ?? due, roomOfDay(rule, due, used));
  switch (rule.kind) {
    case Share.allAccount:
      return { account: due, loan: 0, fits: due <= room };
    case Share.ratio: {
      const [loan = 0, account = 0] = inProportion(due, [rule.loanWeight, rule.accountWeight]);
      return { account, loan, fits: account <= room };
    }
    case Share.waterfall: {
      const account = Math.min(due, room);
      return { account, loan: due - account, fits: true };
    }
    default:
      return { account: 0, loan: due, fits: true };
  }
}

function roomOfDay({ capDay }: ShareRule, due: number, used: number): number {
  return capDay === undefined ? due : Math.max(0, capDay - used);
}
