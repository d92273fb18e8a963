/** The twin of the archive's files: what processes share is on the disk, and bytes there can be damaged. */
import { ArchiveDamagedError, ArchiveMissingError, ArchiveUnavailableError } from '../../runtime/errors.js';
import { hashOf } from '../../runtime/frame.js';
import type {
  Archive,
  ArchivedSegment,
  Journal,
  NewArchivedSegment,
  StoredFrame,
} from '../../runtime/ports.js';
import { segmentFrames } from '../segmentFrames.js';

interface StoredSegment {
  readonly foot: ArchivedSegment;
  readonly frames: readonly StoredFrame[];
  /** Its foot cannot be read any more. */
  lost: boolean;
  /** Frames whose bytes are not what was written. */
  readonly damaged: Set<number>;
}

/** The folder. */
export class MemoryArchiveDisk {
  /** By partition, then by segment. */
  readonly #segments = new Map<number, Map<number, StoredSegment>>();

  /** Its mount fails: nothing can be read. */
  isAway = false;

  /** Of which there is a file, ascending. */
  segments(partition: number): readonly number[] {
    return [...(this.#segments.get(partition)?.keys() ?? [])].sort((left, right) => left - right);
  }

  get(partition: number, segment: number): StoredSegment | undefined {
    return this.#segments.get(partition)?.get(segment);
  }

  put(stored: StoredSegment): void {
    const { partition, segment } = stored.foot;
    const segments = this.#segments.get(partition) ?? new Map<number, StoredSegment>();
    this.#segments.set(partition, segments.set(segment, stored));
  }

  /** The file that has this frame, whatever has been damaged; undefined: none. */
  holding(partition: number, sequence: number): StoredSegment | undefined {
    const all = this.segments(partition).map((segment) => this.get(partition, segment));
    return all.find((stored) => stored && stored.foot.first <= sequence && sequence <= stored.foot.last);
  }

  /** A bit of this frame's bytes, or of the foot, is not what was written. */
  damage(partition: number, segment: number, frame?: number): void {
    const stored = this.get(partition, segment);
    if (stored === undefined) return;
    if (frame === undefined) stored.lost = true;
    else stored.damaged.add(frame);
  }
}

export class MemoryArchive implements Archive {
  readonly #disk: MemoryArchiveDisk;
  readonly #reach: () => Promise<void>;

  /** `reach`: awaited before each access, as long as the disk needs; never settled for a process that is gone. */
  constructor(disk: MemoryArchiveDisk, reach = () => Promise.resolve()) {
    this.#disk = disk;
    this.#reach = async () => {
      await reach();
      if (disk.isAway) throw new ArchiveUnavailableError('the archive cannot be read');
    };
  }

  async list(partition: number): Promise<readonly ArchivedSegment[]> {
    await this.#reach();
    return this.#disk.segments(partition).map((segment) => this.#stored(partition, segment).foot);
  }

  async read(
    partition: number,
    from: number,
    to: number,
    onFrame: (frame: StoredFrame) => void,
  ): Promise<number> {
    for (let next = from; next <= to;) {
      await this.#reach();
      const stored = this.#holding(partition, next, to);
      const end = Math.min(to, stored.foot.last);
      for (; next <= end; next += 1) onFrame(frameOf(stored, next));
    }
    return to + 1;
  }

  async write(segment: NewArchivedSegment, read: Journal['read']): Promise<void> {
    const frames: StoredFrame[] = [];
    for await (const piece of segmentFrames(segment, read)) {
      for (const frame of piece) frames.push({ ...frame, bytes: frame.bytes.slice() });
    }
    await this.#reach();
    const lastHash = hashOf(frames.at(-1)?.bytes ?? new Uint8Array(0));
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
    const foot = { ...segment, lastHash, bytes };
    this.#disk.put({ foot, frames, lost: false, damaged: new Set() });
  }

  async readWhole(
    partition: number,
    segment: number,
    onFrame: (frame: StoredFrame) => void,
  ): Promise<ArchivedSegment> {
    await this.#reach();
    if (this.#disk.get(partition, segment) === undefined) {
      throw new ArchiveMissingError(
        `segment ${String(segment)} of partition ${String(partition)} is not in the archive`,
      );
    }
    const stored = this.#stored(partition, segment);
    const { foot } = stored;
    for (let sequence = foot.first; sequence <= foot.last; sequence += 1) onFrame(frameOf(stored, sequence));
    return foot;
  }

  #stored(partition: number, segment: number): StoredSegment {
    const stored = this.#disk.get(partition, segment);
    if (stored === undefined || stored.lost) {
      throw new ArchiveDamagedError(`the foot of segment ${String(segment)} cannot be read`);
    }
    return stored;
  }

  /** A file that cannot be read matters only where no other has the frame. */
  #holding(partition: number, position: number, to: number): StoredSegment {
    const found = this.#disk.holding(partition, position);
    if (found?.lost === false) return found;
    const damaged = this.#disk
      .segments(partition)
      .find((segment) => this.#disk.get(partition, segment)?.lost === true);
    if (damaged !== undefined) return this.#stored(partition, damaged);
    throw new ArchiveMissingError(
      `frames ${String(position)} … ${String(to)} of partition ${String(partition)} are in no stream, and not in the archive`,
    );
  }
}

function frameOf({ foot, frames, damaged }: StoredSegment, sequence: number): StoredFrame {
  const frame = frames[sequence - foot.first];
  if (frame === undefined || damaged.has(sequence)) {
    throw new ArchiveDamagedError(`the checksum of frame ${String(sequence)} is wrong`);
  }
  return frame;
}
