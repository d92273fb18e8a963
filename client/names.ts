/** The wire's enums by their stable names, without prefix: what people and programs compare. */
import { v1 } from '../proto/generated/emoney.js';

type Without<Prefix extends string, Name> = Name extends `${Prefix}${infer Rest}` ? Rest : never;

export type OutcomeName = Without<'OUTCOME_', keyof typeof v1.Outcome>;
export type RejectionName = Without<'REJECTION_', keyof typeof v1.Rejection>;
export type KindName = Without<'KIND_', keyof typeof v1.Kind>;
export type RoleName = Without<'TERMINAL_ROLE_', keyof typeof v1.TerminalRole>;
export type ReasonName = Without<'PROHIBITION_REASON_', keyof typeof v1.ProhibitionReason>;
export type ObstacleName = Without<'OBSTACLE_', keyof typeof v1.Obstacle>;
export type ShareKindName = Without<'SHARE_KIND_', keyof typeof v1.ShareKind>;
export type RuleName = Without<'RULE_', keyof typeof v1.Rule>;
export type FrequencyName = Without<'FREQUENCY_', keyof typeof v1.Frequency>;
export type PartitionStateName = Without<'PARTITION_STATE_', keyof typeof v1.PartitionState>;

function namesOf(values: Readonly<Record<string, string | number>>, prefix: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const [name, number] of Object.entries(values)) {
    if (typeof number === 'number') names.set(number, name.slice(prefix.length));
  }
  return names;
}

const outcomes = namesOf(v1.Outcome, 'OUTCOME_');
const rejections = namesOf(v1.Rejection, 'REJECTION_');
const kinds = namesOf(v1.Kind, 'KIND_');
const roles = namesOf(v1.TerminalRole, 'TERMINAL_ROLE_');
const reasons = namesOf(v1.ProhibitionReason, 'PROHIBITION_REASON_');
const obstacles = namesOf(v1.Obstacle, 'OBSTACLE_');
const shareKinds = namesOf(v1.ShareKind, 'SHARE_KIND_');
const rules = namesOf(v1.Rule, 'RULE_');
const frequencies = namesOf(v1.Frequency, 'FREQUENCY_');
const partitionStates = namesOf(v1.PartitionState, 'PARTITION_STATE_');

type Value = number | null | undefined;

/** A number that this version does not know yet stays visible as such. */
const named = (names: ReadonlyMap<number, string>, value: Value): string =>
  names.get(value ?? 0) ?? String(value);

export const outcomeName = (value: Value): OutcomeName => named(outcomes, value) as OutcomeName;
export const rejectionName = (value: Value): RejectionName => named(rejections, value) as RejectionName;
export const kindName = (value: Value): KindName => named(kinds, value) as KindName;
export const roleName = (value: Value): RoleName => named(roles, value) as RoleName;
export const reasonName = (value: Value): ReasonName => named(reasons, value) as ReasonName;
export const obstacleName = (value: Value): ObstacleName => named(obstacles, value) as ObstacleName;
export const shareKindName = (value: Value): ShareKindName => named(shareKinds, value) as ShareKindName;
export const ruleName = (value: Value): RuleName => named(rules, value) as RuleName;
export const frequencyName = (value: Value): FrequencyName => named(frequencies, value) as FrequencyName;
export const partitionStateName = (value: Value): PartitionStateName =>
  named(partitionStates, value) as PartitionStateName;
