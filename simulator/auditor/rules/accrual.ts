/** Rule 6: interest of a date = principal at the end of the date before × rate in force ÷ 365, the fraction carried. */

/** One minor unit of interest: 365 days, rates in millionths. */
export const UNIT = 365_000_000n;

interface PrincipalChange {
  readonly day: number;
  amount: number;
}

export interface Charge {
  readonly amount: number;
  /** In 1/365000000 of the minor unit. */
  readonly carry: number;
}

/** Days are numbers of the calendar, see calendar.ts. */
export class Accrual {
  /** The last day that is charged; the first is the one after. */
  through: number;
  carry = 0;
  /** At the end of `through`. */
  principal: number;
  /** After `through`, ascending. */
  changes: PrincipalChange[] = [];

  constructor(issued: number, principal: number) {
    this.through = issued;
    this.principal = principal;
  }

  /** A charged day is never opened again: what arrives for it counts at the end of the last one. */
  change(day: number, amount: number): void {
    if (amount === 0) return;
    if (day <= this.through) {
      this.principal += amount;
      return;
    }
    const at = this.changes.findIndex((each) => each.day >= day);
    const known = this.changes[at];
    if (known?.day === day) known.amount += amount;
    else this.changes.splice(at < 0 ? this.changes.length : at, 0, { day, amount });
  }

  /** What is due for every day up to `through`; changes nothing. `rateOn`: millionths a year in force on a day. */
  due(through: number, rateOn: (day: number) => number): Charge {
    let sum = BigInt(this.carry);
    let { principal } = this;
    let next = 0;
    for (let day = this.through + 1; day <= through; day += 1) {
      if (principal > 0) sum += BigInt(principal) * BigInt(rateOn(day));
      for (let change = this.changes[next]; change?.day === day; change = this.changes[next]) {
        principal += change.amount;
        next += 1;
      }
    }
    return { amount: Number(sum / UNIT), carry: Number(sum % UNIT) };
  }

  /** No day after this one has a principal. */
  endsBy(day: number): boolean {
    const left = this.changes.reduce((sum, { amount }) => sum + amount, this.principal);
    return left === 0 && this.changes.every((each) => each.day <= day || each.amount === 0);
  }

  /** Everything up to `through` is charged. */
  charged(through: number, carry: number): void {
    if (through < this.through) return;
    const later = this.changes.findIndex(({ day }) => day > through);
    const over = this.changes.splice(0, later < 0 ? this.changes.length : later);
    for (const { amount } of over) this.principal += amount;
    this.through = through;
    this.carry = carry;
  }
}
