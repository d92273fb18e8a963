import Long from 'long';

/**
 * What a decoded message says: fields with the value that they have when they are absent are left out, however they
 * were written. Two messages of one meaning are equal.
 */
export function meaningOf(value: unknown): unknown {
  if (Long.isLong(value)) return meaningOf(value.toString());
  if (value instanceof Uint8Array) return value.length === 0 ? undefined : Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(meaningOf);
  if (typeof value === 'number') return meaningOf(String(value));
  if (typeof value !== 'object' || value === null)
    return value === '' || value === '0' || value === false || value === null ? undefined : value;
  const members = Object.entries(value)
    .map(([name, member]) => [name, meaningOf(member)] as const)
    .filter(([, member]) => member !== undefined);
  return members.length === 0 ? undefined : Object.fromEntries(members);
}
