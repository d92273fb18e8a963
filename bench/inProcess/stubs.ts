/** Journal, snapshots and bus that acknowledge at once and do nothing else: what is left is the work of the CPU. */
import type {
  AppendResult,
  Bus,
  ClosedSegment,
  Journal,
  Segment,
  SnapshotStore,
  Versioned,
} from '../../actors/runtime/ports.js';

/** Stores nothing and counts what it was given. It has one segment for ever. */
export class StubJournal implements Journal {
  frames = 0;
  bytes = 0;
  /** The genesis frame is there. */
  #last = 1;

  async append(frame: Uint8Array): Promise<AppendResult> {
    this.frames += 1;
    this.bytes += frame.length;
    return new Promise((resolve) => {
      setImmediate(() => {
        resolve({ kind: 'stored', sequence: (this.#last += 1), duplicate: false });
      });
    });
  }

  async lastSequence(): Promise<number> {
    return this.#last;
  }

  async get(): Promise<undefined> {
    return undefined;
  }

  async read(from: number): Promise<number> {
    return from;
  }

  async verifyConfiguration(): Promise<void> {
    // There is nothing that could be wrong.
  }

  async newestSegment(): Promise<Segment> {
    return { segment: 0, first: 1, bytes: this.bytes, since: 0 };
  }

  async beginSegment(): Promise<void> {
    throw new Error('a stub has one segment');
  }

  async hasSegment(): Promise<boolean> {
    return false;
  }

  async closeSegment(): Promise<void> {
    throw new Error('a stub has one segment');
  }

  async closedSegments(): Promise<readonly ClosedSegment[]> {
    return [];
  }

  async removeSegment(): Promise<void> {
    throw new Error('a stub has one segment');
  }
}

/** Keeps what a checkpoint looks at again, and no states. */
export function stubStore(): SnapshotStore {
  let highest: Versioned | undefined;
  let checkpoint: Versioned | undefined;
  const pages = new Map<string, Versioned>();
  return {
    readUnits: async (units) => units.map(() => undefined),
    writeUnits: async () => undefined,
    readPages: async (wanted) => wanted.map(({ page, slot }) => pages.get(`${page}/${slot}`)),
    writePage: async (page, slot, content) => {
      pages.set(`${page}/${slot}`, content);
    },
    readCheckpoint: async () => checkpoint,
    readHighest: async () => highest,
    raiseHighest: async (raised) => {
      highest = { ...raised, bytes: new Uint8Array(0) };
    },
    writeCheckpoint: async (written) => {
      checkpoint = written;
      return true;
    },
  };
}

/** Hands each message to its one subscriber in the next turn of the event loop. */
export function stubBus(): Bus {
  const handlers = new Map<string, (bytes: Uint8Array, subject: string) => void>();
  return {
    publish: (subject, bytes) => {
      setImmediate(() => handlers.get(subject)?.(bytes, subject));
    },
    subscribe: (subject, handler) => {
      handlers.set(subject, handler);
      return () => void handlers.delete(subject);
    },
    flush: async () => undefined,
  };
}
