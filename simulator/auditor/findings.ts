/** What the auditor has checked and what it found wrong: every check counted, violations kept up to a bound. */

/**
 * I1 … I10 are BEHAVIOUR's "always true". CHAIN: the journal's frames (D2, D5, D13). FORMAT: bytes that cannot be read
 * or lack what they must have. RULE: another rule of BEHAVIOUR, named in the message. ACTOR: a running actor differs
 * from the journal. SNAPSHOT: Redis holds what the journal does not (D10).
 */
export const CHECKS = [
  ...(['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10'] as const),
  ...(['CHAIN', 'FORMAT', 'RULE', 'ACTOR', 'SNAPSHOT'] as const),
] as const;

export type Check = (typeof CHECKS)[number];

export interface Violation {
  readonly code: Check;
  readonly partition?: number;
  /** Sequence of the frame in the partition's journal. */
  readonly position?: number;
  readonly card?: string;
  readonly terminal?: string;
  /** terminal/incarnation/number. */
  readonly id?: string;
  /** Names what was expected and what was found. */
  readonly message: string;
}

/** Where a violation was found: everything of it but what. */
export type Place = Omit<Violation, 'code' | 'message'>;

/** Violations kept with their text; the rest is only counted. */
export const MAX_VIOLATIONS = 100;

export class Findings {
  readonly counts: Record<Check, number>;
  readonly violations: Violation[] = [];
  violationCount = 0;
  /** Where the auditor is reading; one object that moves, because most frames are right and need no text. */
  readonly at = new Cursor();

  constructor() {
    this.counts = Object.fromEntries(CHECKS.map((check) => [check, 0])) as Record<Check, number>;
  }

  /** One more thing was looked at, whatever came out. */
  checked(check: Check): void {
    this.counts[check] += 1;
  }

  report(code: Check, message: string, place: Place = this.at.place()): void {
    this.violationCount += 1;
    if (this.violations.length < MAX_VIOLATIONS) this.violations.push({ code, ...place, message });
  }

  /** Counts the check and reports it when `found` is not what was expected. True: it was. */
  same(code: Check, what: string, expected: unknown, found: unknown): boolean {
    this.counts[code] += 1;
    if (expected === found) return true;
    this.report(code, `${what}: expected ${text(expected)}, found ${text(found)}`);
    return false;
  }

  /** Counts the check and reports `message` when it does not hold. */
  holds(code: Check, condition: boolean, message: () => string): boolean {
    this.counts[code] += 1;
    if (!condition) this.report(code, message());
    return condition;
  }
}

export class Cursor {
  partition = -1;
  position = 0;
  card = '';
  terminal = '';
  incarnation = 0;
  number = 0;

  /** A new turn: nobody is named yet. */
  forget(): void {
    this.card = '';
    this.terminal = '';
    this.number = 0;
  }

  place(): Place {
    return {
      ...(this.partition < 0 ? {} : { partition: this.partition, position: this.position }),
      ...(this.card === '' ? {} : { card: this.card }),
      ...(this.terminal === '' ? {} : { terminal: this.terminal }),
      ...(this.number === 0 ? {} : { id: idText(this.terminal, this.incarnation, this.number) }),
    };
  }
}

export function idText(terminal: string, incarnation: number, number: number): string {
  return `${terminal}/${incarnation}/${number}`;
}

/** A value as messages show it. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value === '' ? "''" : value;
  if (value === undefined) return 'nothing';
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}
