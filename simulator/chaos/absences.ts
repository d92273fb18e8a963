/** Terminals that lost their connection, and when they were back. Times in ms of one clock. */

interface Absence {
  readonly lostAt: number;
  backAt: number | undefined;
}

export class Absences {
  readonly #absences: Absence[] = [];
  readonly #away = new Map<string, Absence>();

  lost(terminal: string, at: number): void {
    if (this.#away.has(terminal)) return;
    const absence = { lostAt: at, backAt: undefined };
    this.#absences.push(absence);
    this.#away.set(terminal, absence);
  }

  back(terminal: string, at: number): void {
    const absence = this.#away.get(terminal);
    if (absence !== undefined) absence.backAt = at;
    this.#away.delete(terminal);
  }

  /** Of those that were lost between `from` and `to`: how many, how many never came back, and until when the last was away. */
  between(from: number, to: number): { terminals: number; missing: number; lastBackAt: number } {
    const some = this.#absences.filter(({ lostAt }) => lostAt >= from && lostAt < to);
    const missing = some.filter(({ backAt }) => backAt === undefined).length;
    const lastBackAt = Math.max(from, ...some.map(({ backAt }) => backAt ?? to));
    return { terminals: some.length, missing, lastBackAt };
  }
}
