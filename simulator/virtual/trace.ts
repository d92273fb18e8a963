import { createHash } from 'node:crypto';

const KEPT_BYTES = 64 * 1024;
const HEAD_BYTES = 16;

/**
 * What happened in a world, in its order: the frames that were stored, the messages of terminals, phones and operators
 * that arrived, and what was done to all of them. Kept as a digest, because it has megabytes a seed; as lines for
 * whoever reads it, which changes no digest.
 */
export class Trace {
  readonly #hash = createHash('sha256');
  readonly #buffer = Buffer.allocUnsafeSlow(KEPT_BYTES);
  readonly #print: ((line: string) => void) | undefined;
  #used = 0;

  constructor(print?: (line: string) => void) {
    this.#print = print;
  }

  /** Bytes that passed `place` at `time`: a partition's journal, or one of the world's `WAYS`. */
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
