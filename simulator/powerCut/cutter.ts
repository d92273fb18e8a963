/** Makes the cuts of a plan while the load of a simulation goes on, and writes down what was acknowledged before each. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Reply } from '../../client/index.js';
import { AcknowledgedLog } from '../acknowledgedLog.js';
import type { AcknowledgedReply } from '../auditor/acknowledged.js';
import type { Disturbance } from '../disturbance.js';
import type { Line } from '../line.js';
import type { CutKind, PlannedCut } from './plan.js';

/** What can be done to the disk under a running system. */
export interface CutTarget {
  /** Puts the disk aside as it is now, as number `cut`. */
  copy(cut: number): Promise<void>;
  /** The same after the power has failed; resolves when the system serves again, on the disk that was cut. */
  shutDown(cut: number): Promise<void>;
}

export interface MadeCut {
  /** 1, 2, …; 0: before the load. */
  readonly cut: number;
  readonly kind: CutKind;
  /** Since the load began. */
  readonly atMs: number;
  /** How many replies had come before it. */
  readonly replies: number;
  /** Of a shutdown: until the system served again. */
  readonly awayMs: number | undefined;
}

export interface CutterOptions {
  readonly plan: readonly PlannedCut[];
  readonly target: CutTarget;
  readonly onCut: (cut: number, kind: CutKind) => void;
}

export class Cutter implements Disturbance {
  readonly made: MadeCut[] = [];
  readonly #options: CutterOptions;
  /** In the memory of a process that no cut concerns. */
  readonly #log = new AcknowledgedLog();

  constructor(options: CutterOptions) {
    this.#options = options;
  }

  answered(terminal: string, card: string, reply: Reply, reversal: boolean): void {
    this.#log.add(terminal, card, reply, reversal);
  }

  lost(): void {
    // Who is away comes back by itself, and is judged with everybody.
  }

  ready(): void {
    // As above.
  }

  rejected(): void {
    // It is repeated.
  }

  async run(_lines: readonly Line[], _endAt: number, signal: AbortSignal | undefined): Promise<void> {
    const began = performance.now();
    for (const [index, { kind, atMs }] of this.#options.plan.entries()) {
      await delay(Math.max(0, began + atMs - performance.now()), undefined, signal && { signal }).catch(
        () => undefined,
      );
      if (signal?.aborted === true) return;
      await this.#make(index + 1, kind, began);
    }
  }

  /** What had been told before a cut. */
  *toldBefore({ replies }: MadeCut): Generator<AcknowledgedReply> {
    let left = replies;
    for (const reply of this.#log) {
      if (left === 0) return;
      left -= 1;
      yield reply;
    }
  }

  async #make(cut: number, kind: PlannedCut['kind'], began: number): Promise<void> {
    const { target, onCut } = this.#options;
    onCut(cut, kind);
    const replies = this.#log.length;
    const at = performance.now();
    await (kind === 'copy' ? target.copy(cut) : target.shutDown(cut));
    const awayMs = kind === 'copy' ? undefined : Math.round(performance.now() - at);
    this.made.push({ cut, kind, atMs: Math.round(at - began), replies, awayMs });
  }
}
