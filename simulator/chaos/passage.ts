/** What becomes of bytes on their way through a proxy. */

/** `out`: from whoever opened the connection; `back`: to it. */
export type Way = 'out' | 'back';
export const WAYS = ['out', 'back'] as const;

export interface Passage {
  /** Concerned; the other way is as usual. */
  readonly ways: readonly Way[];
  /** Nothing passes, the end of a connection neither: no FIN, no RST. What was sent waits, as it does with TCP. */
  readonly frozen?: boolean;
  /** Only connections that are there when it begins: a router has forgotten them. */
  readonly onlyOld?: boolean;
  readonly delayMs?: number;
  readonly bytesPerSecond?: number;
  /** Of each connection, in each way; then it is broken off. */
  readonly cutAfterBytes?: number;
}

const BOTH = { ways: WAYS } as const;

export const FROZEN: Passage = { ...BOTH, frozen: true };
export const FROZEN_OUT: Passage = { ways: ['out'], frozen: true };
export const FROZEN_BACK: Passage = { ways: ['back'], frozen: true };
/** For connections that are there already; new ones pass. */
export const FORGOTTEN: Passage = { ...BOTH, frozen: true, onlyOld: true };
