/** What an answer in the city must be, by the rules and by what it says itself of the card: checked as it arrives. */
import { MAX_CLOCK_AHEAD_MS } from '../../actors/bounds.js';
import type { Balances, OutcomeName, Reply, ShareRule } from '../../client/index.js';
import type { Holder } from './holder.js';

export type TapKind = 'purchase' | 'deposit' | 'enquiry' | 'refund' | 'void' | 'unload' | 'entry' | 'exit';

/** What was asked, as far as the answer must fit to it. */
export interface Asked {
  readonly kind: TapKind;
  readonly holder: Holder;
  /** Minor units; 0 where none is stated. */
  readonly amount: number;
  readonly pin: 'none' | 'right' | 'wrong';
  readonly partial: boolean;
  /** The terminal's policy. */
  readonly mayDefer: boolean;
  /** The outcomes that are right here; undefined: whatever the rules allow. */
  readonly must: readonly OutcomeName[] | undefined;
}

type Check = (asked: Asked, reply: Reply) => string | undefined;

/** What is wrong with an answer; undefined: nothing. */
export function judge(asked: Asked, reply: Reply): string | undefined {
  const { outcome } = reply;
  if (reply.card !== asked.holder.card) return `answers about card ${reply.card}`;
  // Its reversal's answer is judged by itself.
  if (outcome === 'REVERSED' || outcome === 'REVERSING') return undefined;
  if (asked.must !== undefined && !asked.must.includes(outcome) && !ANYWHERE.has(outcome)) {
    return `answered ${outcome} where only ${asked.must.join(' or ')} is right`;
  }
  const check = CHECKS[outcome];
  return check === undefined ? `answered ${outcome}` : check(asked, reply);
}

/** Owed to circumstances that no activity can know of; each has its own check. */
const ANYWHERE: ReadonlySet<OutcomeName> = new Set(['CARD_PROHIBITED', 'LIST_NOT_HELD', 'CLOCK_AHEAD']);

const isWithheld = ({ kind }: Asked): boolean => kind === 'purchase' || kind === 'entry' || kind === 'unload';

const onlyWhere =
  (text: string, holds: (asked: Asked, reply: Reply) => boolean): Check =>
  (asked, reply) =>
    holds(asked, reply) ? undefined : `${reply.outcome} ${text}`;

/** Right only where the activity was made for it. */
const expected: Check = onlyWhere('was not to be expected', ({ must }) => must !== undefined);

/** Outcomes that a city can get; every other one is wrong. */
const CHECKS: Readonly<Partial<Record<OutcomeName, Check>>> = {
  APPROVED: approvedProblem,
  CARD_PROHIBITED: onlyWhere(
    'of a card that has no reason',
    (asked, { position, balances }) =>
      // The list of a terminal is older than the card.
      isWithheld(asked) && (position === 0 || asked.holder.prohibited || owed(balances) > balances.limit),
  ),
  // A frame has the time at which it began: where storing takes long, that is long ago by a fast clock.
  CLOCK_AHEAD: onlyWhere(
    'of a clock that is not',
    ({ kind }, { terminalTimeMs, receiveTimeMs }) =>
      kind !== 'exit' && terminalTimeMs > receiveTimeMs + MAX_CLOCK_AHEAD_MS,
  ),
  LIST_NOT_HELD: onlyWhere('although nothing is withheld', isWithheld),
  DEVICE_SUPERSEDED: expected,
  CARD_CLOSED: onlyWhere('of an open card', ({ holder }) => holder.closed),
  PIN_BLOCKED: onlyWhere(
    'with tries left',
    ({ pin, holder }, { triesLeft }) => (pin === 'wrong' || holder.triesLeft === 0) && triesLeft === 0,
  ),
  PIN_REQUIRED: onlyWhere(
    'although none is needed',
    ({ kind, pin, holder, amount }, { balances }) =>
      kind === 'purchase' && pin === 'none' && needsPin(holder, amount, balances),
  ),
  PIN_WRONG: onlyWhere(
    'of the right PIN, or without a try left',
    ({ pin }, { triesLeft }) => pin === 'wrong' && (triesLeft ?? 0) > 0,
  ),
  ALREADY_INSIDE: expected,
  NOT_INSIDE: expected,
  FARE_OWED: onlyWhere(
    'although none is',
    ({ kind }, { balances }) => kind === 'entry' && balances.fareOwed > 0,
  ),
  INSUFFICIENT_FUNDS: onlyWhere(
    'although it can be paid',
    (asked, { balances, creditFlag }) => !creditFlag && isShort(asked, balances),
  ),
  DEFERRAL_NOT_PERMITTED: onlyWhere(
    'at a terminal that may defer, or of what needs none',
    (asked, { balances }) => !asked.mayDefer && isShort(asked, balances),
  ),
  ACCOUNT_NOT_AVAILABLE: onlyWhere(
    'although the account takes no part',
    (asked, { balances }) => !asked.holder.allLoan && isShort(asked, balances),
  ),
  CREDIT_LIMIT: onlyWhere('although the limit allows it', (asked, { balances }) => {
    const due = asked.amount - balances.storedValue;
    return isShort(asked, balances) && balances.loan + due > balances.limit;
  }),
  CAP_EXCEEDED: onlyWhere(
    'although it fits',
    ({ kind, amount }, { fits }) => kind === 'deposit' && fits !== undefined && amount > fits,
  ),
  VOID_NOT_POSSIBLE: onlyWhere('of no void', ({ kind }) => kind === 'void'),
  REFUND_EXCEEDS_ORIGINAL: onlyWhere(
    'although so much is left',
    ({ kind, amount }, { fits }) => kind === 'refund' && fits !== undefined && amount > fits,
  ),
  CLOSE_NOT_POSSIBLE: onlyWhere(
    'without an obstacle',
    ({ kind }, { obstacle }) => kind === 'unload' && obstacle !== undefined,
  ),
};

