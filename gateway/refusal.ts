import { LIST_RETRY_MS, MAX_TEXT_LENGTH, OVERLOADED_RETRY_MS, RETRY_MS } from '../actors/bounds.js';
import { v1 } from '../proto/generated/emoney.js';
import type { RequestKind } from './exchange.js';

const { Rejection } = v1;

/** When the same message may be sent again, in ms; 0: sending it again, unchanged, does not help. */
function retryAfterMs(code: v1.Rejection, kind: RequestKind, overloadedMs: number): number {
  switch (code) {
    case Rejection.REJECTION_OVERLOADED:
      return overloadedMs;
    case Rejection.REJECTION_UNAVAILABLE:
      // As a rule the partition's own list is some milliseconds behind the one that was pushed.
      return kind === 'listAcknowledgement' ? LIST_RETRY_MS : RETRY_MS;
    case Rejection.REJECTION_INTERNAL:
    case Rejection.REJECTION_OUT_OF_WINDOW:
      return RETRY_MS;
    case Rejection.REJECTION_UNSPECIFIED:
    case Rejection.REJECTION_MALFORMED:
    case Rejection.REJECTION_TOO_OLD:
    case Rejection.REJECTION_LIST_STALE: // The terminal has held a newer list: what helps is to say that one.
    case Rejection.REJECTION_SUPERSEDED:
    case Rejection.REJECTION_TERMINAL_UNKNOWN:
    case Rejection.REJECTION_NO_SESSION:
    case Rejection.REJECTION_UNAUTHORIZED:
      return 0;
  }
}

/** An answer about an attempt (D8) of this kind. `overloadedMs`: what OVERLOADED says, where more is known than usual. */
export function refusal(
  code: v1.Rejection,
  detail: string,
  kind: RequestKind,
  overloadedMs = OVERLOADED_RETRY_MS,
): v1.Refusal.$Properties & { readonly code: v1.Rejection } {
  // A detail may name a field that the client invented.
  const text = detail.slice(0, MAX_TEXT_LENGTH);
  return { code, detail: text, retryAfterMs: retryAfterMs(code, kind, overloadedMs) };
}
