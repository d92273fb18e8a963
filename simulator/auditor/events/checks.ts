/** Rule 17: what a card looks at, in its order, and whether its answer follows from it. */
import { Kind, Obstacle, Outcome, kindName, outcomeName } from '../codes.js';
import type { Check as Code, Findings } from '../findings.js';
import { owed } from '../rules/split.js';
import type { Situation } from './situation.js';

interface Check {
  readonly outcome: number;
  /** What an approval against it violates. */
  readonly code: Code;
  /** Undefined: it cannot be told from the card's side alone. */
  readonly fails: (at: Situation) => boolean | undefined;
  /** For people: why it fails, and why it does not. */
  readonly failed: (at: Situation) => string;
  readonly passed: (at: Situation) => string;
}

function check(
  outcome: number,
  fails: Check['fails'],
  failed: string | Check['failed'],
  passed: string | Check['passed'],
  code: Code = 'RULE',
): Check {
  const said = (text: string | Check['failed']) => (typeof text === 'string' ? () => text : text);
  return { outcome, code, fails, failed: said(failed), passed: said(passed) };
}

const closed = check(
  Outcome.cardClosed,
  ({ card }) => card.closed,
  'the card is closed',
  'the card is not closed',
);
const superseded = check(
  Outcome.deviceSuperseded,
  ({ card, asked }) => asked.device !== card.device,
  ({ card, asked }) => `device ${asked.device} was presented, and ${card.device} counts`,
  'the device is the one that counts',
);
const prohibited = check(
  Outcome.cardProhibited,
  ({ card }) => card.reasons !== 0,
  ({ card }) => `the card holds reasons (set ${card.reasons})`,
  'the card holds no reason',
  'I6',
);
const expired = check(
  Outcome.cardExpired,
  (at) => at.expired,
  ({ card, today }) => `it is ${today}, after the expiry ${card.policy.expiryDate ?? 0}`,
  'the card has not expired',
);
const notActive = check(
  Outcome.cardNotActive,
  ({ card }) => !card.active,
  'the card is not active',
  'the card is active',
);

/** While it is blocked, what needs a PIN and every deferral is refused; the last wrong try answers so itself. */
const pinBlocked = check(
  Outcome.pinBlocked,
  (at) => {
    if (at.card.triesLeft === 0) return at.pinNeeded || at.due > 0;
    return at.answer.triesLeft === 0 && !at.answer.pinVerified;
  },
  'the PIN is blocked',
  'the PIN is not blocked, or not needed',
);
const pinRequired = check(
  Outcome.pinRequired,
  ({ answer, pinNeeded }) => pinNeeded && answer.triesLeft === undefined,
  'a PIN is needed and none was looked at',
  'no PIN is needed',
);
const pinWrong = check(
  Outcome.pinWrong,
  ({ answer }) => answer.triesLeft !== undefined && !answer.pinVerified,
  'the PIN was wrong',
  'no PIN was wrong',
);

/** The gate's own zone is in another partition; where it opened, the answer tells it. */
const zone = check(
  Outcome.zoneNotPermitted,
  ({ card, answer }) => {
    if (card.policy.zones.length === 0) return false;
    if (answer.outcome !== Outcome.approved) return undefined;
    return !card.policy.zones.includes(answer.inside?.zone ?? '');
  },
  'the card does not open that zone',
  'the card opens every zone',
);
const time = check(
  Outcome.timeNotPermitted,
  (at) => !at.open,
  'the card does not open gates at that time',
  'the card opens gates at that time',
);
const alreadyInside = check(
  Outcome.alreadyInside,
  ({ card }) => card.inside !== undefined,
  'the card is inside',
  'the card is outside',
);
const notInside = check(
  Outcome.notInside,
  ({ card }) => card.inside === undefined,
  'the card is outside',
  'the card is inside',
);
const fareOwed = check(
  Outcome.fareOwed,
  ({ card }) => card.balances.fareOwed > 0,
  'a fare is owed',
  'no fare is owed',
);

const insufficientFunds = check(
  Outcome.insufficientFunds,
  ({ card, due }) => due > 0 && !card.policy.creditFlag,
  'the credit flag is off',
  ({ due }) => (due > 0 ? 'the credit flag is on' : 'the stored value is enough'),
);
const deferralNotPermitted = check(
  Outcome.deferralNotPermitted,
  // The terminal's policy is in another partition.
  ({ due }) => (due > 0 ? undefined : false),
  'the terminal may not defer',
  'nothing would be deferred',
);
function goesNowhere({ policy }: Situation['card'], { account }: Situation['shared']): boolean {
  return account > 0 && policy.account === '';
}

