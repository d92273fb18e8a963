/** How many a client gets of a list. 0, or nothing: as many as one answer holds. */
export function limited(limit: number | null | undefined, most: number): number {
  return limit ? Math.min(limit, most) : most;
}
