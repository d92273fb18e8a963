import type { Journal } from '../../../actors/runtime/ports.js';

/** The same journal, to which frames are appended otherwise. */
export function withAppend(journal: Journal, append: Journal['append']): Journal {
  return {
    append,
    lastSequence: () => journal.lastSequence(),
    get: (sequence) => journal.get(sequence),
    read: (from, to, onFrame) => journal.read(from, to, onFrame),
    verifyConfiguration: () => journal.verifyConfiguration(),
    newestSegment: (stored) => journal.newestSegment(stored),
    beginSegment: (segment, first) => journal.beginSegment(segment, first),
    hasSegment: (segment) => journal.hasSegment(segment),
    closeSegment: (segment) => journal.closeSegment(segment),
    closedSegments: () => journal.closedSegments(),
    removeSegment: (segment) => journal.removeSegment(segment),
  };
}
