/**
 * Brings a partition to its epoch frame: from a checkpoint or a base, the later of those that count, else from the
 * genesis frame (D10, D11, D16).
 * Redis proposes, the journal decides: whatever does not agree with it is left aside and rebuilt.
 */
import { STALE_READ_LOOKS, STALE_READ_PAUSE_MS } from '../bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { toUnsigned } from '../../proto/guard.js';
import type { Bases } from './bases.js';
import type { Tip } from './chain.js';
import { CHECKPOINT_FORMAT, type PagePlace } from './checkpointer.js';
import type { Domain } from './domain.js';
import { FencedError, FramesGoneError, isPermanent, type RuntimeError } from './errors.js';
import { hashOf, readFrame, sameBytes } from './frame.js';
import { recoverFromJournal } from './journalRecovery.js';
import { recoverInPieces } from './longRecovery.js';
import type { Base, Clock, Journal, SnapshotStore } from './ports.js';
import { getCertain, readChain } from './replay.js';
import type { Stopwatch } from './stopwatch.js';
import type { StoreFaults } from './storeFaults.js';
import { Tails } from './tails.js';
import { UnitIndex } from './unitIndex.js';
import { Units } from './units.js';

export interface RecoveryParts<Command, Event, State> {
  readonly domain: Domain<Command, Event, State>;
  readonly journal: Journal;
  readonly store: SnapshotStore;
  readonly clock: Clock;
  /** Of the epoch frame. */
  readonly generation: number;
  /** Sequence of the epoch frame: replay ends there. */
  readonly epoch: number;
  /** Absent: without a checkpoint everything is read from the genesis frame on. */
  readonly bases?: Bases | undefined;
  /** Bytes of turns that wait in memory for their units at most; default MAX_TAIL_BYTES. */
  readonly tailBytes?: number | undefined;
  readonly faults: StoreFaults;
  readonly stopwatch: Stopwatch;
  readonly log: (line: string) => void;
}

export interface Recovered<Command, Event, State> {
  readonly tip: Tip;
  readonly index: UnitIndex;
  /** Those that are in memory. */
  readonly units: Units<State>;
  /** Of those that are to be loaded while the partition serves already. */
  readonly tails: Tails<Command, Event, State>;
  /** Units with unfinished work as the checkpoint lists them. */
  readonly unfinished: readonly string[];
  readonly pages: Map<number, PagePlace>;
  readonly replayedFrames: number;
  /** Sequence of the checkpoint from which it began; 0: from none. */
  readonly fromCheckpoint: number;
  /** Position of the base from which it began; 0: from none. */
  readonly fromBase: number;
}

/** What a checkpoint names. */
export interface Start {
  readonly tip: Tip;
  readonly index: UnitIndex;
  readonly pages: Map<number, PagePlace>;
  readonly unfinished: readonly string[];
}

/** Throws FramesGoneError, JournalDamagedError, JournalHoleError, FencedError: the partition must not serve. */
export async function recover<Command, Event, State>(
  parts: RecoveryParts<Command, Event, State>,
): Promise<Recovered<Command, Event, State>> {
  const { bases, epoch } = parts;
  await checkBases(parts);
  const checkpoint = await startFromCheckpoint(parts);
  const begin = async (base: Base | undefined): Promise<Recovered<Command, Event, State>> => {
    const isLater = checkpoint !== undefined && checkpoint.tip.sequence >= (base?.head.position ?? 0);
    return isLater ? recoverFromCheckpoint(parts, checkpoint) : recoverFromJournal(parts, base, epoch);
  };
  return bases === undefined ? begin(undefined) : bases.use(epoch - 1, begin);
}

/** A base is made of frames that were acknowledged: like a checkpoint, it may name none that are gone (D11). */
async function checkBases<Command, Event, State>(parts: RecoveryParts<Command, Event, State>): Promise<void> {
  const named = await parts.bases?.beyond(parts.epoch);
  if (named !== undefined) throw await beyond(parts, named, 'A base');
}

async function recoverFromCheckpoint<Command, Event, State>(
  parts: RecoveryParts<Command, Event, State>,
  start: Start,
): Promise<Recovered<Command, Event, State>> {
  const { tip: from, index, pages, unfinished } = start;
  const tails = new Tails(parts.domain, index, parts.tailBytes);
  const tip = await readChain(parts.journal, parts.clock, from, parts.epoch, (frame) => {
    tails.add(frame);
  });
  const replayedFrames = tip.sequence - from.sequence;
  if (tails.dropped.length > 0) {
    parts.log(
      `${String(replayedFrames)} frames since the checkpoint are more than may wait in memory, since Redis has no newer one: their actors are loaded before it serves`,
    );
    // Not awaited here: nothing of what is held may stay while the pieces are read.
    return recoverInPieces(parts, start, [...tails.dropped, parts.epoch]);
  }
  return {
    ...{ tip, index, pages, tails, unfinished, units: new Units<State>(parts.domain) },
    ...{ replayedFrames, fromCheckpoint: from.sequence, fromBase: 0 },
  };
}

