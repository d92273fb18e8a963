/** The owner's part in a journal's segments: when one is full, and what is stored between it and the next. */
import { FRAME_OVERHEAD_BYTES, SEGMENT_AGE_MS, SEGMENT_RETRY_PAUSE_MS } from '../bounds.js';
import { FencedError, isPermanent, SealUnacknowledgedError } from './errors.js';
import { decodeFrame, type FrameBody } from './frame.js';
import type { Segment } from './ports.js';
import { continueAfter, FRAMES_BETWEEN_SEGMENTS, type Continuing, type FrameAsStored } from './segments.js';

export interface SegmentEndParts extends Continuing {
  /** To which frames are appended now. */
  readonly segment: Segment;
  /** Bytes after which the journal goes on in another one. */
  readonly segmentBytes: number;
  /** The next frame. */
  readonly encode: (body: FrameBody) => Uint8Array;
  readonly onStored: (stored: FrameAsStored) => void;
  readonly isStopped: () => boolean;
  readonly log: (line: string) => void;
}

export class SegmentEnd {
  readonly #parts: SegmentEndParts;
  #segment: number;
  #bytes: number;
  #since: number;
  #isUnderWay = false;

  constructor(parts: SegmentEndParts) {
    const { segment, bytes, since } = parts.segment;
    this.#parts = parts;
    this.#segment = segment;
    this.#bytes = bytes;
    this.#since = since;
  }

  /** No turns may be stored now. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Counts a frame of turns. True: it is to be the last one of its segment. */
  isFullWith(frameBytes: number): boolean {
    const { clock, segmentBytes } = this.#parts;
    this.#bytes += frameBytes + FRAME_OVERHEAD_BYTES;
    return this.#bytes >= segmentBytes || clock.now() - this.#since >= SEGMENT_AGE_MS;
  }

  /**
   * After the last frame of turns. `found`: that one was found, not acknowledged, and only an acknowledgement of its own
   * stream stands for it; then the segment goes on, with empty frames, so that turns that wait keep their positions.
   *
   * Resolves when turns may be stored, or when the owner was stopped. Throws FencedError where another one has written,
   * SealUnacknowledgedError, and what waits for an operator.
   */
  async end(found: boolean): Promise<void> {
    this.#isUnderWay = true;
    if (found) await this.#stay();
    else await this.#change();
    this.#isUnderWay = false;
  }

  async #stay(): Promise<void> {
    for (let stored = 0; stored < FRAMES_BETWEEN_SEGMENTS; stored += 1) {
      if ((await this.#store({ kind: 'turns', turns: [] })) === undefined) return;
    }
  }

  /** Again and again while the server cannot be asked. */
  async #change(): Promise<void> {
    const { appender, isStopped, onStored, log, clock } = this.#parts;
    const sealed = await this.#store({ kind: 'sealed', nextSegment: this.#segment + 1 });
    if (sealed !== undefined && sealed.frame.sequence > appender.acknowledged) {
      // Turns that wait have been told their positions: there is no room for another SEALED in front of them.
      throw new SealUnacknowledgedError(
        `frame ${String(sealed.frame.sequence)}, SEALED, is stored, and was never acknowledged: whoever takes the partition stores another`,
      );
    }
    while (sealed !== undefined && !isStopped()) {
      try {
        const begun = await continueAfter(sealed, this.#parts);
        if (begun === undefined) return;
        onStored(begun);
        this.#segment += 1;
        this.#bytes = 0;
        this.#since = clock.now();
        return;
      } catch (error) {
        if (isPermanent(error) || error instanceof FencedError) throw error;
        log(`the next segment cannot be begun (${String(error)}): tried again`);
        await new Promise<void>((resolve) => {
          clock.after(SEGMENT_RETRY_PAUSE_MS, resolve);
        });
      }
    }
  }

  /** Undefined: the owner was stopped. */
  async #store(body: FrameBody): Promise<FrameAsStored | undefined> {
    const { encode, appender, onStored } = this.#parts;
    const bytes = encode(body);
    const frame = decodeFrame(bytes);
    const appended = await appender.append(bytes, frame.sequence - 1, frame.previousHash);
    if (appended === 'fenced') throw new FencedError('another owner has written to the journal');
    if (appended === 'abandoned') return undefined;
    onStored({ frame, bytes });
    return { frame, bytes };
  }
}
