/**
 * Outcomes: the final, recorded answers about a transaction id, and the answers to an operator. The wire's Outcome
 * enum without its prefix. A refusal is one of these, never an exception.
 */
export interface OutcomeMeaning {
  /** Asking again, with a new id, can help without anybody changing anything at the center. */
  readonly retryable: boolean;
  /** For the holder of the card, or the operator. */
  readonly text: string;
}

export const OUTCOMES = {
  APPROVED: { retryable: false, text: 'Approved.' },
  REVERSED: { retryable: true, text: 'The transaction was reversed. It has no effect.' },
  REVERSING: { retryable: true, text: 'The transaction is being reversed. It will have no effect.' },
  PENDING: { retryable: false, text: 'The transaction is still being decided.' },
  ID_UNKNOWN: { retryable: true, text: 'This transaction has never been seen.' },
  IDEMPOTENCY_CONFLICT: {
    retryable: true,
    text: 'This number or reference was already used for something else.',
  },

  INVALID_AMOUNT: { retryable: true, text: 'This amount is not possible.' },
  WRONG_CURRENCY: { retryable: false, text: 'This currency is not accepted here.' },

  NOT_PERMITTED: { retryable: false, text: 'This terminal does not offer that.' },
  LIST_NOT_HELD: { retryable: true, text: 'The terminal is not ready yet. Please try again shortly.' },
  CARD_PROHIBITED: { retryable: false, text: 'This card is blocked. Deposits are possible.' },
  CLOCK_AHEAD: { retryable: true, text: "The terminal's clock is wrong." },

  CARD_UNKNOWN: { retryable: false, text: 'This card is not known.' },
  CARD_CLOSED: { retryable: false, text: 'This card was closed.' },
  DEVICE_SUPERSEDED: { retryable: false, text: 'This card was replaced by a newer one.' },
  CARD_EXPIRED: { retryable: false, text: 'This card has expired. Deposits are possible.' },
  CARD_NOT_ACTIVE: { retryable: false, text: 'This card is not active yet.' },

  PIN_BLOCKED: { retryable: false, text: 'The PIN is blocked.' },
  PIN_REQUIRED: { retryable: true, text: 'Please enter the PIN.' },
  PIN_WRONG: { retryable: true, text: 'The PIN is wrong.' },

  ZONE_NOT_PERMITTED: { retryable: false, text: 'This card does not open this zone.' },
  TIME_NOT_PERMITTED: { retryable: true, text: 'This card does not open at this time.' },
  ALREADY_INSIDE: { retryable: false, text: 'This card has already entered.' },
  NOT_INSIDE: { retryable: false, text: 'This card has not entered.' },
  FARE_OWED: { retryable: true, text: 'A fare is owed. Please make a deposit first.' },

  INSUFFICIENT_FUNDS: { retryable: true, text: 'There is not enough money on this card.' },
  DEFERRAL_NOT_PERMITTED: {
    retryable: true,
    text: 'There is not enough money on this card, and it cannot be paid later here.',
  },
  ACCOUNT_NOT_AVAILABLE: { retryable: true, text: 'The account cannot take this amount.' },
  CREDIT_LIMIT: { retryable: true, text: 'This would exceed the credit limit of the card.' },
  CAP_EXCEEDED: { retryable: true, text: 'The card cannot hold that much.' },

  VOID_NOT_POSSIBLE: { retryable: false, text: 'This transaction can no longer be voided.' },
  ORIGINAL_NOT_FOUND: { retryable: false, text: 'The original payment was not found.' },
  REFUND_EXCEEDS_ORIGINAL: { retryable: true, text: 'More than the original payment cannot be refunded.' },
  CLOSE_NOT_POSSIBLE: { retryable: true, text: 'This card cannot be closed yet.' },
  DATE_NOT_OVER: { retryable: true, text: 'This date is not over yet.' },

  ALREADY_EXISTS: { retryable: false, text: 'It exists already, with other properties.' },
  VERSION_CONFLICT: { retryable: true, text: 'It was changed in the meantime.' },
  ALREADY_APPLIED: { retryable: false, text: 'It was applied already.' },
  BELOW_ZERO: { retryable: true, text: 'A balance would fall below 0.' },
  DATE_BEGUN: { retryable: true, text: 'This date has begun already.' },
  REFERENCE_UNKNOWN: { retryable: false, text: 'There is no such instruction or order.' },
} as const satisfies Record<string, OutcomeMeaning>;

export type Outcome = keyof typeof OUTCOMES;

/** Whether asking again can help, and the text for the holder (rule 17). */
export function meaningOf(outcome: Outcome): OutcomeMeaning {
  return OUTCOMES[outcome];
}
