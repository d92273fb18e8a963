/**
 * Rules of the runtime, broken one at a time, to prove that a simulation finds it (`simulator/virtual/mutations`). No
 * configuration and no entry of a process gives one: production has none.
 */
export interface Sabotage {
  /** D1: replies leave before their frame is acknowledged. */
  readonly replyAtOnce?: boolean;
  /** D1: a turn that decided nothing is answered without a frame. */
  readonly readAtOnce?: boolean;
  /** D1: asks leave before the frame that opened them is acknowledged. */
  readonly askAtOnce?: boolean;
  /** D10: snapshots are taken of states whose frames are not acknowledged. */
  readonly snapshotEarly?: boolean;
  /** D10: a snapshot counts whatever the index says. */
  readonly anySnapshot?: boolean;
}

/** Whether the turn's answer leaves before its frame. Never in production. */
export function isEarly(
  turn: { readonly events: readonly unknown[] },
  sabotage: Sabotage | undefined,
): boolean {
  if (sabotage === undefined) return false;
  return sabotage.replyAtOnce === true || (sabotage.readAtOnce === true && turn.events.length === 0);
}
