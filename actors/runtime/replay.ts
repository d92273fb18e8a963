/** Reads a journal and evolves units from it: the one way in which state comes from frames. */
import { ChainReader, type Tip } from './chain.js';
import type { Domain } from './domain.js';
import type { Frame } from './frame.js';
import {
  FormatUnknownError,
  isPermanent,
  JournalDamagedError,
  JournalHoleError,
  MalformedError,
} from './errors.js';
import { READ_TIMEOUT_MS, STALE_READ_PAUSE_MS } from '../bounds.js';
import type { Clock, Journal, StoredFrame } from './ports.js';

/** Reads in vain before frames count as gone. Counted, not timed: the machine's clock may be set meanwhile. */
const PATIENCE = READ_TIMEOUT_MS / STALE_READ_PAUSE_MS;

export interface Replayed<State> {
  readonly state: State | undefined;
  /** Sequence of the unit's last event. */
  readonly position: number;
}

/**
 * Reads frames `after.sequence + 1 … to`, verifying the chain. A server that does not have the end yet (a stale
 * read) is asked again. Throws JournalDamagedError or JournalHoleError.
 */
export async function readChain(
  journal: Journal,
  clock: Clock,
  after: Tip | undefined,
  to: number,
  onFrame: (frame: Frame) => void,
): Promise<Tip> {
  const chain = new ChainReader(after);
  let vain = 0;
  while (chain.tip.sequence < to) {
    const before = chain.tip.sequence;
    const next = await journal.read(chain.tip.sequence + 1, to, (stored) => {
      const frame = chain.next(stored);
      replayed(frame.sequence, () => {
        onFrame(frame);
      });
    });
    if (next > to) break;
    // Whoever lags may lag with the end, too: only patience tells a stale read from frames that are gone.
    vain = chain.tip.sequence > before ? 0 : vain + 1;
    if (vain > PATIENCE) {
      throw new JournalHoleError(
        `the journal ends at ${String(next - 1)}, frame ${String(to)} was there before`,
      );
    }
    await new Promise<void>((resolve) => {
      clock.after(STALE_READ_PAUSE_MS, resolve);
    });
  }
  return chain.tip;
}

/**
 * What is stored is the same at every attempt: whatever cannot be read or applied waits for an operator. Throws
 * JournalDamagedError.
 */
export function replayed<T>(sequence: number, replay: () => T): T {
  try {
    return replay();
  } catch (error) {
    if (isPermanent(error)) throw error;
    // The chain proves the frame before it and nothing yet of the frame itself: it may be damaged as well.
    if (error instanceof MalformedError) {
      const text = `frame ${String(sequence)} holds what this version cannot read (${error.message})`;
      throw new FormatUnknownError(text, { cause: error });
    }
    throw new JournalDamagedError(`frame ${String(sequence)} cannot be replayed: ${String(error)}`, {
      cause: error,
    });
  }
}

/**
 * A frame that is known to be stored. Finding nothing proves nothing (D3): a server that lags is asked again.
 * Throws JournalHoleError when it stays away.
 */
export async function getCertain(journal: Journal, clock: Clock, sequence: number): Promise<StoredFrame> {
  for (let vain = 1; ; vain += 1) {
    const stored = await journal.get(sequence);
    if (stored !== undefined) return stored;
    if (vain > PATIENCE) throw new JournalHoleError(`frame ${String(sequence)} cannot be read`);
    await new Promise<void>((resolve) => {
      clock.after(STALE_READ_PAUSE_MS, resolve);
    });
  }
}

export function evolveAll<Command, Event, State>(
  domain: Domain<Command, Event, State>,
  unit: string,
  state: State | undefined,
  events: readonly Event[],
): State | undefined {
  let evolved = state;
  for (const event of events) evolved = domain.evolve(unit, evolved, event);
  return evolved;
}
