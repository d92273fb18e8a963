/** RFC 4180, with lines that end as Unix has them. */
export function csvOf(
  heads: readonly string[],
  rows: readonly (readonly (string | number | bigint)[])[],
): string {
  return [heads, ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('');
}

function quoted(cell: string | number | bigint): string {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
