/** One way of one connection through a proxy: what comes in is written later, slower, or not at all. */
import type { Socket } from 'node:net';
import type { Passage } from './passage.js';

/** Bytes that wait here before the sender is not read any more: then its own buffers fill, as with TCP. */
const MAX_HELD_BYTES = 256 * 1024;

interface Held {
  /** `end`: the sender has ended its side; `broken`: its connection is gone. */
  readonly what: Buffer | 'end' | 'broken';
  readonly dueAt: number;
}

export interface FlowEnds {
  readonly from: Socket;
  readonly to: Socket;
  /** Breaks the whole connection off. */
  readonly breakOff: () => void;
}

export class Flow {
  readonly #ends: FlowEnds;
  #passage: Passage | undefined;
  #held: Held[] = [];
  #heldBytes = 0;
  /** Bytes that may still pass before the cut. */
  #left = Infinity;
  #clearAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #blocked = false;
  #ended = false;

  constructor(ends: FlowEnds, passage: Passage | undefined) {
    this.#ends = ends;
    this.disturb(passage);
    ends.from.on('data', (bytes: Buffer) => {
      this.#take(bytes);
    });
    ends.from.on('end', () => {
      this.#ended = true;
      this.#take('end');
    });
    ends.from.on('close', (broken) => {
      if (broken || !this.#ended) this.#take('broken');
    });
    ends.to.on('drain', () => {
      this.#blocked = false;
      this.#pass();
    });
  }

  get isFrozen(): boolean {
    return this.#passage?.frozen === true;
  }

  /** Undefined: as usual again; what was held back passes now. */
  disturb(passage: Passage | undefined): void {
    this.#passage = passage;
    this.#left = passage?.cutAfterBytes ?? Infinity;
    this.#clearAt = 0;
    if (passage === undefined) this.#held = this.#held.map(({ what }) => ({ what, dueAt: 0 }));
    this.#pass();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#held = [];
  }

  #take(what: Held['what']): void {
    const { delayMs = 0, bytesPerSecond = Infinity } = this.#passage ?? {};
    const size = sizeOf(what);
    const now = performance.now();
    this.#clearAt = Math.max(this.#clearAt, now) + (1_000 * size) / bytesPerSecond;
    this.#held.push({ what, dueAt: this.#clearAt + delayMs });
    this.#heldBytes += size;
    if (this.#heldBytes >= MAX_HELD_BYTES) this.#ends.from.pause();
    this.#pass();
  }

  /** What is due, in the order in which it came. */
  #pass(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    let passed = 0;
    for (const { what, dueAt } of this.#held) {
      if (this.isFrozen || this.#blocked) break;
      if (dueAt > now) {
        this.#timer = setTimeout(() => {
          this.#pass();
        }, dueAt - now);
        break;
      }
      passed += 1;
      this.#heldBytes -= sizeOf(what);
      if (what === 'broken') {
        this.#ends.breakOff();
        return;
      }
      if (what === 'end') this.#ends.to.end();
      else this.#write(what);
    }
    this.#held.splice(0, passed);
    if (passed > 0 && this.#heldBytes < MAX_HELD_BYTES) this.#ends.from.resume();
  }

  #write(bytes: Buffer): void {
    const { to, breakOff } = this.#ends;
    if (bytes.length < this.#left) {
      this.#left -= bytes.length;
      this.#blocked = !to.write(bytes);
      return;
    }
    to.write(bytes.subarray(0, this.#left), breakOff);
    this.#left = 0;
  }
}

function sizeOf(what: Held['what']): number {
  return typeof what === 'string' ? 0 : what.length;
}
