import { v1 } from '../proto/generated/emoney.js';
import { toUnsigned } from '../proto/guard.js';
import { reasonName, type ReasonName } from './names.js';

/** Compared by incarnation, then sequence. */
export interface ListVersion {
  readonly incarnation: number;
  readonly sequence: number;
}

/** The prohibition list as a device holds it. */
export class HeldList {
  private readonly entries = new Map<string, { reasons: readonly ReasonName[]; position: number }>();
  private held: ListVersion | undefined;

  /** Complete up to here; undefined: no list yet, so nothing may be sold. */
  get version(): ListVersion | undefined {
    return this.held;
  }

  /** Cards that are prohibited. */
  get size(): number {
    return this.entries.size;
  }

  /** Empty: free, as far as this list says. */
  reasonsOf(card: string): readonly ReasonName[] {
    return this.entries.get(card)?.reasons ?? [];
  }

  isProhibited(card: string): boolean {
    return this.entries.has(card);
  }

  /** True when the list is complete up to a new version: acknowledge it. */
  apply(update: v1.ListUpdate.$Properties): boolean {
    if (update.whole === true) {
      this.entries.clear();
      this.held = undefined;
    }
    for (const entry of update.entries ?? []) this.applyEntry(entry);
    if (update.more === true || update.version == null) return false;
    this.held = versionOf(update.version);
    return true;
  }

  private applyEntry({ card, reasons, position }: v1.ProhibitionEntry.$Properties): void {
    const id = card ?? '';
    const newer = toUnsigned(position ?? 0, 'position');
    const known = this.entries.get(id);
    if (known !== undefined && known.position > newer) return;
    if (reasons == null || reasons.length === 0) this.entries.delete(id);
    else this.entries.set(id, { reasons: reasons.map(reasonName), position: newer });
  }
}

export function versionOf(version: v1.ListVersion.$Properties | null | undefined): ListVersion {
  return {
    incarnation: toUnsigned(version?.incarnation ?? 0, 'version.incarnation'),
    sequence: toUnsigned(version?.sequence ?? 0, 'version.sequence'),
  };
}

/** Negative: `a` is older. */
export function compareVersions(a: ListVersion, b: ListVersion): number {
  return a.incarnation - b.incarnation || a.sequence - b.sequence;
}
