/** How old what is open is: up to a week, up to a month, older. */
export interface Aged {
  readonly ageDays: number;
  readonly amount: number;
}

export interface AgeClass {
  readonly name: string;
  readonly count: number;
  readonly amount: bigint;
}

const CLASSES = [
  { name: 'up to 7 days', days: 7 },
  { name: '8 to 30 days', days: 30 },
  { name: 'older', days: Infinity },
] as const;

export function ageClasses(items: readonly Aged[]): readonly AgeClass[] {
  let younger = -Infinity;
  return CLASSES.map(({ name, days }) => {
    const from = younger;
    younger = days;
    const within = items.filter(({ ageDays }) => ageDays > from && ageDays <= days);
    return {
      name,
      count: within.length,
      amount: within.reduce((sum, { amount }) => sum + BigInt(amount), 0n),
    };
  });
}

/** `up to 7 days: 2 = 1300; 8 to 30 days: 0; older: 0`. */
export function ageing(items: readonly Aged[]): string {
  return agesText(ageClasses(items));
}

export function agesText(classes: readonly AgeClass[]): string {
  return classes
    .map(({ name, count, amount }) => `${name}: ${count}${count === 0 ? '' : ` = ${amount.toString()}`}`)
    .join('; ');
}