async function startFromCheckpoint<Command, Event, State>(
  parts: RecoveryParts<Command, Event, State>,
): Promise<Start | undefined> {
  try {
    return await readCheckpoint(parts);
  } catch (error) {
    if (isPermanent(error) || error instanceof FencedError) throw error;
    parts.faults.caught('READ_FAILED', `no checkpoint can be read (${String(error)}): ${REBUILDING}`);
    return undefined;
  }
}

async function readCheckpoint<Command, Event, State>(
  parts: RecoveryParts<Command, Event, State>,
): Promise<Start | undefined> {
  await checkHighest(parts);
  const stored = await parts.store.readCheckpoint();
  if (stored === undefined) {
    // The second frame of a journal is its first owner's: nobody can have written one.
    if (parts.epoch > 2) parts.faults.caught('CHECKPOINT_LOST', `Redis has no checkpoint: ${REBUILDING}`);
    return undefined;
  }
  const checkpoint = v1.Checkpoint.decode(stored.bytes);
  if (checkpoint.format !== CHECKPOINT_FORMAT || checkpoint.generation !== parts.generation) return undefined;
  const sequence = toUnsigned(checkpoint.sequence, 'sequence');
  const tip = await tipAt(parts, 'the checkpoint', sequence, checkpoint.hash);
  const highest = toUnsigned(checkpoint.highestSequence, 'highest_sequence');
  if (highest >= parts.epoch) throw await beyond(parts, highest);
  parts.stopwatch.ended('checkpoint');
  const index = new UnitIndex();
  const pages = new Map<number, PagePlace>();
  const references = checkpoint.pages.map(({ page, slot, sequence: at }) => ({
    page: page ?? 0,
    slot: slot ?? 0,
    sequence: toUnsigned(at ?? 0, 'page sequence'),
  }));
  const contents = await parts.store.readPages(references);
  for (const [at, { page, slot, sequence: captured }] of references.entries()) {
    const content = contents[at];
    if (content?.sequence !== captured || content.generation !== parts.generation) {
      const what = content === undefined ? 'is missing in Redis' : 'is not the one that the checkpoint names';
      parts.faults.caught('PAGE_LOST', `index page ${String(page)} ${what}: ${REBUILDING}`);
      return undefined;
    }
    index.restorePage(page, content.bytes);
    pages.set(page, { slot, sequence: captured });
  }
  parts.stopwatch.ended('index');
  return { tip, index, pages, unfinished: checkpoint.unfinishedUnits };
}

/**
 * No snapshot may be of a frame that the journal does not have: it would count again as soon as other frames have
 * taken those positions, although the checkpoint, being older, says nothing (D11).
 */
async function checkHighest<Command, Event, State>(
  parts: RecoveryParts<Command, Event, State>,
): Promise<void> {
  const highest = await parts.store.readHighest();
  if (highest === undefined || highest.generation < parts.generation) return;
  if (highest.generation > parts.generation) {
    throw new FramesGoneError(
      `Redis knows snapshot generation ${String(highest.generation)}, the journal only ${String(parts.generation)}: the frame that began it is gone. ${WAY_OUT}`,
    );
  }
  // Without a hash the journal could grow up to it by takeovers that were refused for it.
  if (highest.bytes.length > 0)
    await tipAt(parts, 'the mark of the highest snapshot', highest.sequence, highest.bytes);
  else if (highest.sequence >= parts.epoch) throw await beyond(parts, highest.sequence);
}

/** The frame that Redis names must be in the journal, with the same hash (D11). */
async function tipAt<Command, Event, State>(
  parts: RecoveryParts<Command, Event, State>,
  what: string,
  sequence: number,
  hash: Uint8Array,
): Promise<Tip> {
  if (sequence >= parts.epoch) throw await beyond(parts, sequence);
  const stored = await getCertain(parts.journal, parts.clock, sequence);
  if (!sameBytes(hashOf(stored.bytes), hash)) {
    throw new FramesGoneError(
      `${what} names frame ${String(sequence)}, which the journal has otherwise: acknowledged frames are gone. ${WAY_OUT}`,
    );
  }
  return { sequence, hash, time: readFrame(stored).time };
}

const REBUILDING = 'all actors are rebuilt from the journal';

const WAY_OUT =
  'Restore the stream from a backup, or order this partition to go on without them (worker --accept-loss).';

/**
 * What is wrong when Redis, or a base, names a frame at or after this owner's own epoch frame: it is gone, unless the journal goes on
 * after that frame. Then another owner has taken over while this one paused, and has written it.
 */
async function beyond<Command, Event, State>(
  { journal, clock, epoch }: RecoveryParts<Command, Event, State>,
  named: number,
  who = 'Redis',
): Promise<RuntimeError> {
  // More than once: a server that lags does not show it at once.
  for (let look = 0; look < STALE_READ_LOOKS; look += 1) {
    if (look > 0) await new Promise<void>((resolve) => clock.after(STALE_READ_PAUSE_MS, resolve));
    if ((await journal.lastSequence()) > epoch) {
      return new FencedError(`another owner has written frame ${String(epoch + 1)} of this journal`);
    }
  }
  return new FramesGoneError(
    `${who} names frame ${String(named)}, but the journal ended at ${String(epoch - 1)}: acknowledged frames are gone. ${WAY_OUT}`,
  );
}