function approvedProblem(asked: Asked, reply: Reply): string | undefined {
  const { balances } = reply;
  const { storedValue, loan, interest, fareOwed } = balances;
  if (storedValue < 0 || loan < 0 || interest < 0 || fareOwed < 0) return 'a balance is negative';
  if (asked.pin === 'wrong') return 'approved with a wrong PIN';
  return APPROVED[asked.kind](asked, reply);
}

const APPROVED: Readonly<Record<TapKind, Check>> = {
  purchase: (asked, reply) => amountProblem(asked, reply) ?? purchaseProblem(asked, reply),
  deposit: (asked, reply) => amountProblem(asked, reply) ?? depositProblem(reply),
  enquiry: (_, { log }) => (log.length > 20 ? `a log of ${log.length} movements` : undefined),
  refund: amountProblem,
  void: (asked, reply) => amountProblem({ ...asked, amount: Number(reply.amount) }, reply),
  unload: (_, { balances }) => (balances.storedValue > 0 ? 'value is left on a closed card' : undefined),
  entry: (_, { inside }) => (inside === undefined ? 'entered, and is not inside' : undefined),
  exit: (asked, reply) =>
    amountProblem({ ...asked, amount: Number(reply.amount) }, reply) ?? exitProblem(reply),
};

/** The approved amount is what was asked, and its parts make it up. */
function amountProblem({ amount, partial }: Asked, reply: Reply): string | undefined {
  const { parts, remainder } = reply;
  const approved = Number(reply.amount);
  if (remainder > 0 && !partial) return 'a part was approved, for which nobody asked';
  if (approved + remainder !== amount) return `approved ${approved} of ${amount}, ${remainder} remaining`;
  const sum = parts.value + parts.account + parts.loan + parts.interest + parts.fare;
  return sum === approved ? undefined : `parts add up to ${sum} instead of ${approved}`;
}

function purchaseProblem(asked: Asked, reply: Reply): string | undefined {
  const { parts, balances, creditFlag, remainder, pinVerified } = reply;
  const { holder, mayDefer } = asked;
  const due = parts.loan + parts.account;
  if (parts.interest !== 0 || parts.fare !== 0) return 'a purchase with interest or fare in it';
  if (due > 0 && balances.storedValue > 0) return 'deferred beside stored value';
  if (due > 0 && remainder > 0) return 'a part of a due was deferred';
  if (due > 0 && (!creditFlag || !mayDefer)) return 'deferred although it may not be';
  if (parts.loan > 0 && balances.loan > balances.limit) return 'the loan exceeds the limit';
  // As it was before the purchase.
  const before = { ...balances, storedValue: balances.storedValue + parts.value };
  if (needsPin(holder, asked.amount, before) && !pinVerified) return 'approved without the PIN that it needs';
  return shareProblem(holder.policy.shareRule, parts);
}

/** Largest remainder, ties to the loan: never a minor unit away from the ratio. */
function shareProblem(
  rule: ShareRule | undefined,
  { account, loan }: { readonly account: number; readonly loan: number },
): string | undefined {
  const due = account + loan;
  switch (rule?.kind) {
    case 'ALL_ACCOUNT':
      return loan > 0 ? 'a loan where the account pays all' : undefined;
    case 'RATIO': {
      const { accountWeight = 0, loanWeight = 0 } = rule;
      const exact = (due * accountWeight) / (accountWeight + loanWeight);
      return Math.abs(account - exact) < 1 ? undefined : `the account's share of ${due} is ${account}`;
    }
    case 'WATERFALL':
      if (account > (rule.capTransaction ?? due)) return 'the account pays beyond its cap';
      return undefined;
    case 'ALL_LOAN':
    case 'UNSPECIFIED':
    case undefined:
      return account > 0 ? 'an account share where all is loan' : undefined;
  }
}

/** Fare, then interest, then loan, then stored value. */
function depositProblem({ parts, balances }: Reply): string | undefined {
  const { fareOwed, interest, loan } = balances;
  const skipped =
    (parts.interest > 0 && fareOwed > 0) ||
    (parts.loan > 0 && fareOwed + interest > 0) ||
    (parts.value > 0 && fareOwed + interest + loan > 0);
  return skipped ? 'a deposit paid something else before what comes first' : undefined;
}

function exitProblem({ parts, balances, inside }: Reply): string | undefined {
  if (inside !== undefined) return 'left, and is inside';
  if (parts.fare > 0 && balances.storedValue > 0) return 'a fare is owed beside stored value';
  return parts.fare > 0 && parts.loan + parts.account > 0 ? 'a fare is owed beside a deferral' : undefined;
}

function owed({ fareOwed, interest, loan }: Balances): number {
  return fareOwed + interest + loan;
}

function isShort({ kind, amount }: Asked, { storedValue }: Balances): boolean {
  return kind === 'purchase' && amount > storedValue;
}

function needsPin({ policy }: Holder, amount: number, { storedValue }: Balances): boolean {
  const { cvmLimit, pinForDeferral = false } = policy;
  return (cvmLimit !== undefined && amount > cvmLimit) || (pinForDeferral && amount > storedValue);
}
