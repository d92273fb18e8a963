/** What the prohibition list said when (D14), for I6: no purchase is approved under a list that prohibits its card. */
import type { Findings } from './findings.js';
import type { Version } from './wire/basics.js';

interface Entry {
  readonly position: number;
  readonly prohibited: boolean;
  /** Time of the frame that decided it. */
  readonly time: number;
  version: Version | undefined;
}

export class Prohibitions {
  /** By card index, oldest first. */
  readonly #entries = new Map<number, Entry[]>();
  readonly #findings: Findings;
  readonly #disorderMs: number;
  /** List versions that were held, by the number that the id table keeps. 0: none. */
  readonly #versions: (Version | undefined)[] = [undefined];
  readonly #numbers = new Map<string, number>();

  /** `disorderMs`: as in `Books`. */
  constructor(findings: Findings, disorderMs: number) {
    this.#findings = findings;
    this.#disorderMs = disorderMs;
  }

  /** A small number for a version: few versions, many ids. */
  numberOf(version: Version | undefined): number {
    if (version === undefined || (version.incarnation === 0 && version.sequence === 0)) return 0;
    const key = `${version.incarnation}/${version.sequence}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#versions.push(version) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }

  changed(card: number, position: number, prohibited: boolean, time: number): void {
    const entries = this.#entries.get(card) ?? [];
    entries.push({ position, prohibited, time, version: undefined });
    this.#entries.set(card, entries);
  }

  published(card: number, position: number, version: Version): void {
    const entries = this.#entries.get(card) ?? [];
    const entry = entries.find((each) => each.position === position);
    const findings = this.#findings;
    if (
      !findings.holds('I6', entry !== undefined, () => `published position ${position} changed no reasons`)
    ) {
      return;
    }
    const newer = entries.some((each) => each.position > position && notAfter(each.version, version));
    findings.holds('I6', !newer, () => `the list's entry of position ${position} hides a newer one`);
    if (entry !== undefined) entry.version = version;
  }

  /** Why a purchase opened under list `number` at `openedTime` must not be approved; undefined: nothing is wrong. */
  wrong(card: number, number: number, openedTime: number): string | undefined {
    const entries = this.#entries.get(card);
    const held = this.#versions[number];
    if (entries === undefined || held === undefined) return undefined;
    const told = entries.findLast((each) => notAfter(each.version, held));
    if (told?.prohibited !== true) return undefined;
    const lifted = entries.some(
      (each) =>
        each.position > told.position && !each.prohibited && each.time <= openedTime + this.#disorderMs,
    );
    if (lifted) return undefined;
    return `list version ${held.incarnation}/${held.sequence} prohibits the card since position ${told.position}`;
  }

  /** A card that was never prohibited needs no look. */
  has(card: number): boolean {
    return this.#entries.has(card);
  }
}

function notAfter(one: Version | undefined, other: Version): boolean {
  if (one === undefined) return false;
  if (one.incarnation !== other.incarnation) return one.incarnation < other.incarnation;
  return one.sequence <= other.sequence;
}
