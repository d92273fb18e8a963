/** Numbers as the tables of the benches show them. */

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** Three digits that count. */
export function milliseconds(value: number): string {
  if (value >= 100) return whole(value);
  return value.toFixed(value >= 10 ? 1 : 2);
}
