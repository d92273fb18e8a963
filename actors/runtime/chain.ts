/** Follows a journal frame by frame and stops at the first that does not continue it (D5). */
import { hashOf, readFrame, sameBytes, type Frame } from './frame.js';
import { JournalDamagedError } from './errors.js';
import type { StoredFrame } from './ports.js';

/** The end of what is known of a journal. */
export interface Tip {
  readonly sequence: number;
  readonly hash: Uint8Array;
  /** Time of the last frame, milliseconds. */
  readonly time: number;
}

/** Before the genesis frame. */
export const EMPTY_TIP: Tip = { sequence: 0, hash: new Uint8Array(0), time: 0 };

/** Verifies the chain from `tip` on. Each frame is decoded once, here. */
export class ChainReader {
  #tip: Tip;
  /** Epoch in force; undefined until a frame has named it (reading began in the middle). */
  #epoch: number | undefined;

  constructor(tip: Tip = EMPTY_TIP) {
    this.#tip = tip;
    this.#epoch = tip.sequence === 0 ? 0 : undefined;
  }

  get tip(): Tip {
    return this.#tip;
  }

  /** Throws JournalDamagedError when `stored` does not continue the chain. */
  next(stored: StoredFrame): Frame {
    const frame = readFrame(stored);
    const expected = this.#tip.sequence + 1;
    if (stored.sequence !== expected || frame.sequence !== expected) {
      throw new JournalDamagedError(
        `frame ${String(expected)}: found one that is stored as ${String(stored.sequence)} and says ${String(frame.sequence)}`,
      );
    }
    if (!sameBytes(frame.previousHash, this.#tip.hash)) {
      throw new JournalDamagedError(
        `frame ${String(expected)} does not carry the hash of the frame before it: one of the two is not what was written`,
      );
    }
    if (frame.time < this.#tip.time) {
      throw new JournalDamagedError(`frame ${String(expected)} is older than the frame before it`);
    }
    this.#checkEpoch(frame);
    this.#tip = { sequence: expected, hash: hashOf(stored.bytes), time: frame.time };
    return frame;
  }

  #checkEpoch(frame: Frame): void {
    const begins = frame.body.kind === 'epoch' || frame.body.kind === 'genesis';
    const own = frame.body.kind === 'epoch' ? frame.sequence : 0;
    if (begins ? frame.epoch !== own : this.#epoch !== undefined && frame.epoch !== this.#epoch) {
      throw new JournalDamagedError(
        `frame ${String(frame.sequence)} says epoch ${String(frame.epoch)}, not the one in force`,
      );
    }
    this.#epoch = frame.epoch;
  }
}
