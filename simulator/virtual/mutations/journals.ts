/** Owners that are careless with their frames (D2, D3, D13, D18). */
import type { HostingParts } from '../../../actors/hosting.js';
import { decodeFrame, encodeFrame, sameBytes, type Frame } from '../../../actors/runtime/frame.js';
import type { AppendResult, Journal, JournalStore } from '../../../actors/runtime/ports.js';
import { HeldBus } from './heldBus.js';
import { withAppend } from './withAppend.js';

type Append = (journal: Journal, frame: Uint8Array, expectedLast: number) => Promise<AppendResult>;

function appending(parts: HostingParts, append: Append): HostingParts {
  const { journals } = parts;
  const changed: JournalStore = {
    list: () => journals.list(),
    create: (partition) => journals.create(partition),
    open: async (partition) => {
      const journal = await journals.open(partition);
      return withAppend(journal, (frame, expectedLast) => append(journal, frame, expectedLast));
    },
  };
  return { ...parts, journals: changed };
}

/** The expectation is whatever the journal's end is, and nobody notices. */
export function withoutFencing(parts: HostingParts): HostingParts {
  return appending(parts, async (journal, frame, expectedLast) => {
    let expected = expectedLast;
    for (;;) {
      const result = await journal.append(frame, expected);
      if (result.kind === 'stored') return { ...result, sequence: expectedLast + 1 };
      if (result.kind === 'unknown') return result;
      expected = result.last;
    }
  });
}

/** A refused frame is sent once more with the number that the error names. */
export function blindRetry(parts: HostingParts): HostingParts {
  return appending(parts, async (journal, frame, expectedLast) => {
    const result = await journal.append(frame, expectedLast);
    if (result.kind !== 'refused' || result.last <= expectedLast) return result;
    const again = await journal.append(frame, result.last);
    return again.kind === 'stored' ? { ...again, sequence: expectedLast + 1 } : again;
  });
}

/** An acknowledgement that does not come is taken for one that does, and the next frame expects it. */
export function predictedExpectation(parts: HostingParts): HostingParts {
  return appending(parts, async (journal, frame, expectedLast) => {
    const result = await journal.append(frame, expectedLast);
    if (result.kind !== 'unknown') return result;
    return { kind: 'stored', sequence: expectedLast + 1, duplicate: false };
  });
}

/** What is sent again has a new time, and whatever of this epoch is found in its place is taken for it. */
export function changedFrame(parts: HostingParts): HostingParts {
  return appending(parts, async (journal, bytes, expectedLast) => {
    const first = await journal.append(bytes, expectedLast);
    if (first.kind !== 'unknown') return first;
    const frame = decodeFrame(bytes);
    const again = await journal.append(encodeFrame({ ...frame, time: frame.time + 1 }), expectedLast);
    if (again.kind !== 'refused') return again;
    const found = await journal.get(expectedLast + 1);
    const isOwn = found !== undefined && decodeFrame(found.bytes).epoch === frame.epoch;
    return isOwn ? { kind: 'stored', sequence: expectedLast + 1, duplicate: false } : again;
  });
}

/** A new owner's frames begin with its own clock, though the journal's is ahead. */
export function clockBack(parts: HostingParts): HostingParts {
  return appending(parts, (journal, bytes, expectedLast) => {
    const frame: Frame = decodeFrame(bytes);
    if (frame.body.kind !== 'epoch') return journal.append(bytes, expectedLast);
    return journal.append(encodeFrame({ ...frame, time: parts.clock.now() }), expectedLast);
  });
}

/** The second frame leaves while the first is not acknowledged; what depends on them still waits for both. */
export function twoInFlight(parts: HostingParts): HostingParts {
  const bus = new HeldBus(parts.bus);
  const lines = new Map<Journal, Line>();
  const changed = appending(parts, async (journal, frame, expectedLast) => {
    const line = lines.get(journal) ?? { underWay: [], isBroken: false };
    lines.set(journal, line);
    while (line.underWay.length > 1) await line.underWay[0];
    if (line.isBroken || decodeFrame(frame).body.kind !== 'turns') {
      await Promise.all(line.underWay);
      line.isBroken = false;
      return journal.append(frame, expectedLast);
    }
    const release = bus.hold();
    const one = untilKnown(parts, journal, frame, expectedLast).then((isStored) => {
      void line.underWay.splice(line.underWay.indexOf(one), 1);
      line.isBroken ||= !isStored;
      release(isStored);
    });
    line.underWay.push(one);
    return { kind: 'stored', sequence: expectedLast + 1, duplicate: false };
  });
  return { ...changed, bus };
}

/** The frames of one owner that are not acknowledged. */
interface Line {
  readonly underWay: Promise<void>[];
  isBroken: boolean;
}

async function untilKnown(
  { clock }: HostingParts,
  journal: Journal,
  frame: Uint8Array,
  expectedLast: number,
): Promise<boolean> {
  for (;;) {
    const result = await journal.append(frame, expectedLast);
    if (result.kind === 'stored') return result.sequence === expectedLast + 1;
    if (result.kind === 'refused') {
      // Its own first copy, or a stranger's: only the journal knows.
      const found = await journal.get(expectedLast + 1).catch(() => undefined);
      if (found !== undefined) return sameBytes(found.bytes, frame);
    }
    await new Promise<void>((resolve) => {
      clock.after(50, resolve);
    });
  }
}