const accountNotAvailable = check(
  Outcome.accountNotAvailable,
  ({ card, due, shared }) => due > 0 && (!shared.fits || goesNowhere(card, shared)),
  ({ card, shared }) =>
    goesNowhere(card, shared)
      ? `the account's part ${shared.account} goes to no account`
      : `the account's part ${shared.account} is above its cap`,
  "the account's part is within its caps",
);
const creditLimit = check(
  Outcome.creditLimit,
  ({ due, withinLimit }) => due > 0 && !withinLimit,
  ({ card, shared }) => `loan ${card.balances.loan} + ${shared.loan} exceeds ${card.balances.limit}`,
  ({ card, shared }) =>
    `loan ${card.balances.loan} + ${shared.loan} is within the limit ${card.balances.limit}`,
  'I4',
);
const capExceeded = check(
  Outcome.capExceeded,
  ({ asked, room }) => asked.amount > room,
  ({ room }) => `only ${room} fits under the cap`,
  ({ asked, room }) => `amount ${asked.amount} fits: there is room for ${room}`,
);

const originalNotFound = check(
  Outcome.originalNotFound,
  ({ refundable }) => !refundable,
  'there is no such purchase of this card, or it is too long ago',
  'the purchase may be refunded',
);
const refundExceeds = check(
  Outcome.refundExceedsOriginal,
  ({ asked, refundableAmount }) => asked.amount > refundableAmount,
  ({ refundableAmount }) => `only ${refundableAmount} of the purchase is left`,
  ({ refundableAmount }) => `${refundableAmount} of the purchase is left`,
);
const voidNotPossible = check(
  Outcome.voidNotPossible,
  ({ voidable }) => !voidable,
  "it is not the card's last payment, untouched, at this terminal and in its batch",
  "it is the card's last payment, untouched, at this terminal and in its batch",
);

function obstacleOf(at: Situation): number {
  if (owed(at.card.balances) + at.interestDue > 0) return Obstacle.owed;
  if (at.card.pending.length > 0) return Obstacle.pending;
  if (at.collectionOpen) return Obstacle.collectionOpen;
  return at.card.inside === undefined ? 0 : Obstacle.inside;
}

const closeNotPossible = check(
  Outcome.closeNotPossible,
  (at) => obstacleOf(at) !== 0,
  (at) => `obstacle ${obstacleOf(at)} is in the way`,
  'nothing is in the way',
);

/** Rule 1: what a purchase fails for, unless it asks for partial approval. */
const deferral = [insufficientFunds, deferralNotPermitted, accountNotAvailable, creditLimit];
const anybody = [closed, superseded, notActive];
/** What rules 7 and 13 refuse to prohibited and expired cards. */
const withheld = [closed, superseded, prohibited, expired, notActive];
const person = [pinBlocked, pinRequired, pinWrong];

const ORDER: ReadonlyMap<number, readonly Check[]> = new Map([
  [Kind.purchase, [...withheld, ...person, ...deferral]],
  [Kind.deposit, [...anybody, capExceeded]],
  [Kind.enquiry, [...anybody, ...person]],
  [Kind.refund, [...anybody, originalNotFound, refundExceeds]],
  [Kind.void, [...anybody, voidNotPossible]],
  [Kind.unload, [...withheld, closeNotPossible]],
  [Kind.entry, [...withheld, zone, time, alreadyInside, fareOwed]],
  [Kind.fare, [...anybody, notInside]],
]);

/** An approval: nothing speaks against it. `partly`: the stored value alone, because the rest could not be deferred. */
export function checkApproval(findings: Findings, at: Situation, partly: boolean): void {
  const order = ORDER.get(at.asked.kind);
  findings.holds('RULE', order !== undefined, () => `approved a ${kindName(at.asked.kind)}`);
  for (const each of order ?? []) {
    if (each.code !== 'RULE') findings.checked(each.code);
    if (partly && deferral.includes(each)) continue;
    if (each.fails(at) === true) findings.report(each.code, `approved although ${each.failed(at)}`);
  }
}

/** Whether the card, whatever its terminal's policy, could have deferred the due. */
export function couldDefer(at: Situation): boolean {
  return deferral.every((each) => each.fails(at) !== true);
}

/** A refusal: its reason holds, and no earlier one does. */
export function checkRefusal(findings: Findings, at: Situation): void {
  const { outcome, obstacle, fits } = at.answer;
  findings.checked('RULE');
  const wrong = wrongRefusal(at);
  if (wrong !== undefined) findings.report('RULE', `declined with ${outcomeName(outcome)}, but ${wrong}`);
  if (outcome === Outcome.capExceeded) findings.same('RULE', 'fits', Math.max(0, at.room), fits);
  if (outcome === Outcome.closeNotPossible) findings.same('RULE', 'obstacle', obstacleOf(at), obstacle);
}

function wrongRefusal(at: Situation): string | undefined {
  const { kind, partial } = at.asked;
  const { outcome } = at.answer;
  if (outcome === Outcome.approved) return 'a refusal does not say so';
  if (outcome === Outcome.cardUnknown) return 'the card is known';
  for (const each of ORDER.get(kind) ?? []) {
    if (each.outcome === outcome) {
      if (each.fails(at) === false) return each.passed(at);
      const partly = partial && deferral.includes(each) && at.card.balances.storedValue > 0;
      return partly ? 'the stored value alone was to be approved' : undefined;
    }
    if (each.fails(at) === true) return `${outcomeName(each.outcome)} comes first: ${each.failed(at)}`;
  }
  return `a card does not refuse a ${kindName(kind)} so`;
}
