/** The small things of every message. Every reader throws GuardError, which names the field. */
import type { v1 } from '../../../proto/generated/emoney.js';
import { GuardError, toNumber, toUnsigned, toWide, type WireLong } from '../../../proto/guard.js';

export interface Id {
  readonly terminal: string;
  readonly incarnation: number;
  readonly number: number;
}

export interface Version {
  readonly incarnation: number;
  readonly sequence: number;
}

export function need<T>(value: T | null | undefined, field: string): T {
  if (value === null || value === undefined) throw new GuardError(field, 'is missing');
  return value;
}

/** Absent is 0, as proto3 has it. */
export function plain(value: WireLong | null | undefined, field: string): number {
  return value === null || value === undefined ? 0 : toNumber(value, field);
}

/** Of a field that may be absent. */
export function optional(value: WireLong | null | undefined, field: string): number | undefined {
  return value === null || value === undefined ? undefined : toNumber(value, field);
}

/** Amounts of refused commands may be any 64-bit integer; beyond 2^53 the nearest number does for comparing. */
export function readAmount(value: WireLong | null | undefined, field: string): number {
  return value === null || value === undefined ? 0 : Number(toWide(value, field));
}

export function readId(message: v1.TransactionId.$Properties | null | undefined): Id {
  const { terminal, incarnation, number } = need(message, 'id');
  if (terminal == null || terminal === '') throw new GuardError('id.terminal', 'is missing');
  return { terminal, incarnation: incarnation ?? 0, number: toUnsigned(number ?? 0, 'id.number') };
}

export function readVersion(message: v1.ListVersion.$Properties | null | undefined): Version | undefined {
  if (message == null) return undefined;
  return {
    incarnation: plain(message.incarnation, 'version.incarnation'),
    sequence: plain(message.sequence, 'version.sequence'),
  };
}

/** Devices are numbered from 1; the first is left out. */
export function readDevice(device: number | null | undefined): number {
  return device == null || device === 0 ? 1 : device;
}
