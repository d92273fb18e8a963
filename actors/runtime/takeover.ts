/** Taking a partition (D18): epoch frame with the expectation of what was read, then replay to it, then serve. */
import { MAX_CLOCK_SKEW_MS } from '../bounds.js';
import { Appender, type OnSilence } from './appender.js';
import { ClockSkewError, FencedError, FormatUnknownError, JournalDamagedError } from './errors.js';
import { FRAME_FORMAT, encodeFrame, hashOf, readFrame, type Frame } from './frame.js';
import type { Clock, Journal } from './ports.js';
import { getCertain } from './replay.js';
import { acknowledgedSeal, continueAfter, epochOf, type FrameAsStored } from './segments.js';

export interface Epoch {
  /** Sequence of the epoch frame. */
  readonly sequence: number;
  readonly generation: number;
}

/** The journal's last frame, read afresh. */
export async function lastFrame(journal: Journal, clock: Clock): Promise<FrameAsStored> {
  const last = await journal.lastSequence();
  if (last === 0) throw new JournalDamagedError('the journal has no genesis frame');
  const stored = await getCertain(journal, clock, last);
  return { frame: readFrame(stored), bytes: stored.bytes };
}

/** The same, after what an owner that is gone has left undone between two segments. */
async function lastOfOpenSegment(journal: Journal, clock: Clock): Promise<FrameAsStored> {
  const last = await lastFrame(journal, clock);
  const { body } = last.frame;
  if (body.kind === 'continued') await journal.closeSegment(body.segment - 1);
  if (body.kind !== 'sealed') return last;
  const sealed = await acknowledgedSeal(last, journal);
  const begun = await continueAfter(sealed, { journal, clock, appender: new Appender(journal, clock) });
  return begun ?? sealed;
}

/**
 * Publishes the epoch frame. `operatorOrder`: go on although acknowledged frames are gone, under a new snapshot
 * generation (D11). Throws FencedError when another worker was first, ClockSkewError when this machine's clock may
 * not serve (D13).
 */
export async function beginEpoch(
  journal: Journal,
  clock: Clock,
  worker: string,
  operatorOrder: string | undefined,
  onSilence?: OnSilence,
): Promise<Epoch> {
  const { frame, bytes } = await lastOfOpenSegment(journal, clock);
  const before = await generationOf(journal, clock, frame);
  const generation = operatorOrder === undefined ? before : before + 1;
  const sequence = frame.sequence + 1;
  const epochFrame = encodeFrame({
    sequence,
    previousHash: hashOf(bytes),
    epoch: sequence,
    // Not of a clock that nobody has compared yet: what it showed would stay in the journal for ever.
    time: frame.time,
    body: {
      kind: 'epoch',
      worker,
      writesFormat: FRAME_FORMAT,
      generation,
      operatorOrder: operatorOrder ?? '',
    },
  });
  const began = clock.now();
  const appended = await new Appender(journal, clock, onSilence).append(
    epochFrame,
    frame.sequence,
    hashOf(bytes),
  );
  const ended = clock.now();
  // What is read rests on an acknowledgement (D1): that of another epoch frame.
  if (appended === 'found') return beginEpoch(journal, clock, worker, undefined, onSilence);
  if (appended !== 'stored') throw new FencedError('another worker took the partition first');
  checkClock(began, ended, (await getCertain(journal, clock, sequence)).storedAt);
  return { sequence, generation };
}

/** Whether a journal that ends so has no owner, or one that has ended for certain. */
export async function isFree(
  journal: Journal,
  clock: Clock,
  last: Frame,
  predecessor: string | undefined,
): Promise<boolean> {
  if (last.body.kind === 'genesis') return true;
  if (last.body.kind === 'released') return last.body.successor === '';
  return predecessor !== undefined && (await epochOf(journal, clock, last)).worker === predecessor;
}

/** Snapshot generation of a journal that nobody has owned yet. */
export const FIRST_GENERATION = 1;

/** The generation in force: that of the epoch frame which the last frame names. */
export async function generationOf(journal: Journal, clock: Clock, frame: Frame): Promise<number> {
  if (frame.epoch === 0) return FIRST_GENERATION;
  return checkFormat(await epochOf(journal, clock, frame));
}

function checkFormat(body: { writesFormat: number; generation: number }): number {
  if (body.writesFormat <= FRAME_FORMAT) return body.generation;
  throw new FormatUnknownError(
    `the owner before wrote format ${String(body.writesFormat)}, this version reads up to ${String(FRAME_FORMAT)}: upgrade this worker`,
  );
}

/** The server stored the frame somewhere between `began` and `ended`, however long that took. */
function checkClock(began: number, ended: number, storedAt: number): void {
  const skew = Math.max(began - storedAt, storedAt - ended);
  if (skew <= MAX_CLOCK_SKEW_MS) return;
  throw new ClockSkewError(
    `this machine's clock differs from the server's by ${String(skew)} ms: set it right (NTP); it is tried again`,
  );
}
