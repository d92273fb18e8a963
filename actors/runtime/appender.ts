/** Brings one frame into the journal and finds out for certain what became of it (D2, D3). */
import { APPEND_RETRY_PAUSE_MS, JOURNAL_SILENCE_MS } from '../bounds.js';
import { JournalDamagedError, FramesGoneError } from './errors.js';
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

/** All that it needs of a journal. */
export type AppendedJournal = Pick<Journal, 'append' | 'get'>;

export class Appender {
  readonly #journal: AppendedJournal;
  readonly #clock: Clock;
  readonly #onSilence: OnSilence;
  #stopped = false;
  /** Since when nothing that was sent came to anything. */
  #unansweredSince: number | undefined;
  #silent = false;

  constructor(journal: AppendedJournal, clock: Clock, onSilence: OnSilence = () => undefined) {
    this.#journal = journal;
    this.#clock = clock;
    this.#onSilence = onSilence;
  }

  stop(): void {
    this.#stopped = true;
  }

  /**
   * Resends the same bytes until position `expectedLast + 1` is taken, then compares. Finding nothing there resolves
   * nothing: a copy may still be on its way.
   */
  async append(bytes: Uint8Array, expectedLast: number): Promise<Appended> {
    while (!this.#stopped) {
      const result = await this.#journal.append(bytes, expectedLast);
      if (result.kind === 'unknown') this.#unanswered(expectedLast + 1, result.reason);
      else this.#answered();
      if (result.kind === 'stored' && !result.duplicate && result.sequence === expectedLast + 1) {
        return 'stored';
      }
      if (result.kind === 'refused' && result.last < expectedLast) {
        throw new FramesGoneError(
          `the journal ends at ${String(result.last)}, but frame ${String(expectedLast)} was acknowledged: restore the stream from a backup, or order this partition to go on without them (worker --accept-loss)`,
        );
      }
      if (result.kind === 'stored' && result.sequence > expectedLast + 1) {
        throw new JournalDamagedError(
          `frame for position ${String(expectedLast + 1)} was stored at ${String(result.sequence)}: the stream does not keep its expectation`,
        );
      }
      if (result.kind !== 'unknown') {
        const owner = await this.#whose(bytes, expectedLast + 1);
        if (owner !== undefined) return owner;
      }
      if (!this.#mayGoOn()) break;
      await this.#pause();
    }
    return 'abandoned';
  }

  #unanswered(position: number, reason: string): void {
    const now = this.#clock.now();
    this.#unansweredSince ??= now;
    if (this.#silent || now - this.#unansweredSince < JOURNAL_SILENCE_MS) return;
    this.#silent = true;
    const seconds = String(JOURNAL_SILENCE_MS / 1_000);
    this.#onSilence(
      `the journal has not acknowledged frame ${String(position)} for ${seconds} s (${reason}). ${WAY_OUT}`,
    );
  }

  #answered(): void {
    this.#unansweredSince = undefined;
    if (this.#silent) this.#onSilence('');
    this.#silent = false;
  }

  #mayGoOn(): boolean {
    return !this.#stopped;
  }

  async #whose(bytes: Uint8Array, sequence: number): Promise<Appended | undefined> {
    try {
      const found = await this.#journal.get(sequence);
      if (found === undefined) return undefined;
      return sameBytes(hashOf(found.bytes), hashOf(bytes)) ? 'found' : 'fenced';
    } catch {
      return undefined; // The server cannot be asked now: still unknown, and asked again.
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(APPEND_RETRY_PAUSE_MS, resolve);
    });
  }
}
