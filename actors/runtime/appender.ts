/** Brings one frame into the journal and finds out for certain what became of it (D2, D3). */
import {
  APPEND_RETRY_PAUSE_MS,
  JOURNAL_SILENCE_MS,
  STALE_READ_LOOKS,
  STALE_READ_PAUSE_MS,
} from '../bounds.js';
import { JournalDamagedError, FramesGoneError, UnacknowledgedGoneError } from './errors.js';
import { hashOf, sameBytes } from './frame.js';
import type { Clock, Journal } from './ports.js';

/**
 * `found`: it is in the stream, but was not acknowledged: a server that ended, or whose disk failed, may show what is
 * not on its disk. The acknowledgement of any later frame stands for it. `abandoned`: the owner was told to stop; the
 * frame may or may not be stored.
 */
export type Appended = 'stored' | 'found' | 'fenced' | 'abandoned';

/** A frame has been without an acknowledgement for JOURNAL_SILENCE_MS: what an operator is told. Empty: it is over. */
export type OnSilence = (silence: string) => void;

const WAY_OUT =
  'If a nats-server has no room on its disk, or its disk has failed, make room and restart that server: a stream that ' +
  'could not be written stays frozen until then. In a cluster wait until a leader is elected. Nothing acknowledged is ' +
  'lost. See docs/OPERATIONS.md, "A journal that does not acknowledge"';

/** What is at a position, compared with what is looked for. */
type Compared = 'same' | 'another' | 'nothing' | 'unknown';

/** All that it needs of a journal. */
export type AppendedJournal = Pick<Journal, 'append' | 'get'>;

export class Appender {
  readonly #journal: AppendedJournal;
  readonly #clock: Clock;
  readonly #onSilence: OnSilence;
  #acknowledged: number;
  #stopped = false;
  /** Since when nothing that was sent came to anything. */
  #unansweredSince: number | undefined;
  /** What the operator was told last: empty: nothing, or that it is over. */
  #said = '';

  /** `acknowledged`: a frame of whose acknowledgement this process was told before; 0: none. */
  constructor(
    journal: AppendedJournal,
    clock: Clock,
    onSilence: OnSilence = () => undefined,
    acknowledged = 0,
  ) {
    this.#journal = journal;
    this.#clock = clock;
    this.#onSilence = onSilence;
    this.#acknowledged = acknowledged;
  }

  /** The last frame of which this process knows that it is on a disk. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  stop(): void {
    this.#stopped = true;
  }

  /**
   * Resends the same bytes until position `expectedLast + 1` is taken, then compares. Finding nothing there resolves
   * nothing: a copy may still be on its way. `before`: SHA-256 of the frame before; empty in a journal that has none.
   *
   * Throws FramesGoneError where the journal ends before what was acknowledged, UnacknowledgedGoneError where it ends
   * before what was only read.
   */
  async append(bytes: Uint8Array, expectedLast: number, before: Uint8Array): Promise<Appended> {
    while (!this.#stopped) {
      // The server compares lengths. A frame that may be on no disk may have been lost, and another one be in its place.
      if (expectedLast > this.#acknowledged) {
        const beforeIs = await this.#lookBefore(before, expectedLast);
        if (beforeIs === 'another') return 'fenced';
        // Sent now, it might arrive behind another one that has taken that position meanwhile.
        if (beforeIs === 'nothing') throw this.#gone(expectedLast - 1, expectedLast);
        if (beforeIs === 'unknown') {
          this.#unanswered(expectedLast + 1, `frame ${String(expectedLast)} cannot be read`, WAY_OUT);
          await this.#pause(APPEND_RETRY_PAUSE_MS);
          continue;
        }
        if (!this.#mayGoOn()) break;
      }
      const result = await this.#journal.append(bytes, expectedLast);
      if (result.kind === 'unknown') {
        this.#unanswered(expectedLast + 1, result.reason, result.lost === true ? '' : WAY_OUT);
      } else this.#answered();
      if (result.kind === 'stored' && !result.duplicate && result.sequence === expectedLast + 1) {
        this.#acknowledged = result.sequence;
        return 'stored';
      }
      if (result.kind === 'refused' && result.last < expectedLast)
        throw this.#gone(result.last, expectedLast);
      if (result.kind === 'stored' && result.sequence > expectedLast + 1) {
        throw new JournalDamagedError(
          `frame for position ${String(expectedLast + 1)} was stored at ${String(result.sequence)}: the stream does not keep its expectation`,
        );
      }
      if (result.kind !== 'unknown') {
        const there = await this.#compare(hashOf(bytes), expectedLast + 1);
        if (there === 'same') return 'found';
        if (there === 'another') return 'fenced';
      }
      if (!this.#mayGoOn()) break;
      await this.#pause(APPEND_RETRY_PAUSE_MS);
    }
    return 'abandoned';
  }

  #unanswered(position: number, reason: string, wayOut: string): void {
    const now = this.#clock.elapsed();
    this.#unansweredSince ??= now;
    if (now - this.#unansweredSince < JOURNAL_SILENCE_MS) return;
    // Once; and again where it is now known that waiting does not help.
    if (this.#said !== '' && (wayOut !== '' || this.#said.endsWith(reason))) return;
    const seconds = String(JOURNAL_SILENCE_MS / 1_000);
    const what = `the journal has not acknowledged frame ${String(position)} for ${seconds} s`;
    this.#said = wayOut === '' ? `${what}: ${reason}` : `${what} (${reason}). ${wayOut}`;
    this.#onSilence(this.#said);
  }

  #answered(): void {
    this.#unansweredSince = undefined;
    if (this.#said !== '') this.#onSilence('');
    this.#said = '';
  }

  #mayGoOn(): boolean {
    return !this.#stopped;
  }

  #gone(last: number, expected: number): Error {
    const ends = `the journal ends at ${String(last)}`;
    if (last >= this.#acknowledged) {
      return new UnacknowledgedGoneError(
        `${ends}: frame ${String(expected)}, which was found there and never acknowledged, is gone. Nobody was told of it: the partition is taken again`,
      );
    }
    return new FramesGoneError(
      `${ends}, but frame ${String(this.#acknowledged)} was acknowledged: restore the stream from a backup, or order this partition to go on without them (worker --accept-loss)`,
    );
  }

  /** More than once where there is nothing: a server that lags does not show it at once. */
  async #lookBefore(hash: Uint8Array, sequence: number): Promise<Compared> {
    for (let look = 1; ; look += 1) {
      const found = await this.#compare(hash, sequence);
      if (found !== 'nothing' || look === STALE_READ_LOOKS) return found;
      await this.#pause(STALE_READ_PAUSE_MS);
    }
  }

  async #compare(hash: Uint8Array, sequence: number): Promise<Compared> {
    try {
      const found = await this.#journal.get(sequence);
      if (found === undefined) return 'nothing';
      return sameBytes(hashOf(found.bytes), hash) ? 'same' : 'another';
    } catch {
      return 'unknown'; // The server cannot be asked now: it is asked again.
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }
}
