/** What the journals say about interest runs: the only witness that was not part of the run. */
import type { Frame } from '../../actors/runtime/frame.js';
import { v1 } from '../../proto/generated/emoney.js';
import { decodeMessage } from '../../proto/message.js';
import { FrameCounts, readJournals } from '../support/journals.js';

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

/** Reads every journal from its beginning; the runs by `through`. */
export async function readRuns(natsUrl: string, partitions: number): Promise<ReadonlyMap<number, RunRecord>> {
  const runs = new Runs();
  await readJournals(natsUrl, partitions, (frame, bytes) => {
    runs.add(frame, bytes);
  });
  return runs.result();
}

/** Runs, frame by frame. */
export class Runs {
  readonly #runs = new Map<number, RunRecord>();
  /** Which run a frame was in is known at the end. */
  readonly #counts = new FrameCounts();

  add(frame: Frame, bytes: number): void {
    this.#counts.add(frame, bytes);
    if (frame.body.kind !== 'turns') return;
    for (const turn of frame.body.turns) {
      for (const event of turn.events) this.#see(decodeMessage(v1.Event, event), frame.time);
    }
  }

  result(): ReadonlyMap<number, RunRecord> {
    for (const run of this.#runs.values()) {
      const { frames, events } = this.#counts.between(run.begunAt, run.endedAt);
      run.frames = frames;
      run.events = events;
    }
    return this.#runs;
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
