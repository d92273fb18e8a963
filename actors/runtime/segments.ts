/**
 * A journal goes on in another stream when the one in use is full, so that old ones can be archived and deleted whole.
 *
 * The owner stores SEALED, the last frame of its segment, like any other: whoever was replaced cannot. Everything after
 * it follows from it, to the byte, and is done again by whoever finds it not done: the next stream, its first frame
 * (CONTINUED), and only then the closing of the old stream, by a message behind SEALED that is no frame, stored and
 * acknowledged like one. No frame of turns or of an epoch is stored before that. So
 * at every moment at which a process may end:
 *
 * - before SEALED is stored: nothing has happened;
 * - SEALED is last: only another SEALED is appended behind it. The next stream is made by whoever has an acknowledgement
 *   of the SEALED before its first position, and by nobody else: a power cut can take what was not acknowledged, and a
 *   stream that begins behind it would begin behind a hole, or behind what another owner stores there. So the next owner
 *   stores another SEALED, makes the stream, and stores CONTINUED;
 * - the stream is there and empty, or CONTINUED is last: the same, and what is there stays. The old stream is closed once
 *   more, for an acknowledgement of its own: what another has stored may be on no disk;
 * - the old stream is closed and there is no next one: that one held frames, and they are gone. It is never made anew.
 *
 * No answer waits for these frames: SEALED is stored only after a frame that was acknowledged.
 *
 * Two that do this at once store the same CONTINUED; which of them owns the partition their next frames decide. The
 * stream that was made first counts: a SEALED that comes to the old one where the next has begun is nobody's. A copy of
 * any other frame that comes late finds its position taken.
 */
import type { Appender } from './appender.js';
import { FencedError, JournalDamagedError, SealUnacknowledgedError } from './errors.js';
import {
  encodeFrame,
  hashOf,
  readFrame,
  sameBytes,
  type EpochBody,
  type Frame,
  type FrameBody,
  type GenesisBody,
} from './frame.js';
import type { Clock, Journal, StoredFrame } from './ports.js';
import { getCertain } from './replay.js';

/** SEALED and CONTINUED: what stands between the turns of two segments. */
export const FRAMES_BETWEEN_SEGMENTS = 2;

/** A frame and its bytes as they are stored. */
export interface FrameAsStored {
  readonly frame: Frame;
  readonly bytes: Uint8Array;
}

/** What the first frame of the newest segment says. */
export interface Beginning {
  readonly first: number;
  readonly genesis: GenesisBody;
  /** SHA-256 of the genesis frame. */
  readonly genesisHash: Uint8Array;
  /** In force when the segment began; undefined: nobody had taken the partition yet. */
  readonly epoch: EpochBody | undefined;
}

/** Throws JournalDamagedError where a journal cannot begin so. `read`: reads one frame. */
export async function readBeginning(
  journal: Journal,
  read = (sequence: number): Promise<StoredFrame | undefined> => journal.get(sequence),
): Promise<Beginning> {
  const { first } = await journal.newestSegment();
  const stored = await read(first);
  if (stored === undefined) {
    const what = first === 1 ? 'the genesis frame' : 'the one that begins the newest segment';
    throw new JournalDamagedError(`the journal has no frame ${String(first)}, ${what}`);
  }
  const { body } = readFrame(stored);
  if (body.kind === 'genesis')
    return { first, genesis: body, genesisHash: hashOf(stored.bytes), epoch: undefined };
  if (body.kind === 'continued') return { ...body, first };
  throw new JournalDamagedError(
    `frame ${String(first)} begins a segment, and is neither the genesis frame nor one that continues a segment`,
  );
}

/** The epoch that a frame names. Throws JournalDamagedError where it names none. */
export async function epochOf(
  journal: Journal,
  clock: Clock,
  { sequence, epoch }: Frame,
): Promise<EpochBody> {
  const certain = (position: number): Promise<StoredFrame> => getCertain(journal, clock, position);
  const beginning = await readBeginning(journal, certain);
  if (epoch < beginning.first && beginning.epoch !== undefined) return beginning.epoch;
  const { body } = readFrame(await certain(epoch));
  if (body.kind === 'epoch') return body;
  throw new JournalDamagedError(
    `frame ${String(epoch)} is no epoch frame, although frame ${String(sequence)} names it`,
  );
}

export interface Continuing {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly appender: Appender;
}

/**
 * The SEALED frame behind which the next segment begins, for a worker that finds `sealed` to be last: where the next
 * segment is there, this one; else one of its own. Throws SealUnacknowledgedError where that was not acknowledged, or
 * `sealed` is not there any more: the next attempt begins with what is stored then.
 */
export async function acknowledgedSeal(sealed: FrameAsStored, journal: Journal): Promise<FrameAsStored> {
  const { body, sequence, epoch, time } = sealed.frame;
  if (body.kind !== 'sealed') throw new Error(`frame ${String(sequence)} seals no segment`);
  if (await journal.hasSegment(body.nextSegment)) return sealed;
  // The server compares lengths. What was only read may have been lost, and another frame be in its place.
  const there = await journal.get(sequence);
  if (there === undefined || !sameBytes(there.bytes, sealed.bytes)) {
    throw new SealUnacknowledgedError(
      `frame ${String(sequence)}, SEALED, is not there any more: tried again`,
    );
  }
  const again = { sequence: sequence + 1, previousHash: hashOf(sealed.bytes), epoch, time, body };
  const bytes = encodeFrame(again);
  const result = await journal.append(bytes, sequence);
  if (result.kind === 'stored' && !result.duplicate && result.sequence === again.sequence)
    return { frame: again, bytes };
  throw new SealUnacknowledgedError(
    `frame ${String(again.sequence)}, SEALED again, was not acknowledged: tried again`,
  );
}

/**
 * Does what is left to be done after a SEALED frame that was acknowledged. Resolves with the first frame of the next segment; undefined: the
 * appender was stopped. Throws JournalMissingError where that segment's stream is gone, FencedError where another
 * worker or version has begun it otherwise.
 */
export async function continueAfter(
  sealed: FrameAsStored,
  { journal, clock, appender }: Continuing,
): Promise<FrameAsStored | undefined> {
  const { sequence, body } = sealed.frame;
  if (body.kind !== 'sealed') throw new Error(`frame ${String(sequence)} seals no segment`);
  const first = sequence + 1;
  await journal.beginSegment(body.nextSegment, first);
  const found = await journal.get(first);
  const bytes = found?.bytes ?? encodeFrame(await continuationOf(sealed, body.nextSegment, journal, clock));
  if (found === undefined) {
    const appended = await appender.append(bytes, sequence, hashOf(sealed.bytes));
    if (appended === 'abandoned') return undefined;
    if (appended === 'fenced') throw new FencedError('another version has begun the next segment');
  }
  const frame = readFrame({ sequence: first, bytes });
  if (frame.body.kind !== 'continued')
    throw new JournalDamagedError(`frame ${String(first)} follows a SEALED frame, and continues no segment`);
  await journal.closeSegment(frame.body.segment - 1);
  return { frame, bytes };
}

async function continuationOf(
  { frame, bytes }: FrameAsStored,
  segment: number,
  journal: Journal,
  clock: Clock,
): Promise<Frame> {
  const { genesis, genesisHash } = await readBeginning(journal, (at) => getCertain(journal, clock, at));
  const epoch = await epochOf(journal, clock, frame);
  const body: FrameBody = { kind: 'continued', segment, genesis, genesisHash, epoch };
  const { sequence, time } = frame;
  return { sequence: sequence + 1, previousHash: hashOf(bytes), epoch: frame.epoch, time, body };
}
