/** An amount in proportion to weights, exact: each gets its floor, the rest goes to the largest remainders. */

/**
 * `weights`: not negative, ordered by who gets a unit first when remainders are equal. All 0: the first gets everything.
 * Parts in the same order; they sum up to `amount`.
 */
export function inProportion(amount: number, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  if (total === 0n) return weights.map((_, index) => (index === 0 ? amount : 0));
  const exact = weights.map((weight) => BigInt(amount) * BigInt(weight));
  const parts = exact.map((product) => Number(product / total));
  const remainders = exact.map((product) => product % total);
  let left = amount - parts.reduce((sum, part) => sum + part, 0);
  // A stable sort keeps the order of equal remainders.
  const order = remainders.map((_, index) => index);
  order.sort((one, other) => compare(remainders[other], remainders[one]));
  for (const index of order) {
    if (left === 0) break;
    parts[index] = (parts[index] ?? 0) + 1;
    left -= 1;
  }
  return parts;
}

function compare(one = 0n, other = 0n): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
