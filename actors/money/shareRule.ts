/** How a balance due is shared between the designated account and the loan (rule 2). */
import { apportion } from './apportion.js';

export const SHARE_KINDS = ['ALL_LOAN', 'ALL_ACCOUNT', 'RATIO', 'WATERFALL'] as const;
export type ShareKind = (typeof SHARE_KINDS)[number];

export interface ShareRule {
  readonly kind: ShareKind;
  /** RATIO: account : loan. 0 otherwise. */
  readonly accountWeight: number;
  readonly loanWeight: number;
  /** The account's caps, of one transaction and of one business date; undefined: none. */
  readonly capTransaction: number | undefined;
  readonly capDay: number | undefined;
}

export const ALL_LOAN: ShareRule = {
  kind: 'ALL_LOAN',
  accountWeight: 0,
  loanWeight: 0,
  capTransaction: undefined,
  capDay: undefined,
};

export interface Share {
  readonly account: number;
  readonly loan: number;
}

/**
 * The due, shared. Undefined: the account's part is above a cap, and only a waterfall gives the rest to the loan.
 * @param used the account's shares on the same business date so far
 */
export function shareDue(rule: ShareRule, due: number, used: number): Share | undefined {
  switch (rule.kind) {
    case 'ALL_LOAN':
      return { account: 0, loan: due };
    case 'ALL_ACCOUNT':
      return within(rule, { account: due, loan: 0 }, used);
    case 'RATIO': {
      const [loan = 0, account = 0] = apportion(due, [rule.loanWeight, rule.accountWeight]);
      return within(rule, { account, loan }, used);
    }
    case 'WATERFALL': {
      const account = Math.min(due, room(rule, used));
      return { account, loan: due - account };
    }
  }
}

function within(rule: ShareRule, share: Share, used: number): Share | undefined {
  return share.account <= room(rule, used) ? share : undefined;
}

function room({ capTransaction = Infinity, capDay = Infinity }: ShareRule, used: number): number {
  return Math.max(0, Math.min(capTransaction, capDay - used));
}

export function sameRule(one: ShareRule, other: ShareRule): boolean {
  return (
    one.kind === other.kind &&
    one.accountWeight === other.accountWeight &&
    one.loanWeight === other.loanWeight &&
    one.capTransaction === other.capTransaction &&
    one.capDay === other.capDay
  );
}
