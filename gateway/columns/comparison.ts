/**
 * The three columns of a terminal's batch, line by line (rule 10): what one of them lacks or has otherwise, and what is
 * in flight. Pure. The terminal's column must be complete before the center's begins: what all have alike is let go.
 */
import type { BatchSums } from './sums.js';
import { compareKeys, isCounted, isSame, type KeyedLine, type Line, type LineKey } from './line.js';

export type Column = 'device' | 'terminal' | 'center';

export interface ComparedLine extends LineKey {
  /** Empty: no column says. */
  readonly card: string;
  readonly inFlight: boolean;
  readonly device: Line | undefined;
  readonly terminal: Line | undefined;
  readonly center: Line | undefined;
  /** Columns that should have it and do not. */
  readonly lacking: readonly Column[];
}

export interface Circumstances {
  /** Nothing new comes to the batch. */
  readonly closed: boolean;
  /** What the device says that it has, where it reports no transactions; undefined: it reported nothing at all. */
  readonly sums: BatchSums | undefined;
  /** The center's column of this card's partition was not read. */
  readonly isAway: (card: string) => boolean;
}

interface Row extends LineKey {
  card: string;
  inFlight: boolean;
  device: Line | undefined;
  terminal: Line | undefined;
  center: Line | undefined;
}

export class Comparison {
  readonly #rows = new Map<string, Row>();
  #agreed = 0;
  #reported = 0;

  /** Lines in memory. */
  get size(): number {
    return this.#rows.size;
  }

  /** Lines that were compared. */
  get compared(): number {
    return this.#rows.size + this.#agreed;
  }

  /** Transactions and reversals that the device has reported. */
  get reported(): number {
    return this.#reported;
  }

  device(keyed: KeyedLine): void {
    const row = this.#rowOf(keyed);
    // A report that was sent twice is one.
    if (row.device === undefined) this.#reported += 1;
    row.device = keyed.line;
  }

  terminal(keyed: KeyedLine): void {
    this.#rowOf(keyed).terminal = keyed.line;
  }

  /** It is open at the terminal. */
  open(key: LineKey & { readonly card: string }): void {
    const row = this.#rowOf(key);
    row.inFlight = true;
    row.card = key.card;
  }

  center(keyed: KeyedLine, circumstances: Circumstances): void {
    const row = this.#rowOf(keyed);
    row.center = keyed.line;
    if (this.#problemOf(row, circumstances) !== undefined) return;
    this.#rows.delete(nameOf(row));
    this.#agreed += 1;
  }

  /** By incarnation and number; those after `after`, where it is given. */
  differences(circumstances: Circumstances, after?: LineKey): readonly ComparedLine[] {
    const found: ComparedLine[] = [];
    for (const row of this.#rows.values()) {
      if (after !== undefined && compareKeys(row, after) <= 0) continue;
      const different = this.#problemOf(row, circumstances);
      if (different !== undefined) found.push(different);
    }
    return found.sort(compareKeys);
  }

  #rowOf(keyed: LineKey & { readonly line?: Line }): Row {
    const { incarnation, number, reversal, line } = keyed;
    const name = nameOf(keyed);
    let row = this.#rows.get(name);
    if (row === undefined) {
      const nothing = { device: undefined, terminal: undefined, center: undefined };
      row = { incarnation, number, reversal, card: '', inFlight: false, ...nothing };
      this.#rows.set(name, row);
    }
    if (row.card === '') row.card = line?.card ?? '';
    return row;
  }

  /** Undefined: the columns agree. */
  #problemOf(row: Row, circumstances: Circumstances): ComparedLine | undefined {
    const { device, terminal, center, card } = row;
    const { closed, isAway } = circumstances;
    // Of an open batch the center may have what was opened after the terminal's column was read.
    const inFlight = row.inFlight || (!closed && terminal === undefined && center !== undefined);
    if (inFlight) return { ...row, inFlight, lacking: [] };
    const lacking: Column[] = [];
    const line = terminal ?? center;
    if (device === undefined && this.#isDevices(row, circumstances)) lacking.push('device');
    if (terminal === undefined) lacking.push('terminal');
    if (center === undefined && terminal?.own !== true && !isAway(card)) lacking.push('center');
    const otherwise = !alike(device, line) || !alike(terminal, center);
    return lacking.length > 0 || otherwise ? { ...row, inFlight, lacking } : undefined;
  }

  /** Whether the device should have reported it, as far as it reports at all. */
  #isDevices({ reversal, terminal, center }: Row, { sums }: Circumstances): boolean {
    const line = terminal ?? center;
    if (line === undefined) return false;
    // The terminal's own column does not say what a reversal is of.
    const kind = center?.kind ?? line.kind;
    if (!isCounted({ ...line, kind })) return false;
    if (this.#reported > 0) return true;
    return sums?.countOf(kind, reversal) === 0;
  }
}

function alike(one: Line | undefined, other: Line | undefined): boolean {
  return one === undefined || other === undefined || isSame(one, other);
}

function nameOf({ incarnation, number, reversal }: LineKey): string {
  return `${incarnation}/${number}${reversal ? '/r' : ''}`;
}
