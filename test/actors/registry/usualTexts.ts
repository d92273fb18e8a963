/** Ids as deployments have them. */
export function withUsualTexts<Value>(value: Value): Value {
  if (typeof value === 'string') return (/^[!-~]{0,64}$/.test(value) ? value : 'C1') as Value;
  if (Array.isArray(value)) return value.map((each) => withUsualTexts<unknown>(each)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, withUsualTexts<unknown>(member)]);
  return Object.fromEntries(members) as Value;
}
