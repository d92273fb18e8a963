import { ARCHIVE_CHUNK_FRAMES } from '../bounds.js';
import { JournalHoleError } from '../runtime/errors.js';
import type { Journal, NewArchivedSegment, StoredFrame } from '../runtime/ports.js';

/** The frames of a segment that is to be archived, a piece of the journal at a time. Throws JournalHoleError. */
export async function* segmentFrames(
  { first, last }: NewArchivedSegment,
  read: Journal['read'],
): AsyncGenerator<readonly StoredFrame[]> {
  for (let next = first; next <= last;) {
    const frames: StoredFrame[] = [];
    const to = Math.min(last, next + ARCHIVE_CHUNK_FRAMES - 1);
    const reached = await read(next, to, (frame) => frames.push(frame));
    if (reached === next) throw new JournalHoleError(`frame ${String(next)} cannot be read`);
    yield frames;
    next = reached;
  }
}
