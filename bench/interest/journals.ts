/** What the journals say about interest runs: the only witness that was not part of the run. */
import { connectNats } from '../../actors/adapters/nats/connection.js';
import { natsJournalStore } from '../../actors/adapters/nats/journalStore.js';
import { decodeFrame, type Frame } from '../../actors/runtime/frame.js';
import { startProgress } from '../../operator/cli/progress.js';
import { v1 } from '../../proto/generated/emoney.js';
import { decodeMessage } from '../../proto/message.js';
import { DEPLOYMENT } from '../support/system.js';

/** One run, found by the date up to which it charges. */
export interface RunRecord {
  readonly through: number;
  /** Milliseconds since 1970, of the frames with its beginning and its end; 0: not found. */
  begunAt: number;
  endedAt: number;
  /** How often a card's record, and the card itself, was charged. */
  readonly records: Map<string, number>;
  readonly cards: Map<string, number>;
  /** Minor units, charged by the center's records and by the cards. */
  recordAmount: bigint;
  cardAmount: bigint;
  /** Frames and events in all journals from its beginning to its end, payments included. */
  frames: number;
  events: number;
}

export interface JournalCount {
  readonly frames: number;
  readonly events: number;
  readonly bytes: number;
  /** By `through`. */
  readonly runs: ReadonlyMap<number, RunRecord>;
}

/** Reads every journal from its beginning. */
export async function countJournals(natsUrl: string, partitions: number): Promise<JournalCount> {
  const nats = await connectNats(natsUrl, { name: 'bench: journals' });
  try {
    const store = await natsJournalStore(nats, { deployment: DEPLOYMENT });
    const counting = new Counting();
    for (let partition = 0; partition < partitions; partition += 1) {
      const journal = await store.open(partition);
      const last = await journal.lastSequence();
      const progress = startProgress(`journal ${partition}`, last);
      await journal.read(1, last, ({ sequence, bytes }) => {
        counting.add(decodeFrame(bytes), bytes.length);
        progress.update(sequence);
      });
      progress.end();
    }
    return counting.result();
  } finally {
    await nats.close();
  }
}

/** Counts frame by frame, journal after journal. */
export class Counting {
  readonly #runs = new Map<number, RunRecord>();
  /** Time and events of every frame: which run it was in is known at the end. */
  readonly #frames: { readonly time: number; readonly events: number }[] = [];
  #bytes = 0;

  add({ time, body }: Frame, bytes: number): void {
    this.#bytes += bytes;
    if (body.kind !== 'turns') return;
    let events = 0;
    for (const turn of body.turns) {
      events += turn.events.length;
      for (const event of turn.events) this.#see(decodeMessage(v1.Event, event), time);
    }
    this.#frames.push({ time, events });
  }

  result(): JournalCount {
    for (const run of this.#runs.values()) {
      const within = this.#frames.filter(({ time }) => time >= run.begunAt && time <= run.endedAt);
      run.frames = within.length;
      run.events = within.reduce((sum, { events }) => sum + events, 0);
    }
    const events = this.#frames.reduce((sum, each) => sum + each.events, 0);
    return { frames: this.#frames.length, events, bytes: this.#bytes, runs: this.#runs };
  }

  #see({ runBegun, runEnded, recordInterestPosted, cardInterestPosted }: v1.Event, time: number): void {
    if (runBegun != null) this.#run(runBegun.through).begunAt = time;
    if (runEnded != null) this.#run(runEnded.through).endedAt = time;
    if (recordInterestPosted != null) {
      const run = this.#run(recordInterestPosted.through);
      count(run.records, recordInterestPosted.card);
      run.recordAmount += BigInt(String(recordInterestPosted.amount ?? 0));
    }
    if (cardInterestPosted != null) {
      const run = this.#run(cardInterestPosted.through);
      count(run.cards, cardInterestPosted.card);
      run.cardAmount += BigInt(String(cardInterestPosted.amount ?? 0));
    }
  }

  #run(given: number | null | undefined): RunRecord {
    const through = given ?? 0;
    const known = this.#runs.get(through);
    if (known !== undefined) return known;
    const run: RunRecord = {
      ...{ through, begunAt: 0, endedAt: 0, records: new Map(), cards: new Map() },
      ...{ recordAmount: 0n, cardAmount: 0n, frames: 0, events: 0 },
    };
    this.#runs.set(through, run);
    return run;
  }
}

function count(counts: Map<string, number>, card: string | null | undefined): void {
  counts.set(card ?? '', (counts.get(card ?? '') ?? 0) + 1);
}

export interface Exactness {
  readonly borrowers: number;
  readonly chargedOnce: number;
  readonly missed: number;
  readonly chargedTwice: number;
  /** The records' amounts and the cards' are the same. */
  readonly amountsAgree: boolean;
}

export function exactnessOf(
  { records, cards, recordAmount, cardAmount }: RunRecord,
  borrowers: readonly string[],
): Exactness {
  const often = (card: string): number => Math.max(records.get(card) ?? 0, cards.get(card) ?? 0);
  const once = borrowers.filter((card) => records.get(card) === 1 && cards.get(card) === 1).length;
  const missed = borrowers.filter((card) => !records.has(card) || !cards.has(card)).length;
  return {
    ...{ borrowers: borrowers.length, chargedOnce: once, missed },
    chargedTwice: borrowers.filter((card) => often(card) > 1).length,
    amountsAgree: recordAmount === cardAmount,
  };
}
