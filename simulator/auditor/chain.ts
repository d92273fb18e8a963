/** Follows one partition's journal frame by frame: format, sequence, hash, epoch, time (D2, D5, D13). */
import { hash } from 'node:crypto';
import { v1 } from '../../proto/generated/emoney.js';
import { toNumber, toUnsigned } from '../../proto/guard.js';
import { WholeReader } from '../../proto/wholeNumbers.js';
import type { Findings } from './findings.js';

/** The frame format that this auditor reads. */
const FORMAT = 1;

/** What a frame brought: its time, and its body when that is of interest further up. */
export interface ReadFrame {
  readonly time: number;
  readonly genesis: v1.Genesis | undefined;
  readonly turns: readonly v1.Turn.$Properties[];
}

export class Chain {
  readonly #findings: Findings;
  last = 0;
  generation = 0;
  #hash: Buffer | undefined;
  #time = 0;
  #epoch = 0;
  /** The owner has said that it writes nothing more: only an epoch frame may follow. */
  #ended = false;
  /** Of the first frame: what every segment must say again. */
  #genesisFrame: { readonly hash: Buffer; readonly bytes: Buffer } | undefined;
  #epochBytes: Buffer = Buffer.alloc(0);
  #segment = 0;
  /** The segment that must begin now. */
  #next: number | undefined;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Undefined: the frame cannot be used; why is reported. */
  next(sequence: number, bytes: Uint8Array): ReadFrame | undefined {
    if (!this.#inOrder(sequence)) return undefined;
    const before = this.#hash;
    this.#hash = Buffer.from(hash('sha256', bytes, 'binary'), 'binary');
    this.last = sequence;
    const frame = v1.Frame.decode(new WholeReader(bytes));
    this.#findings.same('FORMAT', 'frame format', FORMAT, frame.format);
    this.#findings.same('CHAIN', 'sequence in the frame', sequence, toUnsigned(frame.sequence, 'sequence'));
    if (sequence === 1 || before !== undefined) this.#checkHash(frame.previousHash, before);
    const time = toNumber(frame.timeMs, 'time_ms');
    this.#findings.holds('CHAIN', time >= this.#time, () => `time goes back from ${this.#time} to ${time}`);
    this.#time = Math.max(time, this.#time);
    this.#checkEpoch(frame, sequence);
    this.#checkSegment(frame);
    return {
      time,
      genesis: (frame.genesis ?? undefined) as v1.Genesis | undefined,
      turns: frame.turns?.turns ?? [],
    };
  }

  #inOrder(sequence: number): boolean {
    const expected = this.last + 1;
    if (this.#findings.same('CHAIN', 'next sequence', expected, sequence)) return true;
    // After a hole there is nothing to compare the next hash with.
    if (sequence > expected) this.#hash = undefined;
    return sequence > expected;
  }

  #checkHash(found: Uint8Array, hash: Buffer | undefined): void {
    const expected = hash ?? Buffer.alloc(0);
    const same = expected.equals(found);
    const hex = (): string =>
      `expected ${expected.toString('hex')}, found ${Buffer.from(found).toString('hex')}`;
    this.#findings.holds('CHAIN', same, () => `hash of the frame before: ${hex()}`);
  }

  #checkEpoch(frame: v1.Frame, sequence: number): void {
    const findings = this.#findings;
    const isGenesis = frame.genesis != null;
    findings.same('CHAIN', 'a genesis frame', sequence === 1, isGenesis);
    const epoch = toUnsigned(frame.epoch, 'epoch');
    if (frame.epochBegin != null) this.#begin(frame.epochBegin as v1.Epoch, sequence);
    else if (!isGenesis) {
      findings.holds('CHAIN', this.#epoch > 0, () => 'a frame before the first epoch');
      findings.holds('CHAIN', !this.#ended, () => 'a frame of an owner that had released the partition');
    }
    findings.same('CHAIN', 'epoch', this.#epoch, epoch);
    if (frame.released != null) this.#ended = true;
    const { continued, sealed } = frame;
    const bodies = [frame.genesis, frame.epochBegin, frame.turns, frame.released, sealed, continued];
    findings.same('FORMAT', 'bodies of the frame', 1, bodies.filter((body) => body != null).length);
  }

  /** A segment ends with SEALED, once or again; the next begins with what lies before it, said again. */
  #checkSegment({ genesis, sealed, continued }: v1.Frame): void {
    const findings = this.#findings;
    const next = this.#next;
    this.#next = undefined;
    const isSealedAgain = next !== undefined && sealed != null;
    if (!isSealedAgain)
      findings.same('CHAIN', 'a frame that continues a segment', next !== undefined, continued != null);
    if (genesis != null && this.#hash !== undefined)
      this.#genesisFrame = { hash: this.#hash, bytes: encodedGenesis(genesis) };
    if (sealed != null) {
      this.#next = this.#segment + 1;
      findings.same('CHAIN', 'segment after this one', this.#next, sealed.nextSegment ?? 0);
    }
    if (continued == null) return;
    this.#segment = next ?? this.#segment;
    findings.same('CHAIN', 'segment', this.#segment, continued.segment ?? 0);
    const said = this.#genesisFrame;
    const same =
      said?.bytes.equals(encodedGenesis(continued.genesis ?? {})) === true &&
      said.hash.equals(continued.genesisHash ?? Buffer.alloc(0));
    findings.holds('CHAIN', same, () => 'a segment begins with another genesis than the journal');
    const epoch = this.#epochBytes.equals(encodedEpoch(continued.epoch ?? {}));
    findings.holds('CHAIN', epoch, () => 'a segment begins with another epoch than the one in force');
  }

  #begin(epoch: v1.Epoch, sequence: number): void {
    this.#epochBytes = encodedEpoch(epoch);
    this.#epoch = sequence;
    this.#ended = false;
    const { generation } = epoch;
    const rises = generation >= this.generation;
    this.#findings.holds(
      'CHAIN',
      rises,
      () => `generation goes back from ${this.generation} to ${generation}`,
    );
    this.generation = Math.max(generation, this.generation);
  }
}

function encodedGenesis(genesis: v1.Genesis.$Properties): Buffer {
  return Buffer.from(v1.Genesis.encode(genesis).finish());
}

function encodedEpoch(epoch: v1.Epoch.$Properties): Buffer {
  return Buffer.from(v1.Epoch.encode(epoch).finish());
}
