import { JOURNAL_READ_BYTES, JOURNAL_READ_FRAMES, MAX_DESCRIBED } from '../actors/bounds.js';
import type { Journal, JournalStore, SnapshotStore } from '../actors/runtime/ports.js';
import { v1 } from '../proto/generated/emoney.js';
import { GuardError, toUnsigned } from '../proto/guard.js';
import { problemOf } from './codec/codec.js';
import type { Exchange } from './exchange.js';
import { limited } from './limit.js';

const { Rejection } = v1;

export interface ReadingOptions {
  readonly partitions: number;
  readonly journals: JournalStore;
  readonly snapshots: (partition: number) => SnapshotStore;
}

/** Journals and snapshots for auditors and operators, read through the ports and passed on byte for byte. */
export class Reading {
  private readonly options: ReadingOptions;
  private readonly journals = new Map<number, Promise<Journal>>();

  constructor(options: ReadingOptions) {
    this.options = options;
  }

  serve({ readJournal, readSnapshots }: v1.ClientMessage, exchange: Exchange): void {
    const partition = readJournal?.partition ?? readSnapshots?.partition ?? 0;
    if (partition >= this.options.partitions) {
      const detail = `partition: ${partition} does not exist, there are ${this.options.partitions}`;
      exchange.refuse(Rejection.REJECTION_MALFORMED, detail);
      return;
    }
    const reading =
      readJournal == null
        ? this.snapshots(partition, readSnapshots?.units ?? [], exchange)
        : this.frames(partition, readJournal as v1.ReadJournal, exchange);
    reading.catch((error: unknown) => {
      if (error instanceof GuardError) exchange.failed(error);
      else exchange.refuse(Rejection.REJECTION_UNAVAILABLE, problemOf(error));
    });
  }

  private async frames(partition: number, asked: v1.ReadJournal, exchange: Exchange): Promise<void> {
    const from = Math.max(1, toUnsigned(asked.fromSequence, 'read_journal.from_sequence'));
    const limit = limited(asked.limit, JOURNAL_READ_FRAMES);
    const journal = await this.open(partition);
    const lastSequence = await journal.lastSequence();
    const frames = await readFrames(journal, from, Math.min(lastSequence, from + limit - 1));
    exchange.answer({ journal: { partition, firstSequence: from, frames, lastSequence } });
  }

  private async snapshots(partition: number, units: readonly string[], exchange: Exchange): Promise<void> {
    if (units.length > MAX_DESCRIBED) {
      const detail = `read_snapshots.units: ${units.length}, at most ${MAX_DESCRIBED} may be asked for`;
      exchange.refuse(Rejection.REJECTION_MALFORMED, detail);
      return;
    }
    const found = await this.options.snapshots(partition).readUnits(units);
    const snapshots = units.map((unit, index): v1.SnapshotDescription.$Properties => {
      const snapshot = found[index];
      if (snapshot === undefined) return { unit };
      const { state, sequence, generation } = snapshot;
      return { unit, state, sequence, generation };
    });
    exchange.answer({ snapshots: { partition, snapshots } });
  }

  private async open(partition: number): Promise<Journal> {
    let journal = this.journals.get(partition);
    if (journal === undefined) {
      journal = this.options.journals.open(partition);
      this.journals.set(partition, journal);
      // A failure is not kept: the next reader tries again.
      journal.catch(() => this.journals.delete(partition));
    }
    return journal;
  }
}

/** How many frames are asked of the journal at once, at first: a frame may be as large as the whole answer. */
const FIRST_STEP = 8;

/** Frames from `from` to `to`, ended early when they reach JOURNAL_READ_BYTES. */
async function readFrames(journal: Journal, from: number, to: number): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  let bytes = 0;
  let next = from;
  let step = FIRST_STEP;
  while (next <= to && bytes < JOURNAL_READ_BYTES) {
    const end = Math.min(to, next + step - 1);
    const reached = await journal.read(next, end, (frame) => {
      if (bytes >= JOURNAL_READ_BYTES) return;
      frames.push(frame.bytes);
      bytes += frame.bytes.length;
    });
    if (reached <= end) break;
    next = reached;
    // As many as would fill the answer if they are like those before.
    const average = Math.max(1, bytes / frames.length);
    step = Math.max(1, Math.ceil((JOURNAL_READ_BYTES - bytes) / average));
  }
  return frames;
}
