/** Why a card is prohibited (rule 7), and versions of the list that says so to terminals (D14). */
export const PROHIBITION_REASONS = ['LIMIT', 'OPERATOR', 'LOST'] as const;
export type ProhibitionReason = (typeof PROHIBITION_REASONS)[number];

/** The set with or without one reason, in the order of PROHIBITION_REASONS. The same array when nothing changes. */
export function withReason(
  reasons: readonly ProhibitionReason[],
  reason: ProhibitionReason,
  prohibited: boolean,
): readonly ProhibitionReason[] {
  if (reasons.includes(reason) === prohibited) return reasons;
  return PROHIBITION_REASONS.filter((each) => (each === reason ? prohibited : reasons.includes(each)));
}

/** Another incarnation is another stream: compared first. */
export interface ListVersion {
  readonly incarnation: number;
  readonly sequence: number;
}

/** Negative, zero or positive, as for Array.sort. */
export function compareVersions(one: ListVersion, other: ListVersion): number {
  return one.incarnation - other.incarnation || one.sequence - other.sequence;
}
