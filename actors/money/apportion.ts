/**
 * An amount split in the proportion of weights by largest remainder (Hamilton's method); of equal remainders the
 * earlier weight's comes first.
 * @param amount integer ≥ 0
 * @param weights integers ≥ 0, not all 0
 * @returns integers that add up to `amount`, in the order of the weights
 */
export function apportion(amount: number, weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  // Products of two amounts are beyond 2^53.
  const products = weights.map((weight) => BigInt(amount) * BigInt(weight));
  const shares = products.map((product) => Number(product / total));
  const remainders = products.map((product) => product % total);
  let left = amount - shares.reduce((sum, share) => sum + share, 0);
  for (; left > 0; left -= 1) {
    const largest = indexOfLargest(remainders);
    shares[largest] = (shares[largest] ?? 0) + 1;
    remainders[largest] = -1n;
  }
  return shares;
}

function indexOfLargest(values: readonly bigint[]): number {
  let largest = 0;
  for (const [index, value] of values.entries()) {
    if (value > (values[largest] ?? 0n)) largest = index;
  }
  return largest;
}
