/** How old what is open is: up to a week, up to a month, older. */
export interface Aged {
  readonly ageDays: number;
  readonly amount: number;
}

const CLASSES = [
  { name: 'up to 7 days', days: 7 },
  { name: '8 to 30 days', days: 30 },
  { name: 'older', days: Infinity },
] as const;

/** `up to 7 days: 2 = 1300; 8 to 30 days: 0; older: 0`. */
export function ageing(items: readonly Aged[]): string {
  let younger = -Infinity;
  return CLASSES.map(({ name, days }) => {
    const from = younger;
    younger = days;
    const within = items.filter(({ ageDays }) => ageDays > from && ageDays <= days);
    const sum = within.reduce((total, { amount }) => total + BigInt(amount), 0n);
    return `${name}: ${within.length}${within.length === 0 ? '' : ` = ${sum.toString()}`}`;
  }).join('; ');
}
