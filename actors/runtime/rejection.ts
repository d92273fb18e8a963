/** Answers about an attempt (D8): never recorded, never the end of an id. The wire's Rejection enum, by name. */
export const REJECTIONS = [
  'MALFORMED',
  'OVERLOADED',
  'UNAVAILABLE',
  'INTERNAL',
  'TOO_OLD',
  'OUT_OF_WINDOW',
  'LIST_STALE',
  'SUPERSEDED',
  'TERMINAL_UNKNOWN',
  'NO_SESSION',
  'UNAUTHORIZED',
] as const;

export type Rejection = (typeof REJECTIONS)[number];
