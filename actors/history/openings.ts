/** The ids that were opened and are not closed yet, as far as they are in memory. */
import type { Id } from './keys.js';

export interface Opening {
  readonly id: Id;
  readonly line: number;
  readonly batch: number;
  event: Uint8Array;
  closed: boolean;
  /** It is in the store, for whoever closes it after a restart. */
  stored: boolean;
}

type ByNumber = Map<number, Opening>;

/** By line, terminal, incarnation and number: a key of all of them would cost more than these look-ups. */
export class Openings {
  readonly #lines: Map<string, Map<number, ByNumber>>[] = [];
  #size = 0;

  /** Openings, and places for some. */
  get size(): number {
    return this.#size;
  }

  add(opening: Opening): void {
    const { id, line } = opening;
    const terminals = (this.#lines[line] ??= new Map<string, Map<number, ByNumber>>());
    let incarnations = terminals.get(id.terminal);
    if (incarnations === undefined) terminals.set(id.terminal, (incarnations = new Map<number, ByNumber>()));
    let numbers = incarnations.get(id.incarnation);
    if (numbers === undefined) {
      incarnations.set(id.incarnation, (numbers = new Map<number, Opening>()));
      this.#size += 1;
    }
    if (!numbers.has(id.number)) this.#size += 1;
    numbers.set(id.number, opening);
  }

  /** Undefined: it is not here. */
  take({ terminal, incarnation, number }: Id, line: number): Opening | undefined {
    const numbers = this.#lines[line]?.get(terminal)?.get(incarnation);
    const opening = numbers?.get(number);
    if (opening === undefined) return undefined;
    numbers?.delete(number);
    this.#size -= 1;
    return opening;
  }

  clear(): void {
    this.#lines.length = 0;
    this.#size = 0;
  }
}
