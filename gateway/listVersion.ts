import type { ListVersion } from '../actors/prohibitions/ports.js';
import type { v1 } from '../proto/generated/emoney.js';
import { toUnsigned } from '../proto/guard.js';

/** @throws GuardError when a part cannot be a safe integer */
export function versionOf(version: v1.ListVersion.$Properties): ListVersion {
  return {
    incarnation: toUnsigned(version.incarnation ?? 0, 'version.incarnation'),
    sequence: toUnsigned(version.sequence ?? 0, 'version.sequence'),
  };
}

/** Negative: `a` is older. Another incarnation is another stream, and the higher one is the newer. */
export function compareVersions(a: ListVersion, b: ListVersion): number {
  return a.incarnation - b.incarnation || a.sequence - b.sequence;
}
