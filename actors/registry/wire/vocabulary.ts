/** Names of the plain types and numbers of the wire's enums. */
import { v1 } from '../../../proto/generated/emoney.js';
import { type Outcome, OUTCOMES } from '../../money/outcomes.js';
import { PROHIBITION_REASONS, type ProhibitionReason } from '../../money/prohibition.js';
import { type Rule, RULES } from '../../money/trace.js';
import { type AskMode, type Kind, KINDS } from '../../money/transaction.js';
import { FREQUENCIES, type Frequency } from '../../money/interest.js';
import { OBSTACLES, type Obstacle } from '../../money/answer.js';
import { SHARE_KINDS, type ShareKind } from '../../money/shareRule.js';
import { TERMINAL_ROLES, type TerminalRole } from '../../terminal/terminal.js';
import { GuardError } from './guards.js';

export interface Vocabulary<Name extends string, Wire extends number> {
  readonly toWire: (name: Name) => Wire;
  /** Throws GuardError for UNSPECIFIED and for numbers of a newer version. */
  readonly fromWire: (value: number | null | undefined, field: string) => Name;
}

export const outcomes = vocabulary<Outcome, v1.Outcome>(
  'OUTCOME',
  v1.Outcome,
  Object.keys(OUTCOMES) as Outcome[],
);
export const kinds = vocabulary<Kind, v1.Kind>('KIND', v1.Kind, KINDS);
export const roles = vocabulary<TerminalRole, v1.TerminalRole>(
  'TERMINAL_ROLE',
  v1.TerminalRole,
  TERMINAL_ROLES,
);
export const modes = vocabulary<AskMode, v1.AskMode>('ASK_MODE', v1.AskMode, [
  'EXECUTE',
  'OUTCOME',
  'REVERSE',
]);
export const reasons = vocabulary<ProhibitionReason, v1.ProhibitionReason>(
  'PROHIBITION_REASON',
  v1.ProhibitionReason,
  PROHIBITION_REASONS,
);

export const shareKinds = vocabulary<ShareKind, v1.ShareKind>('SHARE_KIND', v1.ShareKind, SHARE_KINDS);
export const obstacles = vocabulary<Obstacle, v1.Obstacle>('OBSTACLE', v1.Obstacle, OBSTACLES);
export const rules = vocabulary<Rule, v1.Rule>('RULE', v1.Rule, Object.keys(RULES) as Rule[]);
export const frequencies = vocabulary<Frequency, v1.Frequency>('FREQUENCY', v1.Frequency, FREQUENCIES);

/** Undefined is UNSPECIFIED, number 0 of every enum. */
export function optionalToWire<Name extends string, Wire extends number>(
  names: Vocabulary<Name, Wire>,
  name: Name | undefined,
): Wire | null {
  return name === undefined ? null : names.toWire(name);
}

export function optionalFromWire<Name extends string>(
  names: Vocabulary<Name, number>,
  value: number | null | undefined,
  field: string,
): Name | undefined {
  return value === null || value === undefined || value === 0 ? undefined : names.fromWire(value, field);
}

function vocabulary<Name extends string, Wire extends number>(
  prefix: string,
  wire: Readonly<Record<string, string | number>>,
  names: readonly Name[],
): Vocabulary<Name, Wire> {
  const byName = new Map<Name, Wire>();
  const byNumber: (Name | undefined)[] = [];
  for (const name of names) {
    const number = wire[`${prefix}_${name}`];
    if (typeof number !== 'number') throw new Error(`${prefix}_${name} is not in the protocol`);
    byName.set(name, number as Wire);
    byNumber[number] = name;
  }
  return {
    toWire(name) {
      const number = byName.get(name);
      if (number === undefined) throw new GuardError(prefix, `${name} is not in the protocol`);
      return number;
    },
    fromWire(value, field) {
      const name = byNumber[value ?? 0];
      if (name === undefined) throw new GuardError(field, `${value ?? 0} is not a known value`);
      return name;
    },
  };
}
