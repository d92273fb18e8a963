/** Compares actors that may change meanwhile: reads on and asks again until both sides speak of one position. */
import { toUnsigned, type WireLong } from '../../proto/guard.js';
import type { Auditor } from './auditor.js';
import type { Comparison } from './compare.js';
import type { Check, Place } from './findings.js';
import type { Journals } from './journals.js';

/** Times that a unit is described; one that has moved on every time is busy, and is not compared. */
const MAX_TRIES = 5;

/** What can be described, and how it is compared. */
export interface Subject<Described> {
  describe(ids: readonly string[]): Promise<readonly Described[]>;
  nameOf(described: Described): string;
  compare(described: Described): Comparison;
  /** The unit in the books: the sequence of its last event that was read. */
  positionOf(id: string): number;
  partitionOf(id: string): number;
  place(id: string): Place;
}

interface Positioned {
  readonly position?: WireLong | null;
}

export class SettledUnits {
  readonly #auditor: Auditor;
  readonly #journals: Journals;
  /** Units that had moved on every time. */
  moved = 0;

  constructor(auditor: Auditor, journals: Journals) {
    this.#auditor = auditor;
    this.#journals = journals;
  }

  /** Returns how many were found equal; differences are reported. */
  async compare<Described extends Positioned>(
    ids: readonly string[],
    subject: Subject<Described>,
  ): Promise<number> {
    let open = ids;
    let equal = 0;
    for (let tries = 0; tries < MAX_TRIES && open.length > 0; tries += 1) {
      const read = new Map(open.map((id) => [id, subject.positionOf(id)]));
      const described = await subject.describe(open);
      for (const each of described) {
        const name = subject.nameOf(each);
        const found = await this.#one(each, subject, read.get(name) ?? 0);
        if (found !== 'behind') read.delete(name);
        if (found === 'equal') equal += 1;
      }
      open = this.#undescribed(
        read,
        described.map((each) => subject.nameOf(each)),
        subject,
      );
    }
    this.moved += open.length;
    return equal;
  }

  /** `read`: the position that had been read before the description was asked for. */
  async #one<Described extends Positioned>(
    described: Described,
    subject: Subject<Described>,
    read: number,
  ): Promise<Comparison> {
    const name = subject.nameOf(described);
    let found = subject.compare(described);
    if (found === 'ahead') {
      await this.#journals.readOn(subject.partitionOf(name));
      found = subject.compare(described);
      // Nothing is told before it is in the journal (D1).
      if (found === 'ahead') this.#report(subject.place(name), 'has events that the journal does not have');
    }
    const position = toUnsigned(described.position ?? 0, 'position');
    if (found !== 'behind' || position >= read) return found;
    this.#report(subject.place(name), `stands at position ${position}, the journal at ${read}`);
    return 'differs';
  }

  /** Ids to ask about again; those that no description named are reported instead. */
  #undescribed<Described>(
    open: ReadonlyMap<string, number>,
    described: readonly string[],
    subject: Subject<Described>,
  ): string[] {
    const named = new Set(described);
    return [...open.keys()].filter((id) => {
      if (!named.has(id)) this.#report(subject.place(id), 'is not described');
      return named.has(id);
    });
  }

  #report(place: Place, message: string): void {
    this.report('ACTOR', `the running actor ${message}`, place);
  }

  report(code: Check, message: string, place: Place): void {
    this.#auditor.findings.checked(code);
    this.#auditor.findings.report(code, message, place);
  }
}
