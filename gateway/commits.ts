import { MAX_COMMITS_READ } from '../actors/bounds.js';
import type { Journal, JournalStore } from '../actors/runtime/ports.js';

/** When a frame was committed, ms by the clock of the NATS server that stored it; undefined: it cannot be told. */
export type CommitTime = Promise<number | undefined>;

interface Line {
  readonly journal: Promise<Journal>;
  /** Questions that are not answered yet. */
  open: number;
  last: { readonly position: number; readonly time: CommitTime } | undefined;
}

/**
 * When frames were committed: the stamp that JetStream gave them. One question at a time for each partition, off the
 * path of everything else; the cards of one frame share its answer.
 */
export class Commits {
  private readonly journals: JournalStore;
  private readonly lines = new Map<number, Line>();

  constructor(journals: JournalStore) {
    this.journals = journals;
  }

  timeOf(partition: number, position: number): CommitTime {
    const line = this.lineOf(partition);
    const { last } = line;
    if (last?.position === position) return last.time;
    if (line.open >= MAX_COMMITS_READ) return Promise.resolve(undefined);
    line.open += 1;
    const time = read(line, position, last?.time);
    line.last = { position, time };
    return time;
  }

  private lineOf(partition: number): Line {
    let line = this.lines.get(partition);
    if (line === undefined) {
      const journal = this.journals.open(partition);
      line = { journal, open: 0, last: undefined };
      this.lines.set(partition, line);
      // A failure is not kept: the next question tries again.
      journal.catch(() => this.lines.delete(partition));
    }
    return line;
  }
}

async function read(line: Line, position: number, before: CommitTime | undefined): CommitTime {
  await before;
  try {
    const journal = await line.journal;
    return (await journal.get(position))?.storedAt;
  } catch {
    // Only a measurement is missing, and is counted as such.
    return undefined;
  } finally {
    line.open -= 1;
  }
}
