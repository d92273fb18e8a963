import { createHash } from 'node:crypto';

const KEPT_BYTES = 64 * 1024;
const HEAD_BYTES = 16;

/**
 * Everything that happened in a world, in its order: the bytes that servers stored, that terminals sent and got, and
 * what was done to them. Kept as a digest, because it has megabytes a seed; as lines for whoever reads it.
 */
export class Trace {
  readonly #hash = createHash('sha256');
  readonly #buffer = Buffer.allocUnsafeSlow(KEPT_BYTES);
  readonly #print: ((line: string) => void) | undefined;
  #used = 0;

  constructor(print?: (line: string) => void) {
    this.#print = print;
  }

  /** Bytes that passed `place` at `time`. */
  bytes(time: number, place: number, bytes: Uint8Array): void {
    const size = HEAD_BYTES + bytes.length;
    if (this.#used + size > KEPT_BYTES) this.#flush();
    if (size > KEPT_BYTES) {
      this.#hash.update(`${time} ${place} ${bytes.length}`).update(bytes);
      return;
    }
    this.#buffer.writeDoubleLE(time, this.#used);
    this.#buffer.writeUInt32LE(place, this.#used + 8);
    this.#buffer.writeUInt32LE(bytes.length, this.#used + 12);
    this.#buffer.set(bytes, this.#used + HEAD_BYTES);
    this.#used += size;
  }

  line(time: number, text: string): void {
    this.#flush();
    this.#hash.update(`${time} ${text}\n`);
    this.#print?.(`${String(time).padStart(8)}  ${text}`);
  }

  /** Whether somebody reads the lines. */
  get isRead(): boolean {
    return this.#print !== undefined;
  }

  /** SHA-256 in hexadecimal. Ends the trace. */
  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#hash.update(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }
}
