/**
 * What a decider looks at, in order: an explanation (rule 16). A decider that is given a trace decides the same; without
 * one it costs nothing.
 */
import type { WireInteger } from './amounts.js';
import type { Outcome } from './outcomes.js';

export interface RuleMeaning {
  /** What holds where the step is passed, for people. */
  readonly text: string;
  /** Answers that a step gives that is not passed. None: it tells what is done, and is always passed. */
  readonly refuses: readonly Outcome[];
}

/**
 * The steps of explanations: the checks of rule 17 in their order, and between them what is worked out. The wire's Rule
 * enum without its prefix.
 */
export const RULES = {
  ID: { text: 'The id is new. One that was used before has its status.', refuses: ['IDEMPOTENCY_CONFLICT'] },
  AMOUNT: { text: 'The amount is possible.', refuses: ['INVALID_AMOUNT'] },
  CURRENCY: { text: "The currency is the deployment's.", refuses: ['WRONG_CURRENCY'] },
  OFFERED: { text: 'The terminal offers this.', refuses: ['NOT_PERMITTED'] },
  LIST_HELD: { text: 'The terminal holds the prohibition list.', refuses: ['LIST_NOT_HELD'] },
  LIST_FREE: { text: "The card is not on the terminal's list.", refuses: ['CARD_PROHIBITED'] },
  CLOCK: { text: "The terminal's clock is not ahead.", refuses: ['CLOCK_AHEAD'] },

  CARD_KNOWN: { text: 'The card is known.', refuses: ['CARD_UNKNOWN'] },
  CARD_OPEN: { text: 'The card is not closed.', refuses: ['CARD_CLOSED'] },
  DEVICE: { text: "The device is the card's present one.", refuses: ['DEVICE_SUPERSEDED'] },
  PENDING: { text: 'A pending store instruction is applied first, if it fits.', refuses: [] },
  NOT_PROHIBITED: { text: 'Nothing prohibits the card from this.', refuses: ['CARD_PROHIBITED'] },
  NOT_EXPIRED: { text: 'The card has not expired for this.', refuses: ['CARD_EXPIRED'] },
  ACTIVE: { text: 'The card is active.', refuses: ['CARD_NOT_ACTIVE'] },
  PIN: {
    text: 'No PIN is needed, or the right one can be entered.',
    refuses: ['PIN_BLOCKED', 'PIN_REQUIRED', 'PIN_WRONG'],
  },

  ZONE: { text: 'The card opens this zone.', refuses: ['ZONE_NOT_PERMITTED'] },
  HOURS: { text: 'The card opens at this time.', refuses: ['TIME_NOT_PERMITTED'] },
  OUTSIDE: { text: 'The card is outside.', refuses: ['ALREADY_INSIDE'] },
  NO_FARE_OWED: { text: 'No fare is owed.', refuses: ['FARE_OWED'] },
  INSIDE: { text: 'The card is inside.', refuses: ['NOT_INSIDE'] },
  FARE: { text: 'The fare, by the table.', refuses: [] },

  VALUE: { text: 'Stored value pays first; the rest is due.', refuses: [] },
  CREDIT_FLAG: { text: 'The card may defer.', refuses: ['INSUFFICIENT_FUNDS'] },
  TERMINAL_DEFERRAL: { text: 'The terminal may defer.', refuses: ['DEFERRAL_NOT_PERMITTED'] },
  SHARE: {
    text: "The due is shared between account and loan by the card's rule.",
    refuses: ['ACCOUNT_NOT_AVAILABLE'],
  },
  LOAN_LIMIT: { text: 'The loan stays within its limit.', refuses: ['CREDIT_LIMIT'] },
  PARTIAL: { text: 'The stored value alone is approved; the rest is not paid.', refuses: [] },
  UNCOLLECTED: { text: 'The gate opens; what may not be deferred is owed as fare.', refuses: [] },

  CAP: { text: 'The amount fits.', refuses: ['CAP_EXCEEDED'] },
  REPAYMENT: {
    text: 'Fare owed is paid, then interest, then loan; the rest becomes stored value.',
    refuses: [],
  },

  ORIGINAL: {
    text: 'The original is a purchase of this card, and not too old.',
    refuses: ['ORIGINAL_NOT_FOUND'],
  },
  ORIGINAL_LEFT: { text: 'As much of the original is left.', refuses: ['REFUND_EXCEEDS_ORIGINAL'] },
  LAST_PAYMENT: {
    text: "The card's last payment was made here, in this batch, and nothing of it was given back.",
    refuses: ['VOID_NOT_POSSIBLE'],
  },
  GIVEN_BACK: { text: 'What is given back, and where it goes.', refuses: [] },
  UNDONE: { text: 'What is undone. An id that was never approved can not be any more.', refuses: [] },
  CLOSING: {
    text: 'Nothing is owed, pending or open, and the card is outside.',
    refuses: ['CLOSE_NOT_POSSIBLE'],
  },

  VERSION: { text: 'It has not changed since.', refuses: ['VERSION_CONFLICT'] },
  NEW: {
    text: 'It has not been done yet. Asked again it is answered as done.',
    refuses: ['APPROVED', 'ALREADY_EXISTS', 'VERSION_CONFLICT'],
  },
  REFERENCE: {
    text: 'The reference is free, or names what is meant.',
    refuses: ['APPROVED', 'IDEMPOTENCY_CONFLICT', 'REFERENCE_UNKNOWN', 'ALREADY_APPLIED'],
  },
  NEXT: { text: 'The number is the next.', refuses: ['VERSION_CONFLICT'] },
  NOT_BELOW_ZERO: { text: 'No balance falls below 0.', refuses: ['BELOW_ZERO'] },
  DATE: { text: 'The date is possible.', refuses: ['DATE_NOT_OVER', 'DATE_BEGUN'] },

  REASONS: { text: 'The card is prohibited from now on, or no longer.', refuses: [] },
} as const satisfies Record<string, RuleMeaning>;

export type Rule = keyof typeof RULES;

export function ruleMeaning(rule: Rule): RuleMeaning {
  return RULES[rule];
}

/** What a step looked at, by name: amounts in minor units, times in ms, dates yyyymmdd. Undefined: there is none. */
export type Facts = Readonly<Record<string, WireInteger | string | boolean | undefined>>;

export interface Step {
  readonly rule: Rule;
  /** False: this gives the answer, unless a step after it says what is done instead (PARTIAL, UNCOLLECTED). */
  readonly passed: boolean;
  readonly facts: Facts;
}

/** Called by a decider for each step that it takes. */
export type Trace = (rule: Rule, passed: boolean, facts?: Facts) => void;

export interface Traced {
  readonly trace: Trace;
  /** So far, in order. */
  readonly steps: readonly Step[];
}

export function collectSteps(): Traced {
  const steps: Step[] = [];
  return { steps, trace: (rule, passed, facts = {}) => void steps.push({ rule, passed, facts }) };
}
